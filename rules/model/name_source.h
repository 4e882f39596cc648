// How a flow's name became known, best evidence first.
#pragma once
#include <cstdint>
#include <string_view>

namespace sluice::model {

enum class NameSource : std::uint8_t {
    none,             // no name (yet)
    tls_sni,          // server_name of a complete ClientHello
    http_host,        // Host (or absolute form) of the latest request
    dns_query,        // the first question asked in a DNS flow: informative, never judged
    dns_answer,       // a resolver's answer that named the flow's address, still within its TTL
    quic_sni,         // server_name of a complete ClientHello in QUIC Initials
    tls_certificate,  // a name of the server's TLS 1.2 certificate, where the client sent none
};

constexpr std::string_view name_of(NameSource s) {
    constexpr std::string_view kNames[] = {"none",       "tls_sni",  "http_host",      "dns_query",
                                           "dns_answer", "quic_sni", "tls_certificate"};
    return kNames[static_cast<std::size_t>(s)];
}

}  // namespace sluice::model

// Application protocols Sluice has words for, each with a class that policy may name (G15-2).
// Closed list: a recogniser in dataplane/detect/ may answer only with one of these.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::model {

enum class ProtocolClass : std::uint8_t {
    unknown,         // nothing recognised
    web,             // TLS and HTTP: judged by name
    infrastructure,  // what every network needs to work at all: judged as step 11, never by name
    remote_control,
    mail,
    vpn,             // G15-2: blocked without a grant
};

// X(word, class, sentence). Order is part of the bundle and event formats: append only.
#define SLUICE_PROTOCOLS(X)                                                          \
    X(unknown, unknown, "no recogniser answered")                                    \
    X(tls, web, "TLS over TCP (RFC 8446), by its ClientHello")                       \
    X(http, web, "HTTP/1.x in clear (RFC 9112), by its request line")                \
    X(quic, web, "QUIC (RFC 9000), by its long header")                              \
    X(dns, infrastructure, "DNS over UDP or TCP port 53 (RFC 1035), by its messages") \
    X(icmp, infrastructure, "ICMP and ICMPv6 queries")                               \
    X(ntp, infrastructure, "NTP (RFC 5905), by its header")                          \
    X(dhcp, infrastructure, "DHCP and DHCPv6, by its ports and cookie")              \
    X(ssh, remote_control, "SSH (RFC 4253), by its banner")                          \
    X(smtp, mail, "SMTP (RFC 5321), by its greeting or first command")               \
    X(wireguard, vpn, "WireGuard, by its handshake messages")                        \
    X(openvpn, vpn, "OpenVPN, by its reset packets")                                 \
    X(ipsec, vpn, "IKE, ESP and AH (RFC 7296, 4303, 4302)")                          \
    X(gre, vpn, "GRE (RFC 2784), by its IP protocol number")                         \
    X(ipip, vpn, "IP in IP, 6in4 (RFC 2003, 4213), by its IP protocol number")

enum class Protocol : std::uint8_t {
#define X(word, klass, text) word,
    SLUICE_PROTOCOLS(X)
#undef X
};

struct ProtocolInfo {
    std::string_view word;
    ProtocolClass klass;
    std::string_view text;
};
inline constexpr std::array kProtocols = {
#define X(word, klass, text) ProtocolInfo{#word, ProtocolClass::klass, text},
    SLUICE_PROTOCOLS(X)
#undef X
};
constexpr const ProtocolInfo& info(Protocol p) { return kProtocols[static_cast<std::size_t>(p)]; }
constexpr std::string_view name_of(Protocol p) { return info(p).word; }
constexpr std::optional<Protocol> protocol_named(std::string_view word) {
    for (std::size_t i = 0; i < kProtocols.size(); ++i)
        if (kProtocols[i].word == word) return static_cast<Protocol>(i);
    return std::nullopt;
}

}  // namespace sluice::model

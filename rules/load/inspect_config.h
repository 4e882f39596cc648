// The configuration file of sluice-inspect, read once at start with the strictness of a policy.
// rules/data/inspect.yaml shows the format; its values are the defaults.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rules/load/loaded_file.h"

namespace sluice::load {

inline constexpr std::uint32_t kInspectWorkersMax = 64;

// Of each worker. Milliseconds where a name ends in _ms.
struct InspectLimits {
    std::uint32_t flows_max = 9'000;  // two descriptors each
    std::uint32_t opening_ms = 10'000;
    std::uint32_t handshake_ms = 15'000;
    std::uint32_t signer_ms = 5'000;
    std::uint32_t idle_ms = 7'440'000;
    std::uint32_t linger_ms = 2'000;
    std::uint32_t leaves_max = 20'000;
    std::uint32_t upstream_sessions_max = 20'000;
    std::uint32_t splices_max = 4'096;
    std::uint32_t splice_seconds = 43'200;
    std::uint32_t pins_max = 4'096;
    friend bool operator==(const InspectLimits&, const InspectLimits&) = default;
};

struct InspectConfig {
    enum class Source : std::uint8_t {
        handover,  // flows of the packet path, through the broker
        tproxy,    // what the kernel redirects to a port of ours
    };
    enum class Tls : std::uint8_t { tls12, tls13 };
    enum class BadOrigin : std::uint8_t { page, warn };
    enum class LogPath : std::uint8_t { none, path, query };

    std::string runtime_dir = "/run/sluice";
    std::string bundle_dir = "/var/lib/sluice/bundle";
    std::string signer_socket = "/run/sluice/signer.sock";
    std::string trust_store = "/etc/ssl/certs/ca-certificates.crt";  // PEM
    std::string crl_dir;  // DER or PEM lists of revoked certificates; empty: none
    std::string content;  // a content policy; empty: bodies are not looked into
    std::uint32_t workers = 2;
    std::string run_as;  // empty: stays who it is
    Source source = Source::handover;
    std::uint32_t tproxy_port = 0;  // with source tproxy
    std::string tproxy_operator;    // whose users come that way
    Tls server_least = Tls::tls12;
    Tls client_least = Tls::tls12;
    BadOrigin bad_origin = BadOrigin::page;
    LogPath log_path = LogPath::path;
    std::string where_to_apply;
    std::vector<std::string> high_risk;  // categories whose servers are never spliced
    InspectLimits limits;
    friend bool operator==(const InspectConfig&, const InspectConfig&) = default;
};

using LoadedInspectConfig = LoadedFile<InspectConfig>;

// `file` is what diagnostics call the text. Codes: those of YAML files, and bad_path,
// duplicate_entry, tproxy_incomplete.
LoadedInspectConfig load_inspect_config(std::string_view text, const std::string& file);
// Code cannot_read besides, when there is no such file.
LoadedInspectConfig load_inspect_config_file(const std::filesystem::path& path);

}  // namespace sluice::load

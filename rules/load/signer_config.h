// The configuration file of sluice-signer: where keys, log and bundle lie, and who may ask. Read
// with the strictness of a policy. README.md and rules/data/signer.yaml show the format.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rules/load/loaded_file.h"

namespace sluice::load {

inline constexpr std::size_t kSignerUsersMax = 16;

struct SignerConfig {
    std::string socket = "/run/sluice/signer.sock";
    std::string bundle_dir = "/var/lib/sluice/bundle";  // where sluiced publishes
    std::string ca_dir = "/var/lib/sluice/ca";          // generations, `current`
    std::string passphrase_file;  // opens the keys; mode 0400, or a systemd credential
    std::string trust_anchors = "/etc/ssl/certs/ca-certificates.crt";

    std::string log_dir = "/var/lib/sluice/issuance";
    std::string log_key = "/var/lib/sluice/ca/log.key";
    std::string log_name;  // "gateway.example/issuance": in every checkpoint
    std::uint32_t log_mib_max = 8'192;
    std::uint32_t checkpoint_seconds = 10;

    // The log of evidence of exempt flows; kept when there are recorders.
    std::string evidence_dir = "/var/lib/sluice/evidence";
    std::uint32_t evidence_mib_max = 4'096;

    // Users by name or number: `run_as` is who the process becomes when root starts it.
    std::string run_as;                          // empty: stays who it is
    std::vector<std::string> clients;            // may ask for leaves
    std::vector<std::string> admins = {"root"};  // may ask for status and reload
    std::vector<std::string> recorders;          // may add to the evidence log: sluiced's user
    std::uint32_t connections_max = 64;

    std::uint32_t leaves_per_minute = 6'000;  // of one organisation
    friend bool operator==(const SignerConfig&, const SignerConfig&) = default;
};

using LoadedSignerConfig = LoadedFile<SignerConfig>;

// `file` is what diagnostics call the text. Codes: those of YAML files (README.md), and bad_path,
// bad_user, bad_log_name, duplicate_entry, empty_list, too_many.
LoadedSignerConfig load_signer_config(std::string_view text, const std::string& file);
// Code cannot_read besides, when there is no such file.
LoadedSignerConfig load_signer_config_file(const std::filesystem::path& path);

}  // namespace sluice::load

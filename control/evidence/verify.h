// Verifying evidence of exempt flows, offline: that the lines are those the signer sealed, that
// each record makes sense, and that no leaf was issued for what was exempt.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "certs/log/issuance_log.h"

namespace sluice::control {

// A piece of the log from `first` on, up to the newest seal: what an export holds.
struct SealedLines {
    std::uint64_t first = 0;
    std::vector<certs::Hash> peaks;  // the tree before `first`
    std::string note;                // the checkpoint, as it is signed
    std::vector<std::string> lines;
};
// From the log's directory: lines from `since_utc` on (0: all), to the newest seal. The error is
// for people.
Result<SealedLines, std::string> read_sealed(const std::filesystem::path& directory,
                                             const certs::LogVerifier& verifier,
                                             std::int64_t since_utc);

// One head line, {"kind": "EvidenceExport", "first", "peaks", "checkpoint"}, then the lines.
std::string export_text(const SealedLines& sealed);
Result<SealedLines, std::string> parse_export(std::string_view text);

struct EvidenceAudit {
    std::uint64_t lines = 0, flows = 0, ended = 0, not_kept = 0;
    std::uint64_t forwarded_packets = 0, forwarded_bytes = 0;
    std::uint64_t leaves = 0;  // of the issuance log, that were looked at
    // Leaves for a name of the evidence, issued under another policy: no contradiction.
    std::uint64_t leaves_of_other_policies = 0;
    std::vector<std::string> problems;  // empty: all is as it should be; at most 100
};
// `issuance`: directory of the issuance log; empty: not compared.
EvidenceAudit audit_evidence(const SealedLines& sealed, const certs::LogVerifier& verifier,
                             const std::filesystem::path& issuance);

}  // namespace sluice::control

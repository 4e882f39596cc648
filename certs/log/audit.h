// Reading the whole issuance log again, as an auditor does: every byte of every segment, against
// the signed checkpoint and against checkpoints that were kept elsewhere.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certs/log/entry.h"
#include "certs/log/issuance_log.h"

namespace sluice::certs {

// Calls `visit` with every entry, in order; stops when it returns false.
//   returns  the tree over all entries; damaged where the log stops making sense. What stands
//            behind the last whole record of the last segment is taken for one being written now.
using VisitEntry = std::function<bool(std::uint64_t index, Bytes entry, const Hash& leaf)>;
Result<TreeHead, LogError> walk_log(const std::filesystem::path& directory,
                                    const VisitEntry& visit);

// What is wrong with one entry by itself; empty when it is as the signer makes them: one name, no
// CA, at most seven days, valid when it was issued.
std::string problem_of(const LogEntry& entry);

struct LogAudit {
    TreeHead log;                        // as found
    std::optional<TreeHead> checkpoint;  // DIR/checkpoint, when it is signed by the log
    std::vector<std::string> problems;   // empty: the log is what its checkpoints say; at most 100
};
// Finds changed, removed and reordered entries up to the newest checkpoint, torn or cut segments,
// entries the signer would not have made.
//   earlier  notes kept elsewhere: the log must begin with all of what each was signed over.
LogAudit audit_log(const std::filesystem::path& directory, const LogVerifier& verifier,
                   const std::vector<std::string>& earlier);

// For proofs: the hash of every entry.
Result<std::vector<Hash>, LogError> leaf_hashes(const std::filesystem::path& directory);

}  // namespace sluice::certs

// The ceremony: makes a root and the CAs under it, away from the gateway, in front of witnesses.
//
//   OUT/offline/root.key, root.pem      goes into the safe, never onto the gateway
//   OUT/gateway/<generation>/...        goes onto the gateway (generation.h)
//   OUT/gateway/log.key, log.vkey       the issuance log's key and what auditors keep of it
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "certs/ca/generation.h"

namespace sluice::certs {

struct CeremonyPlan {
    std::filesystem::path out;          // must not exist yet, or be an empty directory
    std::string generation;             // is_generation_id()
    std::string organisation;           // O= of the certificates, 1..64 bytes of printable ASCII
    std::string log_name;               // is_log_name()
    std::vector<std::string> excluded;  // at most kExcludedMax canonical suffixes
    UtcTime now;
    unsigned root_days = 3'650, issuing_days = 730;
    // A directory with root.pem and root.key of an earlier ceremony: a new issuing CA under the
    // same root. The log keeps its key then: none is made.
    std::optional<std::filesystem::path> root_from;
    ScryptCost cost{};  // of every key that is written
};

struct CeremonyRecord {
    ipc::Sha256 root{}, issuing{}, untrusted{};  // fingerprints
    Validity root_validity{}, issuing_validity{};
    std::size_t issuing_bytes = 0;
    std::string log_verifier;  // empty: the log keeps its key
};

// Makes everything or says what stands against it. What an interrupted ceremony leaves under `out`
// is of no use to anybody: no key lies there without a passphrase on it.
//   root_passphrase     seals root.key; opens the one of `root_from`.
//   online_passphrase   seals what the gateway needs.
Result<CeremonyRecord, CaError> hold_ceremony(const CeremonyPlan& plan,
                                              const Passphrase& root_passphrase,
                                              const Passphrase& online_passphrase);

}  // namespace sluice::certs

// Checkpoints: what the log commits to, signed so that anyone can check it later. The forms are
// C2SP's tlog-checkpoint and signed-note (Ed25519), so that public tools read them.
//
//   gateway.example/issuance          origin: the log's name
//   4711                              entries
//   nND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=       root hash, base64
//                                     (blank line)
//   — gateway.example/issuance XF5T... signature line
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "certs/log/merkle.h"
#include "certs/x509/handles.h"

namespace sluice::certs {

// The evidence log is signed by the issuance log's key under a name of its own: no checkpoint of
// one can be taken for the other's.
inline constexpr std::string_view kEvidenceLogSuffix = "/evidence";

// A log's name: printable ASCII without blanks and '+', 1..200 bytes (signed-note, key names).
bool is_log_name(std::string_view name);

// The public half of the log's key, with its name.
struct LogVerifier {
    std::string name;
    std::array<std::uint8_t, 32> key{};
    // "<name>+<key id, 8 hex digits>+<base64>": what auditors keep.
    std::string text() const;
};
std::optional<LogVerifier> parse_verifier(std::string_view text);
// The verifier of an Ed25519 key; nothing for any other kind.
std::optional<LogVerifier> verifier_of(const EVP_PKEY* key, const std::string& name);

// The signed note over a tree head. `key` is the Ed25519 key of `verifier`. Cost: one signature.
std::string sign_checkpoint(const TreeHead& head, const LogVerifier& verifier, EVP_PKEY* key);
// The head a note speaks of; nothing when it is no checkpoint of that log or the signature is not
// of that key. Signatures of others (witnesses) are passed over.
std::optional<TreeHead> open_checkpoint(std::string_view note, const LogVerifier& verifier);

inline constexpr std::size_t kCheckpointBytesMax = 4'096;

std::string to_base64(Bytes bytes);
// Padded standard base64 of any length; nothing for anything else.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace sluice::certs

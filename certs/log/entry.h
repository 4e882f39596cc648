// One entry of the issuance log: a leaf certificate and what it was made for. These bytes are what
// the Merkle tree hashes, so the form never changes; a new one gets a new version.
//
//   version 1 | issued, seconds since 1970 (8) | issuer (1) | operator | organisation | generation
//   | bundle hash (32) | SHA-256 of the origin's certificate (32) | of its trust anchor (32) | leaf
//
// Numbers are big-endian; texts have a length byte, the leaf's DER a length of two bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/x509/certificate.h"
#include "rules/base/time.h"
#include "rules/ipc/signer.h"

namespace sluice::certs {

struct LogEntry {
    UtcTime issued;
    ipc::SignerIssuer issuer = ipc::SignerIssuer::trusted;
    std::string operator_id, organisation;
    std::string generation;  // of the CA
    ipc::Sha256 bundle{};    // whose lookup said that the name is not exempt
    ipc::Sha256 origin{};    // zero: an untrusted leaf for an origin that showed none
    ipc::Sha256 anchor{};    // zero: untrusted
    Der leaf;
    friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

inline constexpr std::size_t kLogEntryBytesMax = 8'192;

std::vector<std::uint8_t> bytes_of(const LogEntry& entry);
// Nothing unless the bytes are exactly what bytes_of() makes of the result.
std::optional<LogEntry> parse_entry(Bytes bytes);

}  // namespace sluice::certs

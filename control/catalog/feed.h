// What an operator publishes of its IP catalog (G13), in the shape of NRTMv4
// (draft-ietf-grow-nrtm-v4):
//
//   notification.jws   JWS over {"type":"notification","operator","session","version","timestamp",
//                      "snapshot":{"version","url","sha256"},"deltas":[{"version","url","sha256"},...],
//                      "next_signing_key"?}
//   snapshot, delta    JSON text sequences (RFC 7464: RS, one JSON text, LF); the first record is
//                      {"type":"snapshot"|"delta","operator","session","version"}, then one a row:
//                      {"prefix","organisation"}; in a delta with "action":"add"|"remove"
//
// Everything here is untrusted: strict, bounded, nothing thrown.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/jws/jws.h"
#include "rules/base/ip.h"
#include "rules/base/result.h"
#include "rules/base/time.h"

namespace sluice::control::catalog {

inline constexpr std::size_t kFileBytesMax = 256u << 20;  // of a snapshot or delta
inline constexpr std::size_t kRowsMax = 4'000'000;        // of one operator
inline constexpr std::size_t kDeltasMax = 1'000;          // in a notification
inline constexpr std::size_t kOrganisationBytesMax = 64;

struct FileReference {
    std::uint64_t version = 0;
    std::string url;     // relative to the notification's, or absolute https
    std::string sha256;  // 64 hexadecimal digits
};

struct Notification {
    std::string operator_id, session;
    std::uint64_t version = 0;
    UtcTime timestamp;
    FileReference snapshot;
    std::vector<FileReference> deltas;  // ascending, without gaps, the last one is `version`
    std::optional<certs::Ed25519Public> next_key;
};

struct Row {
    Prefix prefix;
    std::string organisation;
    friend bool operator==(const Row&, const Row&) = default;
};
struct Change {
    bool add = false;
    Row row;
};
struct Snapshot {
    std::string operator_id, session;
    std::uint64_t version = 0;
    std::vector<Row> rows;
};
struct Delta {
    std::string operator_id, session;
    std::uint64_t version = 0;
    std::vector<Change> changes;
};

// "2026-11-21T10:00:00Z"; nothing for any other form.
std::optional<UtcTime> parse_instant(std::string_view text);

// The error is one sentence: what is wrong, and where.
Result<Notification, std::string> parse_notification(std::string_view json);
Result<Snapshot, std::string> parse_snapshot(std::string_view file);
Result<Delta, std::string> parse_delta(std::string_view file);
// `prefix,organisation` a line, `#` comments; an uploaded catalog without versions.
Result<std::vector<Row>, std::string> parse_csv(std::string_view file);

// The same, written: what the reference publisher makes.
std::string write_notification(const Notification& notification);
std::string write_snapshot(const Snapshot& snapshot);
std::string write_delta(const Delta& delta);

}  // namespace sluice::control::catalog

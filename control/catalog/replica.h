// Replica: our copy of one operator's catalog, and what may become of it. Pure: no clock, no
// network, no disk; sync.h moves the bytes.
//
//   notification ──► plan() ──► nothing | deltas | snapshot ──► apply() ──► a new Replica, or a
//   Refusal
//
// A version is taken whole or not at all; what was there stays in force until then.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "control/catalog/row_table.h"

namespace sluice::control::catalog {

// Why a publication is not taken. X(word, sentence)
#define SLUICE_CATALOG_REFUSALS(X)                                                            \
    X(unreachable, "the feed could not be fetched")                                           \
    X(bad_signature, "the notification is not signed with the operator's key")                \
    X(malformed, "a file of the feed cannot be read")                                         \
    X(wrong_operator, "the feed is another operator's")                                       \
    X(rolled_back,                                                                            \
      "the feed offers an older version than the one in force, or an old notification again") \
    X(stale, "the notification is older than a day")                                          \
    X(hash_mismatch, "a file is not the one that the notification signs")                     \
    X(not_contiguous, "a delta does not follow on the version in force")                      \
    X(does_not_fit, "a delta removes what is not there, or adds what is")                     \
    X(duplicate, "a snapshot has the same prefix twice")                                      \
    X(too_many_rows, "the catalog would have more than 4,000,000 rows")                       \
    X(mass_removal,                                                                           \
      "more would be removed than may be without a person; released with catalog release")

enum class Refusal : std::uint8_t {
#define X(word, text) word,
    SLUICE_CATALOG_REFUSALS(X)
#undef X
};
std::string_view name_of(Refusal refusal) noexcept;
std::string_view sentence_of(Refusal refusal) noexcept;

struct Refused {
    Refusal why = Refusal::malformed;
    std::string detail;
};

struct Replica {
    std::string operator_id, session;  // session empty: nothing taken yet
    std::uint64_t version = 0;
    UtcTime timestamp;                       // of the newest notification that was believed
    std::vector<certs::Ed25519Public> keys;  // the one in use, then the announced next one
    RowTable rows;
};

enum class Fetch : std::uint8_t { nothing, deltas, snapshot };
struct Plan {
    Fetch fetch = Fetch::nothing;
    std::vector<FileReference> deltas;  // to fetch, in order
};

inline constexpr std::int64_t kStaleSeconds = 86'400;

// What it takes to follow `notification` (already verified); Refused when it may not be followed.
Result<Plan, Refused> plan(const Replica& replica, const Notification& notification, UtcTime now);

// Removals above this share of the rows [percent] wait for a person. A catalog of few rows may
// always lose one.
struct Gate {
    unsigned removal_max_percent = 10;
    bool released = false;  // a person has said yes to this version
};

// The replica after a snapshot, or after one delta. The keys and the timestamp are left alone.
Result<Replica, Refused> apply(const Replica& before, const Snapshot& snapshot, const Gate& gate);
Result<Replica, Refused> apply(const Replica& before, const Delta& delta, const Gate& gate);

// The announced key becomes the only one once it has signed.
void take_keys(Replica& replica, const Notification& notification,
               const certs::Ed25519Public& signer);

}  // namespace sluice::control::catalog

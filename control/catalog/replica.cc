#include "control/catalog/replica.h"

#include <algorithm>
#include <array>

namespace sluice::control::catalog {
namespace {

Err<Refused> refuse(Refusal why, std::string detail = {}) {
    return Err{Refused{why, std::move(detail)}};
}

constexpr std::array<std::string_view, 12> kNames = {
#define X(word, text) #word,
    SLUICE_CATALOG_REFUSALS(X)
#undef X
};
constexpr std::array<std::string_view, 12> kSentences = {
#define X(word, text) text,
    SLUICE_CATALOG_REFUSALS(X)
#undef X
};

std::string version_text(std::uint64_t version) { return "version " + std::to_string(version); }

// One row may always go: else a catalog of nine rows could never lose one.
bool too_much_goes(std::size_t removed, std::size_t before, const Gate& gate) {
    return !gate.released && removed > 1 && removed * 100 > before * gate.removal_max_percent;
}

Err<Refused> hold(std::size_t removed, std::size_t before, std::uint64_t version) {
    return refuse(Refusal::mass_removal, version_text(version) + " removes " +
                                             std::to_string(removed) + " of " +
                                             std::to_string(before) + " prefixes");
}

// Notes the change; false when it adds what is there, or removes what is not. Changes of one delta
// build on each other.
bool fits(const RowTable& rows, RowTable::Changes& changes, const Change& change) {
    const auto noted = changes.find(change.row.prefix);
    const std::string* is = noted == changes.end() ? rows.find(change.row.prefix)
                            : noted->second        ? &*noted->second
                                                   : nullptr;
    if (change.add ? is != nullptr : is == nullptr || *is != change.row.organisation) return false;
    changes.insert_or_assign(change.row.prefix,
                             change.add ? std::optional(change.row.organisation) : std::nullopt);
    return true;
}

bool same_feed(const Replica& replica, const std::string& operator_id) {
    return replica.operator_id == operator_id;
}

}  // namespace

std::string_view name_of(Refusal refusal) noexcept {
    return kNames[static_cast<std::size_t>(refusal)];
}
std::string_view sentence_of(Refusal refusal) noexcept {
    return kSentences[static_cast<std::size_t>(refusal)];
}

Result<Plan, Refused> plan(const Replica& replica, const Notification& n, UtcTime now) {
    if (!same_feed(replica, n.operator_id)) return refuse(Refusal::wrong_operator, n.operator_id);
    if (n.timestamp.raw() < replica.timestamp.raw())
        return refuse(Refusal::rolled_back, "its notification is older than one seen before");
    if (now.raw() - n.timestamp.raw() > kStaleSeconds) return refuse(Refusal::stale);
    Plan out;
    if (n.session == replica.session) {
        if (n.version < replica.version)
            return refuse(Refusal::rolled_back,
                          version_text(n.version) + " after " + version_text(replica.version));
        if (n.version == replica.version) return out;
        const std::uint64_t next = replica.version + 1;
        if (!n.deltas.empty() && n.deltas.front().version <= next) {
            out.fetch = Fetch::deltas;
            const auto skipped = static_cast<std::ptrdiff_t>(next - n.deltas.front().version);
            out.deltas.assign(n.deltas.begin() + skipped, n.deltas.end());
            return out;
        }
    }
    // Another session, or too far behind: the snapshot, and what came after it.
    out.fetch = Fetch::snapshot;
    for (const FileReference& delta : n.deltas)
        if (delta.version > n.snapshot.version) out.deltas.push_back(delta);
    const bool gap = out.deltas.empty() ? n.snapshot.version != n.version
                                        : out.deltas.front().version != n.snapshot.version + 1;
    if (gap)
        return refuse(Refusal::not_contiguous,
                      "no deltas follow the snapshot's " + version_text(n.snapshot.version));
    return out;
}

Result<Replica, Refused> apply(const Replica& before, const Snapshot& snapshot, const Gate& gate) {
    if (!same_feed(before, snapshot.operator_id))
        return refuse(Refusal::wrong_operator, snapshot.operator_id);
    auto rows = RowTable::of(snapshot.rows);
    if (!rows) return refuse(Refusal::duplicate, to_text(rows.error()));
    Replica after = before;
    after.session = snapshot.session;
    after.version = snapshot.version;
    after.rows = std::move(*rows);
    const std::size_t removed = count_gone(before.rows, after.rows);
    if (too_much_goes(removed, before.rows.size(), gate))
        return hold(removed, before.rows.size(), snapshot.version);
    return after;
}

Result<Replica, Refused> apply(const Replica& before, const Delta& delta, const Gate& gate) {
    if (!same_feed(before, delta.operator_id))
        return refuse(Refusal::wrong_operator, delta.operator_id);
    if (delta.session != before.session || delta.version != before.version + 1)
        return refuse(Refusal::not_contiguous,
                      version_text(delta.version) + " after " + version_text(before.version));
    RowTable::Changes changes;
    for (const Change& change : delta.changes)
        if (!fits(before.rows, changes, change))
            return refuse(Refusal::does_not_fit,
                          (change.add ? "adds " : "removes ") + to_text(change.row.prefix));
    Replica after = before;
    after.version = delta.version;
    after.rows = before.rows.with(changes);
    if (after.rows.size() > kRowsMax) return refuse(Refusal::too_many_rows);
    // A prefix that changes hands is removed and added: what counts is what is gone for good.
    const auto removed = static_cast<std::size_t>(
        std::count_if(changes.begin(), changes.end(), [&](const auto& change) {
            return !change.second && before.rows.find(change.first) != nullptr;
        }));
    if (too_much_goes(removed, before.rows.size(), gate))
        return hold(removed, before.rows.size(), delta.version);
    return after;
}

void take_keys(Replica& replica, const Notification& notification,
               const certs::Ed25519Public& signer) {
    replica.keys = {signer};
    if (notification.next_key && *notification.next_key != signer)
        replica.keys.push_back(*notification.next_key);
    replica.timestamp = notification.timestamp;
}

}  // namespace sluice::control::catalog

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
    Replica after = before;
    after.session = snapshot.session;
    after.version = snapshot.version;
    after.rows.clear();
    for (const Row& row : snapshot.rows)
        if (!after.rows.emplace(row.prefix, row.organisation).second)
            return refuse(Refusal::duplicate, to_text(row.prefix));
    const auto removed = static_cast<std::size_t>(
        std::count_if(before.rows.begin(), before.rows.end(),
                      [&](const auto& row) { return !after.rows.contains(row.first); }));
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
    Replica after = before;
    after.version = delta.version;
    std::size_t removed = 0;
    for (const Change& change : delta.changes) {
        const auto at = after.rows.find(change.row.prefix);
        if (change.add) {
            if (at != after.rows.end())
                return refuse(Refusal::does_not_fit, "adds " + to_text(change.row.prefix));
            after.rows.emplace(change.row.prefix, change.row.organisation);
        } else {
            if (at == after.rows.end() || at->second != change.row.organisation)
                return refuse(Refusal::does_not_fit, "removes " + to_text(change.row.prefix));
            after.rows.erase(at);
            ++removed;
        }
    }
    if (after.rows.size() > kRowsMax) return refuse(Refusal::too_many_rows);
    // A prefix that changes hands is removed and added: what counts is what is gone for good.
    for (const Change& change : delta.changes)
        if (!change.add && after.rows.contains(change.row.prefix)) --removed;
    if (too_much_goes(removed, before.rows.size(), gate))
        return hold(removed, before.rows.size(), delta.version);
    return after;
}

Difference difference(const Replica& before, const Replica& after) {
    Difference out;
    const auto missing = [](const std::map<Prefix, std::string>& from,
                            const std::map<Prefix, std::string>& in, std::vector<Row>& rows) {
        for (const auto& [prefix, organisation] : from) {
            const auto at = in.find(prefix);
            if (at == in.end() || at->second != organisation)
                rows.push_back({prefix, organisation});
        }
    };
    missing(after.rows, before.rows, out.added);
    missing(before.rows, after.rows, out.removed);
    return out;
}

void take_keys(Replica& replica, const Notification& notification,
               const certs::Ed25519Public& signer) {
    replica.keys = {signer};
    if (notification.next_key && *notification.next_key != signer)
        replica.keys.push_back(*notification.next_key);
    replica.timestamp = notification.timestamp;
}

}  // namespace sluice::control::catalog

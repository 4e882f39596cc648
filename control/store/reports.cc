// What the data plane reported and people ask for later: unknown sources and blocked references.
#include <algorithm>

#include "control/store/guarded.h"

namespace sluice::control {
namespace {

// Spoofed sources must not fill the disk: the addresses seen longest ago go first.
constexpr std::int64_t kUnknownSourcesMax = 200'000;

}  // namespace

Result<Done, StoreError> SqliteStore::add_unknown_sources(const std::vector<UnknownSource>& seen) {
    return guarded<Done>([&]() -> Result<Done, StoreError> {
        Transaction whole(db_);
        Statement upsert(
            db_,
            "INSERT INTO unknown_sources (operator, address, first_seen, last_seen, "
            "packets) VALUES (?, ?, ?, ?, ?) ON CONFLICT (operator, address) DO UPDATE "
            "SET first_seen = MIN(first_seen, excluded.first_seen), "
            "last_seen = MAX(last_seen, excluded.last_seen), "
            "packets = packets + excluded.packets");
        for (const UnknownSource& s : seen) {
            upsert.bind(s.operator_id, s.address, s.first_seen.raw(), s.last_seen.raw(), s.packets)
                .run();
            upsert.reset();
        }
        const std::int64_t count = db_.number("SELECT COUNT(*) FROM unknown_sources");
        if (count > kUnknownSourcesMax) {
            Statement oldest(db_,
                             "DELETE FROM unknown_sources WHERE (operator, address) IN (SELECT "
                             "operator, address FROM unknown_sources ORDER BY last_seen LIMIT ?)");
            oldest.bind(count - kUnknownSourcesMax).run();
        }
        whole.commit();
        return Done{};
    });
}

Result<std::vector<UnknownSource>, StoreError> SqliteStore::unknown_sources(
    const std::string& operator_id, unsigned limit) {
    using Answer = Result<std::vector<UnknownSource>, StoreError>;
    return guarded<std::vector<UnknownSource>>([&]() -> Answer {
        std::vector<UnknownSource> all;
        Statement q(db_,
                    "SELECT operator, address, first_seen, last_seen, packets FROM "
                    "unknown_sources WHERE ? = '' OR operator = ? "
                    "ORDER BY last_seen DESC, operator, address LIMIT ?");
        q.bind(operator_id, operator_id, limit);
        while (q.step())
            all.push_back({q.text(0), q.text(1), UtcTime{q.integer(2)}, UtcTime{q.integer(3)},
                           static_cast<std::uint64_t>(q.integer(4))});
        return all;
    });
}

Result<Done, StoreError> SqliteStore::add_references(const std::vector<Reference>& references,
                                                     const ReferenceRetention& keep) {
    return guarded<Done>([&]() -> Result<Done, StoreError> {
        Transaction whole(db_);
        Statement insert(db_,
                         "INSERT INTO flow_references (reference, at, document) VALUES (?, ?, ?)");
        std::int64_t newest = 0;
        for (const Reference& r : references) {
            insert.bind(r.reference, r.at.raw(), r.document).run();
            insert.reset();
            newest = std::max(newest, r.at.raw());
        }
        Statement by_count(db_,
                           "DELETE FROM flow_references WHERE number <= "
                           "(SELECT MAX(number) FROM flow_references) - ?");
        by_count.bind(keep.count_max).run();
        Statement by_age(db_, "DELETE FROM flow_references WHERE at < ?");
        by_age.bind(newest - keep.age_max_seconds).run();
        whole.commit();
        return Done{};
    });
}

Result<std::optional<Reference>, StoreError> SqliteStore::find_reference(
    const std::string& reference) {
    using Answer = Result<std::optional<Reference>, StoreError>;
    return guarded<std::optional<Reference>>([&]() -> Answer {
        Statement q(db_,
                    "SELECT reference, at, document FROM flow_references WHERE reference = ? "
                    "ORDER BY number DESC LIMIT 1");
        q.bind(reference);
        if (!q.step()) return std::optional<Reference>();
        return std::optional(Reference{q.text(0), UtcTime{q.integer(1)}, q.text(2)});
    });
}

}  // namespace sluice::control

// The audit chain: append-only, each record carries the hash of the one before.
#include "control/store/guarded.h"
#include "control/store/sha256.h"

namespace sluice::control {
namespace {

// Lengths in front of each field: no two different records give the same text.
std::string chained(const AuditRecord& r) {
    std::string all;
    for (const std::string& field :
         {r.previous, std::to_string(r.seq), std::to_string(r.at.raw()), r.actor.person,
          std::to_string(r.actor.uid), r.action, r.subject, r.reason})
        all += std::to_string(field.size()) + ":" + field + "\n";
    return sha256_hex(all);
}

AuditRecord read_record(const Statement& row) {
    AuditRecord r;
    r.seq = static_cast<std::uint64_t>(row.integer(0));
    r.at = UtcTime{row.integer(1)};
    r.actor = {row.text(2), static_cast<std::uint32_t>(row.integer(3))};
    r.action = row.text(4);
    r.subject = row.text(5);
    r.reason = row.text(6);
    r.previous = row.text(7);
    r.hash = row.text(8);
    return r;
}

constexpr const char* kColumns = "seq, at, person, uid, action, subject, reason, previous, hash";

}  // namespace

std::uint64_t SqliteStore::append_audit(const AuditRecord& record) {
    AuditRecord r = record;
    Statement last(db_, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    const bool any = last.step();
    r.seq = any ? static_cast<std::uint64_t>(last.integer(0)) + 1 : 1;
    r.previous = any ? last.text(1) : "";
    r.hash = chained(r);
    Statement insert(db_, std::string("INSERT INTO audit (") + kColumns +
                              ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert
        .bind(r.seq, r.at.raw(), r.actor.person, r.actor.uid, r.action, r.subject, r.reason,
              r.previous, r.hash)
        .run();
    return r.seq;
}

Result<std::uint64_t, StoreError> SqliteStore::add_audit(const AuditRecord& record) {
    return guarded<std::uint64_t>([&]() -> Result<std::uint64_t, StoreError> {
        Transaction whole(db_);
        const std::uint64_t seq = append_audit(record);
        whole.commit();
        return seq;
    });
}

Result<std::vector<AuditRecord>, StoreError> SqliteStore::audit(unsigned limit) {
    return guarded<std::vector<AuditRecord>>([&]() -> Result<std::vector<AuditRecord>, StoreError> {
        std::vector<AuditRecord> all;
        Statement q(db_,
                    std::string("SELECT ") + kColumns + " FROM audit ORDER BY seq DESC LIMIT ?");
        q.bind(limit);
        while (q.step())
            all.push_back(read_record(q));
        return all;
    });
}

Result<std::optional<std::uint64_t>, StoreError> SqliteStore::verify_audit() {
    using Answer = Result<std::optional<std::uint64_t>, StoreError>;
    return guarded<std::optional<std::uint64_t>>([&]() -> Answer {
        Statement q(db_, std::string("SELECT ") + kColumns + " FROM audit ORDER BY seq");
        std::string previous;
        for (std::uint64_t expected = 1; q.step(); ++expected) {
            const AuditRecord r = read_record(q);
            if (r.seq != expected || r.previous != previous || chained(r) != r.hash)
                return std::optional(expected);
            previous = r.hash;
        }
        return std::optional<std::uint64_t>();
    });
}

}  // namespace sluice::control

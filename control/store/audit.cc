// The audit chain: append-only, each record carries the hash of the one before.
#include "control/store/audit_chain.h"
#include "control/store/guarded.h"

namespace sluice::control {
namespace {

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
    r.hash = audit_hash(r);
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

Result<std::vector<AuditRecord>, StoreError> SqliteStore::audit_after(std::uint64_t after,
                                                                      unsigned limit) {
    return guarded<std::vector<AuditRecord>>([&]() -> Result<std::vector<AuditRecord>, StoreError> {
        std::vector<AuditRecord> all;
        Statement q(db_, std::string("SELECT ") + kColumns +
                             " FROM audit WHERE seq > ? ORDER BY seq LIMIT ?");
        q.bind(after, limit);
        while (q.step())
            all.push_back(read_record(q));
        return all;
    });
}

Result<std::optional<std::uint64_t>, StoreError> SqliteStore::verify_audit() {
    using Answer = Result<std::optional<std::uint64_t>, StoreError>;
    return guarded<std::optional<std::uint64_t>>([&]() -> Answer {
        Statement q(db_, std::string("SELECT ") + kColumns + " FROM audit ORDER BY seq");
        AuditChain chain;
        while (q.step())
            if (!chain.add(read_record(q)).empty()) return std::optional(chain.head().seq + 1);
        return std::optional<std::uint64_t>();
    });
}

}  // namespace sluice::control

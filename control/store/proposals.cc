// Requests that wait for a second person.
#include "control/store/guarded.h"

namespace sluice::control {
namespace {

constexpr const char* kColumns =
    "id, method, path, if_match, summary, reason, person, uid, at, expires, state, decided_by, "
    "decided_at, decided_reason, outcome";
// A body may hold a whole policy: so many of them fill no disk.
constexpr std::int64_t kWaitingMax = 100;

Proposal read_proposal(const Statement& row) {
    Proposal p;
    p.id = static_cast<std::uint64_t>(row.integer(0));
    p.method = row.text(1);
    p.path = row.text(2);
    p.if_match = row.text(3);
    p.summary = row.text(4);
    p.reason = row.text(5);
    p.proposer = {row.text(6), static_cast<std::uint32_t>(row.integer(7))};
    p.at = UtcTime{row.integer(8)};
    p.expires = UtcTime{row.integer(9)};
    p.state = row.text(10);
    p.decided_by = row.text(11);
    p.decided_at = UtcTime{row.integer(12)};
    p.decided_reason = row.text(13);
    p.outcome = row.text(14);
    return p;
}

StoreError no_proposal(std::uint64_t id) {
    return {StoreErrorCode::not_found, "nothing with the number " + std::to_string(id) +
                                           " waits or waited: see `sluicectl approvals list`"};
}

}  // namespace

Result<std::uint64_t, StoreError> SqliteStore::propose(const Proposal& p, const AuditRecord& why) {
    return guarded<std::uint64_t>([&]() -> Result<std::uint64_t, StoreError> {
        Transaction whole(db_);
        if (db_.number("SELECT COUNT(*) FROM proposals WHERE state = 'waiting'") >= kWaitingMax)
            return Err{StoreError{StoreErrorCode::pending,
                                  std::to_string(kWaitingMax) +
                                      " steps wait for a second person already: decide those "
                                      "first (`sluicectl approvals list`)"}};
        const std::int64_t id = db_.number("SELECT COALESCE(MAX(id), 0) + 1 FROM proposals");
        Statement insert(db_,
                         "INSERT INTO proposals (id, body, method, path, if_match, summary, "
                         "reason, person, uid, at, expires, state, decided_by, decided_at, "
                         "decided_reason, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                         "'waiting', '', 0, '', '')");
        insert.bind(id)
            .bind_blob(p.body)
            .bind(p.method, p.path, p.if_match, p.summary, p.reason, p.proposer.person,
                  p.proposer.uid, p.at.raw(), p.expires.raw())
            .run();
        AuditRecord record = why;
        record.subject = std::to_string(id) + " " + record.subject;
        append_audit(record);
        whole.commit();
        return static_cast<std::uint64_t>(id);
    });
}

Result<std::vector<Proposal>, StoreError> SqliteStore::proposals(const std::string& state,
                                                                 unsigned limit) {
    return guarded<std::vector<Proposal>>([&]() -> Result<std::vector<Proposal>, StoreError> {
        std::vector<Proposal> all;
        Statement q(db_, std::string("SELECT ") + kColumns +
                             " FROM proposals WHERE ? = '' OR state = ? ORDER BY id DESC LIMIT ?");
        q.bind(state, state, limit);
        while (q.step())
            all.push_back(read_proposal(q));
        return all;
    });
}

Result<Proposal, StoreError> SqliteStore::find_proposal(std::uint64_t id) {
    return guarded<Proposal>([&]() -> Result<Proposal, StoreError> {
        Statement q(db_, std::string("SELECT ") + kColumns + ", body FROM proposals WHERE id = ?");
        q.bind(id);
        if (!q.step()) return Err{no_proposal(id)};
        Proposal p = read_proposal(q);
        p.body = q.text(15);
        return p;
    });
}

Result<Done, StoreError> SqliteStore::decide(const Decision& d) {
    return guarded<Done>([&]() -> Result<Done, StoreError> {
        Transaction whole(db_);
        Statement update(db_,
                         "UPDATE proposals SET state = ?, outcome = ?, body = CASE WHEN ? = "
                         "'approved' THEN body ELSE x'' END, decided_by = CASE WHEN ? = '' THEN "
                         "decided_by ELSE ? END, decided_reason = CASE WHEN ? = '' THEN "
                         "decided_reason ELSE ? END, decided_at = ? WHERE id = ? AND state = ?");
        update
            .bind(d.to, d.outcome, d.to, d.by, d.by, d.by, d.reason, d.audit.at.raw(), d.id, d.from)
            .run();
        if (db_.number("SELECT changes()") != 1)
            return Err{StoreError{StoreErrorCode::stale_base,
                                  std::to_string(d.id) + " is not " + d.from + " any more"}};
        append_audit(d.audit);
        whole.commit();
        return Done{};
    });
}

bool SqliteStore::settle_proposal(std::uint64_t id, const std::string& outcome, UtcTime at) {
    Statement update(db_,
                     "UPDATE proposals SET state = 'done', outcome = ?, body = x'', decided_at = ? "
                     "WHERE id = ? AND state = 'approved'");
    update.bind(outcome, at.raw(), id).run();
    return db_.number("SELECT changes()") == 1;
}

}  // namespace sluice::control

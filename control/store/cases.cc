// Cases: events first, and what follows from them, in one transaction.
#include "control/store/guarded.h"

namespace sluice::control {
namespace {

constexpr const char* kCaseColumns =
    "id, life_cycle, state, version, closed, held, next_due, uniq, document";

CaseRow read_case(const Statement& row) {
    CaseRow c;
    c.id = row.text(0);
    c.life_cycle = row.text(1);
    c.state = row.text(2);
    c.version = static_cast<std::uint64_t>(row.integer(3));
    c.closed = row.integer(4) != 0;
    c.held = row.integer(5) != 0;
    if (!row.is_null(6)) c.next_due = UtcTime{row.integer(6)};
    c.unique = row.text(7);
    c.document = row.text(8);
    return c;
}

StoreError changed_meanwhile(const std::string& id) {
    return {StoreErrorCode::stale_base, id + " has changed meanwhile: look at it again"};
}

// The statements of record(), prepared once for all writes of a call.
struct Writer {
    explicit Writer(Database& db)
        : insert_case(db, std::string("INSERT INTO cases (") + kCaseColumns +
                              ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
          update_case(db,
                      "UPDATE cases SET state = ?, version = ?, closed = ?, held = ?, next_due = "
                      "?, document = ? WHERE id = ? AND version = ?"),
          no_due(db, "UPDATE cases SET next_due = NULL WHERE id = ?"),
          insert_event(db,
                       "INSERT INTO case_events (case_id, version, at, closes_for, document) "
                       "VALUES (?, ?, ?, ?, ?)"),
          drop_effects(db, "DELETE FROM case_effects WHERE case_id = ?"),
          insert_effect(
              db,
              "INSERT INTO case_effects (case_id, kind, since, document) VALUES (?, ?, ?, "
              "?)"),
          insert_notice(db,
                        "INSERT INTO case_notices (case_id, rule, party, recipient, kk, ru, en, "
                        "at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending')"),
          same(db, "SELECT id FROM cases WHERE uniq = ? AND closed = 0 AND uniq <> '' LIMIT 1"),
          changes(db, "SELECT changes()") {}

    std::optional<StoreError> write(const CaseWrite& w) {
        if (auto error = write_case(w.after)) return error;
        const CaseEventRow& e = w.event;
        run(insert_event, e.case_id, e.version, e.at.raw(), w.closes_for, e.document);
        run(drop_effects, w.after.id);
        for (const EffectRow& effect : w.effects)
            run(insert_effect, effect.case_id, effect.kind, effect.since.raw(), effect.document);
        for (const NoticeRow& n : w.notices)
            run(insert_notice, n.case_id, n.rule, n.party, n.recipient, n.text[0], n.text[1],
                n.text[2], n.at.raw());
        return std::nullopt;
    }

  private:
    template <class... Values>
    void run(Statement& statement, const Values&... values) {
        statement.bind(values...).run();
        statement.reset();
    }

    std::optional<StoreError> write_case(const CaseRow& c) {
        const std::int64_t due = c.next_due ? c.next_due->raw() : 0;
        if (c.version == 1) {
            same.bind(c.unique);
            const std::string other = same.step() ? same.text(0) : "";
            same.reset();
            if (!other.empty())
                return StoreError{StoreErrorCode::stale_base,
                                  other + " is open for the same: add to it, or close it first"};
            run(insert_case, c.id, c.life_cycle, c.state, c.version, c.closed, c.held, due,
                c.unique, c.document);
        } else {
            run(update_case, c.state, c.version, c.closed, c.held, due, c.document, c.id,
                c.version - 1);
            changes.step();
            const bool found = changes.integer(0) == 1;
            changes.reset();
            if (!found) return changed_meanwhile(c.id);
        }
        if (!c.next_due) run(no_due, c.id);
        return std::nullopt;
    }

    Statement insert_case, update_case, no_due, insert_event, drop_effects, insert_effect,
        insert_notice, same, changes;
};

constexpr const char* kNotices =
    "SELECT id, case_id, rule, party, recipient, kk, ru, en, at, state, tries, next_try, trouble "
    "FROM case_notices ";

std::vector<NoticeRow> notices_of(Statement& q) {
    std::vector<NoticeRow> all;
    while (q.step())
        all.push_back({static_cast<std::uint64_t>(q.integer(0)),
                       q.text(1),
                       q.text(2),
                       q.text(3),
                       q.text(4),
                       {q.text(5), q.text(6), q.text(7)},
                       UtcTime{q.integer(8)},
                       q.text(9),
                       static_cast<unsigned>(q.integer(10)),
                       UtcTime{q.integer(11)},
                       q.text(12)});
    return all;
}

}  // namespace

Result<Done, StoreError> SqliteStore::record(const std::vector<CaseWrite>& writes) {
    return guarded<Done>([&]() -> Result<Done, StoreError> {
        Transaction whole(db_);
        Writer writer(db_);
        for (const CaseWrite& w : writes) {
            if (auto error = writer.write(w)) return Err{*error};
            if (w.request)
                if (auto error = add_request(*w.request)) return Err{*error};
            append_audit(w.audit);
        }
        whole.commit();
        return Done{};
    });
}

Result<std::uint64_t, StoreError> SqliteStore::next_case_number() {
    return guarded<std::uint64_t>([&]() -> Result<std::uint64_t, StoreError> {
        return static_cast<std::uint64_t>(
                   db_.number("SELECT COUNT(*) FROM case_events WHERE version = 1")) +
               1;
    });
}

Result<CaseRow, StoreError> SqliteStore::find_case(const std::string& id) {
    return guarded<CaseRow>([&]() -> Result<CaseRow, StoreError> {
        Statement q(db_, std::string("SELECT ") + kCaseColumns + " FROM cases WHERE id = ?");
        q.bind(id);
        if (!q.step())
            return Err{StoreError{StoreErrorCode::not_found,
                                  "no case \"" + id + "\": see `sluicectl case list`"}};
        return read_case(q);
    });
}

Result<std::vector<CaseRow>, StoreError> SqliteStore::cases(const CaseFilter& f) {
    return guarded<std::vector<CaseRow>>([&]() -> Result<std::vector<CaseRow>, StoreError> {
        std::vector<CaseRow> all;
        Statement q(db_, std::string("SELECT ") + kCaseColumns +
                             " FROM cases WHERE (? = '' OR life_cycle = ?) AND (? = '' OR state = "
                             "?) AND closed <= ? AND held >= ? AND id > ? ORDER BY id LIMIT ?");
        q.bind(f.life_cycle, f.life_cycle, f.state, f.state, !f.open_only, f.held_only, f.after,
               f.limit);
        while (q.step())
            all.push_back(read_case(q));
        return all;
    });
}

Result<std::vector<CaseRow>, StoreError> SqliteStore::due_cases(UtcTime now, unsigned limit) {
    return guarded<std::vector<CaseRow>>([&]() -> Result<std::vector<CaseRow>, StoreError> {
        std::vector<CaseRow> all;
        Statement q(db_, std::string("SELECT ") + kCaseColumns +
                             " FROM cases WHERE next_due <= ? AND closed = 0 "
                             "ORDER BY next_due, id LIMIT ?");
        q.bind(now.raw(), limit);
        while (q.step())
            all.push_back(read_case(q));
        return all;
    });
}

Result<std::vector<CaseEventRow>, StoreError> SqliteStore::events_of(const std::string& id) {
    return guarded<std::vector<CaseEventRow>>(
        [&]() -> Result<std::vector<CaseEventRow>, StoreError> {
            std::vector<CaseEventRow> all;
            Statement q(db_,
                        "SELECT case_id, version, at, document FROM case_events WHERE case_id = ? "
                        "ORDER BY version");
            q.bind(id);
            while (q.step())
                all.push_back({q.text(0), static_cast<std::uint64_t>(q.integer(1)),
                               UtcTime{q.integer(2)}, q.text(3)});
            return all;
        });
}

Result<std::vector<EffectRow>, StoreError> SqliteStore::effects() {
    return guarded<std::vector<EffectRow>>([&]() -> Result<std::vector<EffectRow>, StoreError> {
        std::vector<EffectRow> all;
        Statement q(
            db_,
            "SELECT case_id, kind, since, document FROM case_effects ORDER BY since, case_id, "
            "kind");
        while (q.step())
            all.push_back({q.text(0), q.text(1), UtcTime{q.integer(2)}, q.text(3)});
        return all;
    });
}

Result<std::vector<NoticeRow>, StoreError> SqliteStore::notices(const std::string& state,
                                                                unsigned limit) {
    return guarded<std::vector<NoticeRow>>([&]() -> Result<std::vector<NoticeRow>, StoreError> {
        Statement q(db_, std::string(kNotices) + "WHERE ? = '' OR state = ? ORDER BY id LIMIT ?");
        q.bind(state, state, limit);
        return notices_of(q);
    });
}

Result<std::vector<NoticeRow>, StoreError> SqliteStore::due_notices(UtcTime now, unsigned limit) {
    return guarded<std::vector<NoticeRow>>([&]() -> Result<std::vector<NoticeRow>, StoreError> {
        Statement q(db_, std::string(kNotices) +
                             "WHERE state = 'pending' AND next_try <= ? ORDER BY id LIMIT ?");
        q.bind(now.raw(), limit);
        return notices_of(q);
    });
}

Result<Done, StoreError> SqliteStore::keep_notice(const NoticeRow& n) {
    return guarded<Done>([&]() -> Result<Done, StoreError> {
        Statement q(db_,
                    "UPDATE case_notices SET state = ?, tries = ?, next_try = ?, trouble = ? "
                    "WHERE id = ?");
        q.bind(n.state, n.tries, n.next_try.raw(), n.trouble, n.id).run();
        return Done{};
    });
}

Result<std::optional<NoticeRow>, StoreError> SqliteStore::find_notice(std::uint64_t id) {
    using Found = std::optional<NoticeRow>;
    return guarded<Found>([&]() -> Result<Found, StoreError> {
        Statement q(db_, std::string(kNotices) + "WHERE id = ?");
        q.bind(id);
        auto found = notices_of(q);
        return found.empty() ? Found{} : Found{std::move(found.front())};
    });
}

Result<bool, StoreError> SqliteStore::retry_notice(std::uint64_t id) {
    return guarded<bool>([&]() -> Result<bool, StoreError> {
        Statement q(db_,
                    "UPDATE case_notices SET state = 'pending', tries = 0, next_try = 0 "
                    "WHERE id = ? AND state <> 'delivered'");
        q.bind(id).run();
        return db_.number("SELECT changes()") == 1;
    });
}

Result<std::vector<std::string>, StoreError> SqliteStore::closed_since(UtcTime since) {
    return guarded<std::vector<std::string>>([&]() -> Result<std::vector<std::string>, StoreError> {
        std::vector<std::string> all;
        Statement q(
            db_, "SELECT DISTINCT closes_for FROM case_events WHERE closes_for <> '' AND at > ?");
        q.bind(since.raw());
        while (q.step())
            all.push_back(q.text(0));
        return all;
    });
}

Result<std::string, StoreError> SqliteStore::remembered(const std::string& key) {
    return guarded<std::string>([&]() -> Result<std::string, StoreError> {
        Statement q(db_, "SELECT value FROM memory WHERE key = ?");
        q.bind(key);
        return q.step() ? q.text(0) : std::string();
    });
}

Result<Done, StoreError> SqliteStore::remember(const std::string& key, const std::string& value) {
    return guarded<Done>([&]() -> Result<Done, StoreError> {
        Statement q(db_,
                    "INSERT INTO memory (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE "
                    "SET value = excluded.value");
        q.bind(key, value).run();
        return Done{};
    });
}

}  // namespace sluice::control

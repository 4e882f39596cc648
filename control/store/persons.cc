// Persons: who they are, what they may, how they are known.
#include "control/store/guarded.h"

namespace sluice::control {
namespace {

constexpr const char* kColumns = "id, name, roles, operator, uid, certificate, enrolled";

RoleSet roles_of(std::string_view text) {
    RoleSet roles;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find(", ", from), text.size());
        if (const auto role = role_named(text.substr(from, to - from))) roles.add(*role);
        from = to + 2;
    }
    return roles;
}

Person read_person(const Statement& row) {
    Person p;
    p.id = row.text(0);
    p.name = row.text(1);
    p.roles = roles_of(row.text(2));
    p.operator_id = row.text(3);
    if (!row.is_null(4)) p.uid = static_cast<std::uint32_t>(row.integer(4));
    p.certificate = row.text(5);
    p.enrolled = UtcTime{row.integer(6)};
    return p;
}

template <class Value>
std::optional<Person> one_where(Database& db, const char* condition, const Value& value) {
    Statement q(db, std::string("SELECT ") + kColumns + " FROM persons WHERE " + condition);
    q.bind(value);
    if (!q.step()) return std::nullopt;
    return read_person(q);
}

void write_person(Database& db, const Person& p) {
    Statement insert(db, std::string("INSERT INTO persons (") + kColumns +
                             ") VALUES (?, ?, ?, ?, NULLIF(?, -1), NULLIF(?, ''), ?)");
    insert
        .bind(p.id, p.name, text_of(p.roles), p.operator_id, p.uid ? std::int64_t{*p.uid} : -1,
              p.certificate, p.enrolled.raw())
        .run();
}

StoreError no_person(const std::string& id) {
    return {StoreErrorCode::not_found, "no person \"" + id + "\": see `sluicectl person list`"};
}

}  // namespace

Result<std::vector<Person>, StoreError> SqliteStore::persons() {
    return guarded<std::vector<Person>>([&]() -> Result<std::vector<Person>, StoreError> {
        std::vector<Person> all;
        Statement q(db_, std::string("SELECT ") + kColumns + " FROM persons ORDER BY id");
        while (q.step())
            all.push_back(read_person(q));
        return all;
    });
}

Result<std::optional<Person>, StoreError> SqliteStore::find_person(const std::string& id) {
    using Answer = Result<std::optional<Person>, StoreError>;
    return guarded<std::optional<Person>>([&]() -> Answer { return one_where(db_, "id = ?", id); });
}

Result<std::optional<Person>, StoreError> SqliteStore::person_of_uid(std::uint32_t uid) {
    using Answer = Result<std::optional<Person>, StoreError>;
    return guarded<std::optional<Person>>(
        [&]() -> Answer { return one_where(db_, "uid = ?", uid); });
}

Result<std::optional<Person>, StoreError> SqliteStore::person_of_certificate(
    const std::string& certificate) {
    using Answer = Result<std::optional<Person>, StoreError>;
    return guarded<std::optional<Person>>(
        [&]() -> Answer { return one_where(db_, "certificate = ?", certificate); });
}

// Nobody else may be known by the same uid or certificate: the audit would name the wrong one.
Result<Done, StoreError> SqliteStore::check_identities(const Person& person) {
    const auto taken = [&](const std::optional<Person>& other) {
        return other && other->id != person.id;
    };
    if (person.uid)
        if (const auto other = one_where(db_, "uid = ?", *person.uid); taken(other))
            return Err{StoreError{
                StoreErrorCode::stale_base,
                "user " + std::to_string(*person.uid) + " is \"" + other->id + "\" already"}};
    if (!person.certificate.empty())
        if (const auto other = one_where(db_, "certificate = ?", person.certificate); taken(other))
            return Err{StoreError{StoreErrorCode::stale_base,
                                  "that certificate is \"" + other->id + "\"'s already"}};
    return Done{};
}

Result<std::uint64_t, StoreError> SqliteStore::enrol_person(const Person& person,
                                                            const AuditRecord& why) {
    return guarded<std::uint64_t>([&]() -> Result<std::uint64_t, StoreError> {
        Transaction whole(db_);
        if (one_where(db_, "id = ?", person.id))
            return Err{StoreError{StoreErrorCode::stale_base, "\"" + person.id +
                                                                  "\" is enrolled already: "
                                                                  "`sluicectl person change`"}};
        if (auto free = check_identities(person); !free) return Err{free.error()};
        write_person(db_, person);
        const std::uint64_t seq = append_audit(why);
        whole.commit();
        return seq;
    });
}

Result<std::uint64_t, StoreError> SqliteStore::change_person(const Person& person,
                                                             const AuditRecord& why) {
    return guarded<std::uint64_t>([&]() -> Result<std::uint64_t, StoreError> {
        Transaction whole(db_);
        const auto before = one_where(db_, "id = ?", person.id);
        if (!before) return Err{no_person(person.id)};
        if (auto free = check_identities(person); !free) return Err{free.error()};
        Person after = person;
        after.enrolled = before->enrolled;
        Statement(db_, "DELETE FROM persons WHERE id = ?").bind(person.id).run();
        write_person(db_, after);
        const std::uint64_t seq = append_audit(why);
        whole.commit();
        return seq;
    });
}

Result<std::uint64_t, StoreError> SqliteStore::remove_person(const std::string& id,
                                                             const AuditRecord& why) {
    return guarded<std::uint64_t>([&]() -> Result<std::uint64_t, StoreError> {
        Transaction whole(db_);
        if (!one_where(db_, "id = ?", id)) return Err{no_person(id)};
        Statement(db_, "DELETE FROM persons WHERE id = ?").bind(id).run();
        const std::uint64_t seq = append_audit(why);
        whole.commit();
        return seq;
    });
}

}  // namespace sluice::control

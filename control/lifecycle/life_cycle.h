// LifeCycle: one file of rules/data/lifecycles as plain values: which states a case goes through,
// on whose word, until when, and what each state does to the packet path. Made by
// read_life_cycle(), checked by lint(); nothing here acts.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/deadlines/due.h"
#include "control/lifecycle/effect.h"
#include "rules/model/position.h"

namespace sluice::control {

// Who may raise an event. `system` is sluiced itself: what is due, what the catalog says.
#define SLUICE_ROLES(X) X(system) X(service) X(operators) X(user)
enum class Party : std::uint8_t {
#define X(word) word,
    SLUICE_ROLES(X)
#undef X
};
inline constexpr std::string_view kPartyWords[] = {"system", "service", "operator", "user"};
inline constexpr std::size_t kPartyCount = std::size(kPartyWords);
std::string_view name_of(Party party);
std::optional<Party> party_named(std::string_view word);

// What a field of a request may hold. Order is that of kFieldTypeWords.
enum class FieldType : std::uint8_t {
    text,
    id,
    name,        // a canonical host or mail domain
    address,     // an IP address
    prefixes,    // one or more addresses or prefixes
    list,        // one or more texts
    number,      // a whole number, 0 and up
    day,         // YYYY-MM-DD
    word,        // one of the options
    secret_ref,  // where a secret is kept: the secret itself is refused
};
inline constexpr std::string_view kFieldTypeWords[] = {
    "text", "id", "name", "address", "prefixes", "list", "number", "day", "word", "secret_ref"};

struct FieldRule {
    std::string id;
    FieldType type = FieldType::text;
    std::vector<std::string> options;  // of a word
    model::Position at;
};

struct StateRule {
    std::string id;
    bool final = false;
    std::vector<EffectKind> effects;  // in force as long as the case is in this state
    model::Position at;
};

// A condition of an event; all must hold.
struct Guard {
    enum class Kind : std::uint8_t {
        field_is,        // field == word
        field_set,       // field is given
        number_at_most,  // field <= number
        number_above,    // field > number
        time_left,       // at least `span` before the deadline is over
        time_passed,     // at least `span` since the case entered its state
        valid_at_most,   // valid_from to valid_until is no longer than `span`
    };
    Kind kind = Kind::field_set;
    std::string field;  // or the deadline of time_left
    std::string word;
    std::uint32_t number = 0;
    Span span;
};

struct EventRule {
    std::string id;
    std::vector<std::string> from;  // empty: it opens the case
    std::string to;                 // empty: the state stays
    std::vector<Party> by;
    std::string rule;                // requirement id
    std::vector<std::string> needs;  // fields that must have a value once it has happened
    std::vector<std::string> clears;
    std::vector<Guard> when;
    std::vector<std::string> notices;
    model::Position at;
};

struct DeadlineRule {
    std::string id;
    std::string from;                 // begins when the case enters this state
    std::vector<std::string> while_;  // lives in these states; `from` is one of them
    std::optional<Span> after;        // counted from the entry ...
    std::string at_field;             // ... or the end of the day this field holds
    std::string then;                 // the event that happens when it is over
    std::vector<Span> remind;         // how long before, most first
    std::string notice;               // what the reminders say
    std::string rule;
    model::Position at;
};

enum Language : std::uint8_t { kk, ru, en };
inline constexpr std::string_view kLanguageWords[] = {"kk", "ru", "en"};
inline constexpr std::size_t kLanguageCount = 3;

struct NoticeRule {
    std::string id;
    Party to = Party::service;
    std::array<std::string, kLanguageCount> text;  // {field}, {case}, {ground}, {due:deadline}
    model::Position at;
};

struct LifeCycle {
    std::string id;
    std::string title;
    std::vector<std::string> rules;
    std::string calendar;  // "KZ", "BY"
    Week week = Week::five_day;
    WorkingHours hours;
    std::vector<FieldRule> fields;
    std::vector<std::string> key;  // at most one open case with the same values of these
    std::vector<StateRule> states;
    std::vector<EventRule> events;
    std::vector<DeadlineRule> deadlines;
    std::vector<NoticeRule> notices;

    const StateRule* state(std::string_view id) const;
    const FieldRule* field(std::string_view id) const;
    const DeadlineRule* deadline(std::string_view id) const;
    const NoticeRule* notice(std::string_view id) const;
};

}  // namespace sluice::control

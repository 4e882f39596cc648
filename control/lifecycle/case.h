// Case: one application, one batch of unknown addresses, one incident: where it stands in its life
// cycle. Never stored as such: the store keeps its events, and apply() makes the case of them. An
// event carries everything that was worked out when it happened (dates, states, calendar version),
// so that a replay years later, with other calendars and life cycles, gives the same case.
#pragma once
#include <string>
#include <vector>

#include "control/lifecycle/life_cycle.h"
#include "rules/base/result.h"

namespace sluice::control {

struct Deadline {
    std::string id;
    UtcTime start, due;        // due: over from this instant on
    std::string calendar;      // "KZ 2026-11-21.1": what it was computed with
    bool provisional = false;  // a counted day may still change
    bool held = false;         // waits for a person, `why_held` says why
    bool released = false;     // a person let it pass: not held again
    std::string why_held;
    std::vector<UtcTime> remind;  // instants of the reminders, in order
    std::uint32_t reminded = 0;   // how many of them have been sent
    friend bool operator==(const Deadline&, const Deadline&) = default;
};

struct Case {
    std::string id;  // "unknown-source-17"
    std::string life_cycle;
    std::string state;
    bool closed = false;  // in a final state
    CaseFields fields;
    std::vector<Deadline> deadlines;  // running
    UtcTime opened, entered;          // entered: the present state
    std::uint64_t version = 0;        // number of events
    friend bool operator==(const Case&, const Case&) = default;

    const Deadline* deadline(std::string_view id) const;
    // The next instant at which the sweep has something to do; nothing when it has not.
    std::optional<UtcTime> next_due() const;
    // Of the deadlines that are over at `at` and not held, the one that was over first.
    const Deadline* first_over(UtcTime at) const;
};

enum class RecordKind : std::uint8_t {
    event,       // an event of the life cycle
    reminded,    // the reminders of a deadline up to now were sent
    held,        // a deadline that is over waits for a person
    released,    // a person let it pass
    recomputed,  // a changed calendar or a person moved the deadlines in `started`
};
inline constexpr std::string_view kRecordKindWords[] = {"event", "reminded", "held", "released",
                                                        "recomputed"};

// Of what sluiced does by itself: no person has it (uid_t -1 is never given out).
inline constexpr std::uint32_t kSluicedUid = 0xffff'ffff;

struct EventRecord {
    RecordKind kind = RecordKind::event;
    std::string event;  // of an event; else the deadline
    UtcTime at;
    Party by = Party::system;
    std::string actor;  // who: a person, an operator's certificate, "sluiced"
    std::uint32_t uid = kSluicedUid;
    std::string deadline;  // whose end this is; empty: nobody's
    std::string ground;    // why: free text or the id of a request
    std::string request;   // id of the signed request that asked for it; empty: none did
    std::string rule;      // requirement id
    CaseFields given;      // fields that were set; an empty list clears one
    std::string state;     // the case's state afterwards
    bool closed = false;
    bool entered = false;            // the state was entered (also anew)
    std::vector<Deadline> started;   // replace those of the same id
    std::vector<std::string> ended;  // ids of deadlines that no longer run
    friend bool operator==(const EventRecord&, const EventRecord&) = default;
};

// The case after `record`. Total: any record can be applied to any case. `id` and `life_cycle`
// stay.
void apply(Case& c, const EventRecord& record);

struct Notice {
    std::string rule;  // id of the NoticeRule
    Party to = Party::service;
    std::string recipient;  // operator or organisation id; empty: the service's own staff
    std::array<std::string, kLanguageCount> text;
};

}  // namespace sluice::control

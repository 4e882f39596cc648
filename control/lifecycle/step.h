// step: the one place that knows how a case moves. Pure: the case, what happened and the calendars
// in; the record to store, the case after it, its notices and its effects out.
#pragma once
#include <memory>

#include "control/lifecycle/case.h"

namespace sluice::control {

// Calendars by id.
using Calendars = std::map<std::string, std::shared_ptr<const Calendar>, std::less<>>;

// What somebody wants to happen.
struct Command {
    std::string event;
    UtcTime at;
    Party by = Party::system;
    std::string actor = "sluiced";
    std::uint32_t uid = kSluicedUid;
    std::string ground;
    CaseFields given;
    std::string request{};  // id of the signed request that asks for it
};

enum class StepFailure : std::uint8_t {
    unknown_event,  // the life cycle has no such event
    wrong_state,    // it has, but not from the state the case is in
    wrong_party,    // not for this party to say
    bad_field,      // unknown, missing, or with a value that is none of its type
    guard,          // a condition of the rule does not hold
    closed,         // the case is at its end
    no_deadline,    // no such deadline runs, or it is not held
    no_calendar,    // the life cycle's calendar is not loaded
};
struct StepError {
    StepFailure failure = StepFailure::unknown_event;
    std::string message;
    std::string hint;
};

struct Step {
    EventRecord record;
    Case after;
    std::vector<Notice> notices;
};

// A new case by one of the opening events.
Result<Step, StepError> open_case(const LifeCycle& cycle, const Calendars& calendars,
                                  const std::string& id, const Command& command);
Result<Step, StepError> step(const LifeCycle& cycle, const Calendars& calendars, const Case& c,
                             const Command& command);

// What the clock asks of the case now, one thing at a time: a reminder, or the event of the
// deadline that was over first. Nothing when next_due() lies after `at`.
std::optional<Result<Step, StepError>> step_due(const LifeCycle& cycle, const Calendars& calendars,
                                                const Case& c, UtcTime at);
// A deadline that is over waits for a person; `why` is told to the service.
Step hold_deadline(const Case& c, const std::string& deadline, UtcTime at, const std::string& why);
// A person lets a held deadline pass: the next sweep acts on it.
Result<Step, StepError> release_deadline(const Case& c, const std::string& deadline,
                                         const Command& who);
// The case's running deadlines by the calendars of now; nothing when none of them moves.
std::optional<Step> recompute(const LifeCycle& cycle, const Calendars& calendars, const Case& c,
                              UtcTime at);

// What the case's state does to the packet path.
std::vector<Effect> effects_of(const LifeCycle& cycle, const Case& c);

}  // namespace sluice::control

// CaseDesk: the life cycles over a store. Every change of a case goes through here and is one
// durable transaction of event, state, effects, notices and audit; what the packet path must do
// follows from the store alone.
#pragma once
#include <atomic>
#include <mutex>
#include <set>

#include "control/cases/blast_guard.h"
#include "control/cases/codec.h"
#include "control/lifecycle/read_life_cycle.h"

namespace sluice::control {

enum class DeskFailure : std::uint8_t {
    refused,    // the life cycle says no: `step` says why
    not_found,  // no such case or life cycle
    conflict,   // changed meanwhile, or another one is open for the same
    store,      // nothing was changed
};
struct DeskError {
    DeskFailure failure = DeskFailure::store;
    StepFailure step = StepFailure::unknown_event;
    std::string message, hint;
};

struct SweepReport {
    unsigned events = 0, reminders = 0, held = 0, failed = 0;
    std::string trouble;  // why something is left; empty when all that is due was done
};

class CaseDesk {
  public:
    // `catalogued` is asked by the guard; `set` must be ok().
    CaseDesk(CaseStore& store, LifeCycleSet set, GuardLimits limits, CataloguedAddresses catalogued)
        : store_(store),
          set_(std::move(set)),
          limits_(limits),
          catalogued_(std::move(catalogued)) {}

    const LifeCycleSet& set() const { return set_; }
    const LifeCycle* cycle(std::string_view id) const;

    // `request`: the signed request that asks for it, kept in the same transaction.
    Result<Case, DeskError> open(const std::string& life_cycle, const Command& command,
                                 const RequestWrite* request = nullptr);
    // `version`: refused unless the case still has it; nothing: whatever it has.
    Result<Case, DeskError> raise(const std::string& id, const Command& command,
                                  std::optional<std::uint64_t> version = {},
                                  const RequestWrite* request = nullptr);
    Result<Case, DeskError> find(const std::string& id);
    // A person holds a running deadline, or lets a held one pass.
    Result<Case, DeskError> hold(const std::string& id, const std::string& deadline,
                                 const Command& who);
    Result<Case, DeskError> release(const std::string& id, const std::string& deadline,
                                    const Command& who);

    // Does what is due at `now`: reminders and the events of deadlines that are over, in the order
    // in which they were due. Idempotent; catches up after any pause. A case that cannot
    // be written keeps its due date: the next sweep tries again.
    SweepReport sweep(UtcTime now);
    // Moves the deadlines of open cases to the calendars loaded now, if those changed since the
    // last time; each move is an event with its audit record. Returns how many cases moved.
    Result<unsigned, DeskError> recompute(UtcTime now);

    // What all cases do to the packet path, by the time it came into force.
    Result<std::vector<Effect>, DeskError> effects();
    // Grows with every change of a case: effects() may have changed since it was lower.
    std::uint64_t changes() const { return changes_; }

  private:
    Result<Case, DeskError> write(const LifeCycle& cycle, const Case& before, const Step& done,
                                  const RequestWrite* request = nullptr);
    std::optional<Step> next_step(const LifeCycle& rules, const Case& c, UtcTime now,
                                  const std::set<std::string>& blocked, SweepReport& report);
    void sweep_case(Case c, UtcTime now, std::set<std::string>& blocked, SweepReport& report);

    CaseStore& store_;
    LifeCycleSet set_;
    GuardLimits limits_;
    CataloguedAddresses catalogued_;
    std::mutex mutex_;  // one change at a time
    std::atomic<std::uint64_t> changes_{1};
};

}  // namespace sluice::control

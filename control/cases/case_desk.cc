#include "control/cases/case_desk.h"

#include "control/cases/case_rows.h"

namespace sluice::control {
namespace {

DeskError of(const StoreError& e) {
    if (e.code == StoreErrorCode::not_found)
        return {DeskFailure::not_found, StepFailure::unknown_event, e.message, ""};
    if (e.code == StoreErrorCode::stale_base)
        return {DeskFailure::conflict, StepFailure::unknown_event, e.message, ""};
    return {DeskFailure::store, StepFailure::unknown_event, e.message,
            "look at free space and at the log of sluiced"};
}

DeskError of(const StepError& e) { return {DeskFailure::refused, e.failure, e.message, e.hint}; }

DeskError no_cycle(const std::string& id) {
    return {DeskFailure::not_found, StepFailure::unknown_event, "no life cycle \"" + id + "\"",
            "`sluicectl lifecycle list` shows them"};
}

}  // namespace

const LifeCycle* CaseDesk::cycle(std::string_view id) const {
    const auto at = set_.cycles.find(id);
    return at == set_.cycles.end() ? nullptr : at->second.get();
}

Result<Case, DeskError> CaseDesk::find(const std::string& id) {
    auto row = store_.find_case(id);
    if (!row) return Err{of(row.error())};
    auto c = case_of(row->document);
    if (!c)
        return Err{DeskError{DeskFailure::store, StepFailure::unknown_event,
                             "the stored state of " + id + " cannot be read",
                             "restore a backup of the store"}};
    return std::move(*c);
}

Result<Case, DeskError> CaseDesk::write(const LifeCycle& cycle, const Case& before,
                                        const Step& done, const RequestWrite* request) {
    CaseWrite w = case_write(cycle, before, done);
    if (request != nullptr) {
        w.request = *request;
        w.request->row.case_id = done.after.id;
        w.request->row.case_version = done.after.version;
    }
    const auto written = store_.record({w});
    if (!written) return Err{of(written.error())};
    ++changes_;
    return done.after;
}

Result<Case, DeskError> CaseDesk::open(const std::string& life_cycle, const Command& command,
                                       const RequestWrite* request) {
    const std::lock_guard lock(mutex_);
    const LifeCycle* rules = cycle(life_cycle);
    if (rules == nullptr) return Err{no_cycle(life_cycle)};
    auto number = store_.next_case_number();
    if (!number) return Err{of(number.error())};
    auto done =
        open_case(*rules, set_.calendars, life_cycle + "-" + std::to_string(*number), command);
    if (!done) return Err{of(done.error())};
    return write(*rules, Case{}, *done, request);
}

Result<Case, DeskError> CaseDesk::raise(const std::string& id, const Command& command,
                                        std::optional<std::uint64_t> version,
                                        const RequestWrite* request) {
    const std::lock_guard lock(mutex_);
    SLUICE_TRY(c, find(id));
    const LifeCycle* rules = cycle(c.life_cycle);
    if (rules == nullptr) return Err{no_cycle(c.life_cycle)};
    if (version && *version != c.version)
        return Err{DeskError{DeskFailure::conflict, StepFailure::unknown_event,
                             id + " has had other events since version " + std::to_string(*version),
                             "look at it again"}};
    auto done = step(*rules, set_.calendars, c, command);
    if (!done) return Err{of(done.error())};
    return write(*rules, c, *done, request);
}

Result<Case, DeskError> CaseDesk::hold(const std::string& id, const std::string& deadline,
                                       const Command& who) {
    const std::lock_guard lock(mutex_);
    SLUICE_TRY(c, find(id));
    const LifeCycle* rules = cycle(c.life_cycle);
    if (rules == nullptr) return Err{no_cycle(c.life_cycle)};
    if (c.deadline(deadline) == nullptr)
        return Err{DeskError{DeskFailure::refused, StepFailure::no_deadline,
                             id + " has no deadline \"" + deadline + "\" that runs",
                             "`sluicectl case show " + id + "` shows them"}};
    Step done = hold_deadline(c, deadline, who.at, who.ground);
    done.record.actor = who.actor;
    done.record.uid = who.uid;
    done.record.by = who.by;
    return write(*rules, c, done);
}

Result<Case, DeskError> CaseDesk::release(const std::string& id, const std::string& deadline,
                                          const Command& who) {
    const std::lock_guard lock(mutex_);
    SLUICE_TRY(c, find(id));
    const LifeCycle* rules = cycle(c.life_cycle);
    if (rules == nullptr) return Err{no_cycle(c.life_cycle)};
    auto done = release_deadline(c, deadline, who);
    if (!done) return Err{of(done.error())};
    return write(*rules, c, *done);
}

Result<std::vector<Effect>, DeskError> CaseDesk::effects() {
    auto rows = store_.effects();
    if (!rows) return Err{of(rows.error())};
    std::vector<Effect> all;
    for (const EffectRow& row : *rows)
        if (auto effect = effect_of(row)) all.push_back(std::move(*effect));
    return all;
}

}  // namespace sluice::control

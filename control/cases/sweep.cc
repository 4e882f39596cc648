// The sweep: compares the clock with what is due. Level-triggered: it asks the store what is due
// and works until nothing is, so that a missed minute, hour or month is caught up.
#include "control/cases/case_desk.h"
#include "control/cases/case_rows.h"

namespace sluice::control {
namespace {

constexpr unsigned kDueBatch = 1'000;  // cases read at once
// A deadline can lead to the next one; more in one case at one instant is a circle in its file.
constexpr unsigned kStepsACaseMax = 100;

DeskError store_trouble(const StoreError& e) {
    return {DeskFailure::store, StepFailure::unknown_event, e.message, ""};
}

}  // namespace

// What happens next to a due case: the step, a hold in its place, or nothing more now.
std::optional<Step> CaseDesk::next_step(const LifeCycle& rules, const Case& c, UtcTime now,
                                        const std::set<std::string>& blocked, SweepReport& report) {
    auto due = step_due(rules, set_.calendars, c, now);
    if (!due) return std::nullopt;
    if (!*due) {
        // Not possible, though the clock says so: a person must look, and nothing is forgotten.
        ++report.failed;
        const Deadline* over = c.first_over(now);
        if (over == nullptr) return std::nullopt;
        return hold_deadline(c, over->id, now, due->error().message);
    }
    Step& done = **due;
    if (done.record.kind == RecordKind::reminded) {
        ++report.reminders;
        return std::move(done);
    }
    const Deadline* fired = c.deadline(done.record.deadline);
    std::string why;
    if (fired != nullptr && !fired->released)
        why = why_hold(effects_of(rules, c), effects_of(rules, done.after), blocked, limits_,
                       catalogued_);
    if (!why.empty()) {
        ++report.held;
        return hold_deadline(c, fired->id, now, why);
    }
    ++report.events;
    return std::move(done);
}

// One transaction a step: what it newly blocks counts before the next one is asked.
void CaseDesk::sweep_case(Case c, UtcTime now, std::set<std::string>& blocked,
                          SweepReport& report) {
    const LifeCycle* rules = cycle(c.life_cycle);
    if (rules == nullptr) {
        ++report.failed;
        report.trouble =
            c.id + ": there is no life cycle " + c.life_cycle + " any more: put it back";
        return;
    }
    for (unsigned i = 0; i < kStepsACaseMax; ++i) {
        auto done = next_step(*rules, c, now, blocked, report);
        if (!done) return;
        const CaseWrite w = case_write(*rules, c, *done);
        if (const auto written = store_.record({w}); !written) {
            ++report.failed;
            report.trouble = c.id + ": " + written.error().message;
            return;
        }
        ++changes_;
        if (!w.closes_for.empty()) blocked.insert(w.closes_for);
        c = std::move(done->after);
    }
}

SweepReport CaseDesk::sweep(UtcTime now) {
    const std::lock_guard lock(mutex_);
    SweepReport report;
    const auto closed = store_.closed_since(UtcTime{now.raw() - kGuardSeconds});
    if (!closed) {
        report.trouble = closed.error().message;
        return report;
    }
    std::set<std::string> blocked(closed->begin(), closed->end());
    std::set<std::string> seen;  // a case that failed is not tried twice in one sweep
    for (;;) {
        const auto due = store_.due_cases(now, kDueBatch + static_cast<unsigned>(seen.size()));
        if (!due) {
            report.trouble = due.error().message;
            return report;
        }
        bool worked = false;
        for (const CaseRow& row : *due) {
            if (seen.contains(row.id)) continue;
            worked = true;
            const unsigned failed = report.failed;
            auto c = case_of(row.document);
            if (c) {
                sweep_case(std::move(*c), now, blocked, report);
            } else {
                ++report.failed;
                report.trouble = "the stored state of " + row.id + " cannot be read";
            }
            if (report.failed != failed) seen.insert(row.id);
        }
        if (!worked) return report;
    }
}

Result<unsigned, DeskError> CaseDesk::recompute(UtcTime now) {
    const std::lock_guard lock(mutex_);
    std::string versions;
    for (const auto& [id, calendar] : set_.calendars)
        versions += id + " " + calendar->version() + "\n";
    const auto last = store_.remembered("calendars");
    if (!last) return Err{store_trouble(last.error())};
    if (*last == versions) return 0u;
    unsigned moved = 0;
    CaseFilter page;
    page.limit = kDueBatch;
    for (;;) {
        const auto rows = store_.cases(page);
        if (!rows) return Err{store_trouble(rows.error())};
        std::vector<CaseWrite> writes;
        for (const CaseRow& row : *rows) {
            const auto c = case_of(row.document);
            const LifeCycle* rules = c ? cycle(c->life_cycle) : nullptr;
            if (rules == nullptr) continue;
            if (const auto step = control::recompute(*rules, set_.calendars, *c, now))
                writes.push_back(case_write(*rules, *c, *step));
        }
        if (const auto done = store_.record(writes); !done) return Err{store_trouble(done.error())};
        moved += static_cast<unsigned>(writes.size());
        if (rows->size() < page.limit) break;
        page.after = rows->back().id;
    }
    if (const auto done = store_.remember("calendars", versions); !done)
        return Err{store_trouble(done.error())};
    return moved;
}

}  // namespace sluice::control

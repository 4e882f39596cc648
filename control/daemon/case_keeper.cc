#include "control/daemon/case_keeper.h"

#include <spdlog/spdlog.h>

#include <charconv>
#include <cmath>

namespace sluice::control {
namespace {

constexpr std::int64_t kSweepNs = 60 * kNsPerSecond;
constexpr unsigned kDueShown = 1'000;

}  // namespace

CaseKeeper::CaseKeeper(const Config& config, LifeCycleSet set, Parts parts)
    : cases_(parts.cases),
      pipeline_(parts.pipeline),
      must_sync_(config.must_sync),
      clock_(config.must_sync) {
    if (!set.ok()) {
        say("life cycles", "life cycles are not loaded and no deadline is acted on: " +
                               load::to_text(set.diagnostics.front()) +
                               "`sluicectl lifecycle lint DIR` shows all of it");
        return;
    }
    desk_.emplace(parts.cases, std::move(set), config.guard,
                  [this](const std::string& op) { return catalogued_addresses(op); });
    unknown_.emplace(parts.store, parts.cases, *desk_, config.noise);
}

void CaseKeeper::say(std::string part, std::string trouble) {
    const std::lock_guard lock(mutex_);
    std::string& have = troubles_[std::move(part)];
    if (trouble != have && !trouble.empty()) spdlog::warn("{}", trouble);
    have = std::move(trouble);
}

std::vector<std::string> CaseKeeper::troubles() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const auto& [part, trouble] : troubles_)
        if (!trouble.empty()) all.push_back(trouble);
    return all;
}

std::optional<CaseParts> CaseKeeper::parts() {
    if (!desk_) return std::nullopt;
    return CaseParts{&*desk_, &cases_,
                     [this] {
                         const std::lock_guard lock(mutex_);
                         return clock_.hold();
                     },
                     [this] { return release_clock(); }};
}

// Durable before it holds: a restart a second later must not hold again.
Result<Done, StoreError> CaseKeeper::release_clock() {
    Now now;
    {
        const std::lock_guard lock(mutex_);
        now = now_;
    }
    if (auto done = cases_.remember("clock_last", std::to_string(now.utc.raw())); !done)
        return done;
    if (auto done = cases_.remember("clock_hold", ""); !done) return done;
    const std::lock_guard lock(mutex_);
    clock_.release(now_);
    return Done{};
}

double CaseKeeper::catalogued_addresses(const std::string& operator_id) const {
    const auto current = pipeline_.current();
    if (!current || !current->in_force) return 0;
    double sum = 0;
    for (const model::CatalogEntry& row : current->in_force->catalog)
        if (current->in_force->operators[row.operator_index].id == operator_id)
            sum += std::ldexp(1.0, 128 - row.prefix.length);
    return sum;
}

bool CaseKeeper::is_catalogued(const std::string& operator_id, const IpAddress& address) const {
    if (!seen_ || !seen_->rules) return false;
    const auto op = seen_->rules->operator_named(operator_id);
    return op && seen_->rules->find_user(*op, address) != kNoOrg;
}

void CaseKeeper::start(Now now) {
    const auto last = cases_.remembered("clock_last");
    const auto hold = cases_.remembered("clock_hold");
    std::int64_t at = 0;
    if (last) std::from_chars(last->data(), last->data() + last->size(), at);
    if (last && hold && at != 0) clock_.restore(UtcTime{at}, *hold);
    push_layer();
    watch_clock(now);
}

void CaseKeeper::watch_clock(Now now) {
    const bool synchronised = !must_sync_ || kernel_clock_synchronised();
    const std::lock_guard lock(mutex_);
    now_ = now;
    clock_.look(now, synchronised);
}

void CaseKeeper::push_layer() {
    std::uint64_t changes = desk_ ? desk_->changes() : 1;
    if (changes == applied_) return;
    const auto rows = cases_.effects();
    if (!rows) {
        say("layer", "the effects of cases cannot be read: " + rows.error().message);
        return;
    }
    Layer layer;
    for (const EffectRow& row : *rows)
        if (auto effect = effect_of(row)) layer.push_back(std::move(*effect));
    say("layer", pipeline_.relayer(std::move(layer)));
    applied_ = changes;
}

bool CaseKeeper::remember(const std::string& key, const std::string& value) {
    const auto done = cases_.remember(key, value);
    say("store", done ? "" : "deadlines are not acted on: " + done.error().message);
    return done.ok();
}

// What is due, unless the clock may not be believed: then it is said what waits.
void CaseKeeper::minute(Now now) {
    std::string hold;
    {
        const std::lock_guard lock(mutex_);
        hold = clock_.hold();
    }
    if (!hold.empty()) {
        const auto due = cases_.due_cases(now.utc, kDueShown);
        const std::size_t waiting = due ? due->size() : 0;
        say("sweep",
            waiting == 0 ? "" : std::to_string(waiting) + " cases are due and held: " + hold);
        remember("clock_hold", hold);
        return;
    }
    // Before acting: a clock that goes back over a restart must be noticed.
    if (!remember("clock_hold", "") || !remember("clock_last", std::to_string(now.utc.raw())))
        return;
    if (!calendars_applied_) {
        const auto moved = desk_->recompute(now.utc);
        calendars_applied_ = moved.ok();
        if (moved && *moved != 0)
            spdlog::warn("calendars have changed: deadlines of {} cases moved", *moved);
        say("calendars", moved ? "" : "deadlines were not recomputed: " + moved.error().message);
        if (!moved) return;  // deadlines of another calendar are not acted on
    }
    if (seen_ && seen_->rules) {
        const UnknownReport unknown = unknown_->turn(
            now.utc,
            [this](const std::string& op, const IpAddress& a) { return is_catalogued(op, a); });
        say("unknown", unknown.trouble);
    }
    const SweepReport report = desk_->sweep(now.utc);
    if (report.held != 0)
        spdlog::warn("{} deadlines are held: `sluicectl deadline list --held`", report.held);
    say("sweep", report.trouble);
}

void CaseKeeper::tick(Now now) {
    if (!desk_) return;
    watch_clock(now);
    const auto current = pipeline_.current();
    const bool new_policy = current != seen_;
    seen_ = current;
    if (!latest_ || new_policy || now.mono.raw() - latest_->raw() >= kSweepNs) {
        latest_ = now.mono;
        minute(now);
    }
    push_layer();
    seen_ = pipeline_.current();  // our own layer is no new catalog
}

}  // namespace sluice::control

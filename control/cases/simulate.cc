#include "control/cases/simulate.h"

#include <algorithm>
#include <queue>
#include <random>

#include "control/cases/codec.h"
#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

constexpr std::size_t kBrokenMax = 20;
constexpr std::int64_t kDay = 86'400;
constexpr unsigned kTextCheckEvery = 64;  // cases that are also kept as the store keeps them

using Random = std::mt19937_64;

std::uint64_t draw_below(Random& random, std::uint64_t end) { return random() % end; }

std::string random_value(const FieldRule& rule, UtcTime now, Random& random) {
    const Day today{std::chrono::floor<std::chrono::days>(std::chrono::seconds{now.raw()})};
    const auto n = draw_below(random, 200);
    switch (rule.type) {
        case FieldType::day: {
            const bool begins = rule.id == "valid_from";
            return load::to_text(begins ? today : today + std::chrono::days{1 + n});
        }
        case FieldType::word:
            return rule.options[draw_below(random, rule.options.size())];
        case FieldType::number:
            return std::to_string(n);
        case FieldType::prefixes:
        case FieldType::address:
            return "10.1.2." + std::to_string(n);
        case FieldType::name:
            return "host" + std::to_string(n) + ".example";
        case FieldType::secret_ref:
            return "vault:key-" + std::to_string(n);
        case FieldType::text:
        case FieldType::list:
        case FieldType::id:
            break;
    }
    return "value" + std::to_string(n);
}

struct Running {
    const LifeCycle* cycle = nullptr;
    Case now;
    Case replayed;  // by the records alone
    bool as_text = false;
};

class Simulation {
  public:
    Simulation(const LifeCycleSet& set, const SimulationPlan& plan)
        : set_(set), plan_(plan), random_(plan.seed) {
        start_ =
            std::int64_t{
                Day{std::chrono::year{plan.first_year} / 1 / 1}.time_since_epoch().count()} *
            kDay;
        for (const auto& [id, cycle] : set.cycles)
            cycles_.push_back(cycle.get());
    }

    SimulationResult run() {
        cases_.resize(plan_.cases);
        for (std::size_t i = 0; i < cases_.size(); ++i)
            plan_case(i);
        for (std::int64_t day = 0; day < plan_.days; ++day) {
            while (!visits_.empty() && visits_.top().first < start_ + (day + 1) * kDay)
                visit();
            sweep(UtcTime{start_ + (day + 1) * kDay});
        }
        for (const Running& r : cases_) {
            result_.closed += r.now.closed;
            if (r.now.version != 0 && r.now != r.replayed)
                broken(r.now.id + ": its events do not give its state");
        }
        return std::move(result_);
    }

  private:
    using When = std::pair<std::int64_t, std::size_t>;  // instant, case
    using Queue = std::priority_queue<When, std::vector<When>, std::greater<>>;

    void broken(std::string what) {
        if (result_.broken.size() < kBrokenMax) result_.broken.push_back(std::move(what));
    }

    void plan_case(std::size_t i) {
        cases_[i].cycle = cycles_[i % cycles_.size()];
        cases_[i].as_text = i % kTextCheckEvery == 0;
        const std::uint64_t seconds = std::uint64_t{plan_.days} * kDay;
        std::int64_t at = start_ + static_cast<std::int64_t>(draw_below(random_, seconds / 2));
        // Things happen close together, then rarely: as with real applications.
        for (unsigned n = 0; n <= plan_.events_a_case; ++n) {
            visits_.push({at, i});
            at += static_cast<std::int64_t>(draw_below(random_, (n < 4 ? 12 : 200) * kDay));
        }
    }

    Command random_command(const Running& r, UtcTime now) {
        std::vector<const EventRule*> possible;
        for (const EventRule& e : r.cycle->events) {
            const bool here = r.now.version == 0 ? e.from.empty()
                                                 : std::find(e.from.begin(), e.from.end(),
                                                             r.now.state) != e.from.end();
            const bool person =
                std::any_of(e.by.begin(), e.by.end(), [](Party p) { return p != Party::system; });
            if (here && person) possible.push_back(&e);
        }
        Command command;
        command.at = now;
        if (possible.empty()) return command;
        const EventRule& e = *possible[draw_below(random_, possible.size())];
        command.event = e.id;
        command.by =
            *std::find_if(e.by.begin(), e.by.end(), [](Party p) { return p != Party::system; });
        command.actor = "somebody";
        command.ground = "simulated";
        for (const std::string& id : e.needs)
            command.given[id] = {random_value(*r.cycle->field(id), now, random_)};
        for (const Guard& g : e.when)
            if (g.kind == Guard::Kind::field_is) command.given[g.field] = {g.word};
        return command;
    }

    // A person's event, at its own instant; what was due before it comes first.
    void visit() {
        const auto [at, i] = visits_.top();
        visits_.pop();
        Running& r = cases_[i];
        const UtcTime now{at};
        if (r.now.version != 0) catch_up(r, now);
        const Command command = random_command(r, now);
        if (command.event.empty()) return;
        const std::string id = r.cycle->id + "-" + std::to_string(i);
        auto done = r.now.version == 0 ? open_case(*r.cycle, set_.calendars, id, command)
                                       : step(*r.cycle, set_.calendars, r.now, command);
        if (!done) {
            ++result_.refused;
            return;
        }
        if (r.now.version == 0) {
            ++result_.opened;
            r.replayed.id = id;
            r.replayed.life_cycle = r.cycle->id;
        }
        ++result_.events;
        take(r, *done);
        schedule(i);
    }

    void take(Running& r, const Step& done) {
        const auto record =
            r.as_text ? record_of(to_document(done.record)) : std::optional(done.record);
        if (!record || *record != done.record)
            broken(done.after.id + ": a record is not what was stored of it");
        else
            apply(r.replayed, *record);
        r.now = done.after;
        const std::vector<Effect> effects = effects_of(*r.cycle, r.now);
        if (done.record.kind == RecordKind::event && r.cycle->state(r.now.state) == nullptr)
            broken(r.now.id + ": there is no state " + r.now.state);
    }

    void schedule(std::size_t i) {
        if (const auto next = cases_[i].now.next_due()) due_.push({next->raw(), i});
    }

    // All that is due at `now`, as the sweep does it.
    void catch_up(Running& r, UtcTime now) {
        for (;;) {
            auto due = step_due(*r.cycle, set_.calendars, r.now, now);
            if (!due) break;
            if (!*due) {
                broken(r.now.id + ": a deadline is over and its event is not possible: " +
                       due->error().message);
                return;
            }
            check_due(r, (*due)->record, now);
            take(r, **due);
        }
        if (const auto next = r.now.next_due(); next && *next <= now)
            broken(r.now.id + ": something due was left");
    }

    void check_due(const Running& r, const EventRecord& record, UtcTime now) {
        if (record.kind == RecordKind::reminded) {
            ++result_.reminders;
            return;
        }
        ++result_.fired;
        const Deadline* d = r.now.deadline(record.deadline);
        if (d == nullptr || d->due > now)
            broken(r.now.id + ": " + record.event + " came before its deadline was over");
        if (record.rule.empty()) broken(r.now.id + ": " + record.event + " rests on no rule");
    }

    void sweep(UtcTime now) {
        while (!due_.empty() && due_.top().first <= now.raw()) {
            const std::size_t i = due_.top().second;
            due_.pop();
            catch_up(cases_[i], now);
            schedule(i);
        }
    }

    const LifeCycleSet& set_;
    const SimulationPlan& plan_;
    Random random_;
    std::int64_t start_ = 0;
    std::vector<const LifeCycle*> cycles_;
    std::vector<Running> cases_;
    Queue visits_, due_;
    SimulationResult result_;
};

}  // namespace

SimulationResult simulate(const LifeCycleSet& set, const SimulationPlan& plan) {
    return Simulation(set, plan).run();
}

}  // namespace sluice::control

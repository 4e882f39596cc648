// The desk: guard, changed calendars, store errors and crashes, unknown sources, the layer, the
// simulation, lint.
#include <random>

#include "control/cases/simulate.h"
#include "control/cases/unknown_sources.h"
#include "control/layers/apply_layer.h"
#include "control/lifecycle/lint.h"
#include "tests/unit/control/cases_fixture.h"

namespace sluice::control {
namespace {

TEST_F(Cases, TheGuardHoldsTheSixthBlockOfAnHourUntilAPersonReleasesIt) {
    std::vector<std::string> all;
    for (int i = 0; i < 7; ++i) {
        all.push_back(
            open("unknown-source", "seen",
                 {{"operator", {"op-" + std::to_string(i)}}, {"addresses", {"10.9.0.1"}}}));
        ASSERT_EQ(raise(all.back(), "delivered"), "ok");
    }
    pass(20 * kDay);
    unsigned blocked = 0;
    std::string held;
    for (const std::string& id : all) {
        blocked += state(id) == "overdue";
        if (state(id) == "notified") held = id;
    }
    EXPECT_EQ(blocked, 5u);
    EXPECT_EQ(notices("held"), 2u);
    pass(30 * kDay);
    EXPECT_EQ(state(held), "notified");
    ASSERT_TRUE(desk_->release(held, "catalog", command("", Party::service)).ok());
    pass(60);
    EXPECT_EQ(state(held), "overdue");
}

TEST_F(Cases, TheGuardHoldsALargeShareOfAnOperator) {
    const std::string id =
        open("unknown-source", "seen", {{"operator", {"telco"}}, {"addresses", {"10.0.0.0/12"}}});
    ASSERT_EQ(raise(id, "delivered"), "ok");
    pass(20 * kDay);
    EXPECT_EQ(state(id), "notified");
    EXPECT_TRUE(desk_->find(id)->deadlines.at(0).held);
}

TEST_F(Cases, AChangedCalendarMovesOpenDeadlinesVisibly) {
    ASSERT_TRUE(desk_->recompute(now_).ok());
    const std::string id = open("unknown-source", "seen", kUnknown);
    ASSERT_EQ(raise(id, "delivered"), "ok");
    const UtcTime before = desk_->find(id)->deadlines.at(0).due;
    LifeCycleSet changed = shipped();
    const Calendar& kz = *changed.calendars.at("KZ");
    auto years = kz.years();
    years.at(2).off[0].push_back(kz.local_day(UtcTime{kMonday + kDay}));  // a day off by decree
    changed.calendars["KZ"] = std::make_shared<const Calendar>(
        "KZ", "2026-03-02.9", kz.zone(), std::vector<UtcOffset>{{Day{}, 300}}, years);
    reopen(changed);
    EXPECT_EQ(*desk_->recompute(now_), 1u);
    EXPECT_GT(desk_->find(id)->deadlines.at(0).due, before);
    EXPECT_NE(store_->audit(1)->at(0).reason.find("2026-03-02.9"), std::string::npos);
    EXPECT_EQ(*desk_->recompute(now_), 0u);
    expect_replay_equal(id);
}

TEST_F(Cases, StoreErrorsAndCrashesLoseNoDeadlineAndRepeatNoEvent) {
    std::mt19937 random(7);
    std::vector<std::string> all;
    for (int i = 0; i < 12; ++i) {
        all.push_back(open("unknown-source", "seen",
                           {{"operator", {"op-" + std::to_string(i % 4)}},
                            {"addresses", {"10.9.0." + std::to_string(i + 1)}}}));
        ASSERT_EQ(raise(all.back(), "delivered"), "ok");
    }
    for (int day = 0; day < 15; ++day) {
        faulty_->fail_before = random() % 2 == 0;
        faulty_->fail_after = random() % 2 == 0;
        pass(kDay);
        if (random() % 3 == 0) reopen();
        faulty_->fail_before = faulty_->fail_after = false;
        for (const std::string& id : all) {
            const Case c = *desk_->find(id);
            if (c.state == "overdue") {
                EXPECT_GE(c.entered, UtcTime{kMonday + 7 * kDay});
            }
        }
    }
    pass(60);
    for (const std::string& id : all) {
        EXPECT_EQ(state(id), "overdue");
        expect_replay_equal(id);
    }
    EXPECT_EQ(notices("blocked"), all.size());
    EXPECT_FALSE(store_->verify_audit()->has_value());
    std::size_t events = 0;
    for (const std::string& id : all)
        events += store_->events_of(id)->size();
    EXPECT_EQ(store_->audit(10'000)->size(), events);
}

TEST_F(Cases, UnknownSourcesOpenOneCaseAndNoiseOpensNone) {
    UnknownSources unknown(*store_, *store_, *desk_, NoiseLimits{});
    const UtcTime hour_ago{now_.raw() - 600};
    ASSERT_TRUE(store_
                    ->add_unknown_sources({{"telco", "10.9.0.1", hour_ago, now_, 50},
                                           {"telco", "10.9.0.2", hour_ago, now_, 19},
                                           {"telco", "10.9.0.3", now_, now_, 900},
                                           {"telco", "127.0.0.1", hour_ago, now_, 900},
                                           {"telco", "10.9.0.4", hour_ago, now_, 50}})
                    .ok());
    std::set<std::string> catalog;
    const auto has = [&](const std::string&, const IpAddress& a) {
        return catalog.contains(to_text(a));
    };
    const UnknownReport first = unknown.turn(now_, has);
    EXPECT_EQ(first.opened, 1u);
    EXPECT_EQ(first.noise, 3u);
    EXPECT_EQ(unknown.turn(now_, has).opened, 0u);
    // Nor later: they are in an open case.
    EXPECT_EQ(unknown.turn(UtcTime{now_.raw() + 700}, has).opened, 0u);
    const Case c = *desk_->find("unknown-source-1");
    EXPECT_EQ(c.fields.at("addresses"), (std::vector<std::string>{"10.9.0.1", "10.9.0.4"}));
    catalog.insert("10.9.0.1");
    EXPECT_EQ(unknown.turn(now_, has).healed, 1u);
    EXPECT_EQ(desk_->find(c.id)->fields.at("addresses"), (std::vector<std::string>{"10.9.0.4"}));
    catalog.insert("10.9.0.4");
    EXPECT_EQ(unknown.turn(now_, has).healed, 1u);
    EXPECT_EQ(state(c.id), "healed");
}

TEST(Layer, EffectsChangeExactlyWhatTheyNameAndWhatDoesNotFitIsSaid) {
    model::Policy policy;
    policy.operators.push_back({"telco", "Telco", {}, {}});
    model::Organisation org;
    org.id = "ministry";
    policy.organisations.push_back(org);
    const auto troubles = apply_layer({{EffectKind::source_overdue,
                                        "a-1",
                                        {{"operator", {"telco"}}, {"addresses", {"10.9.0.1"}}}},
                                       {EffectKind::source_overdue,
                                        "a-2",
                                        {{"operator", {"nobody"}}, {"addresses", {"10.9.0.9"}}}},
                                       {EffectKind::access_open,
                                        "a-3",
                                        {{"organisation", {"ministry"}},
                                         {"request", {"r"}},
                                         {"categories", {"uncategorised"}},
                                         {"valid_from", {"2026-01-01"}},
                                         {"valid_until", {"2026-12-31"}}}},
                                       {EffectKind::bypass_open,
                                        "a-4",
                                        {{"operator", {"telco"}},
                                         {"addresses", {"10.9.0.1"}},
                                         {"ground", {"g"}},
                                         {"author", {"a"}}}}},
                                      policy);
    ASSERT_EQ(troubles.size(), 1u);
    EXPECT_NE(troubles[0].find("nobody"), std::string::npos);
    EXPECT_TRUE(policy.unknown_source.overdue.empty());  // bypass came later
    EXPECT_EQ(policy.bypass.size(), 1u);
    EXPECT_TRUE(policy.organisations[0].access.has_value());
    apply_layer({{EffectKind::access_closed, "a-5", {{"organisation", {"ministry"}}}}}, policy);
    EXPECT_FALSE(policy.organisations[0].access.has_value());
}

TEST(Simulation, ThreeYearsOfRandomEventsBreakNothingAndRepeat) {
    SimulationPlan plan;
    plan.cases = 3'000;
    const SimulationResult a = simulate(shipped(), plan);
    EXPECT_TRUE(a.broken.empty()) << a.broken.front();
    EXPECT_GT(a.fired, plan.cases / 2);
    const SimulationResult b = simulate(shipped(), plan);
    EXPECT_EQ(a.events, b.events);
    EXPECT_EQ(a.fired, b.fired);
}

// The first code that the file below has once a piece of it is replaced.
std::string lint_code(const std::string& change_from, const std::string& change_to) {
    std::string text =
        "lifecycle: x\ntitle: t\nrules: [G1]\ncalendar: KZ\nfields: []\nstates:\n  - {id: a}\n  - "
        "{id: b, final: true}\nevents:\n  - {id: open, from: [], to: a, by: [user], rule: G1}\n  - "
        "{id: end, from: [a], to: b, by: [system], rule: G1, notices: [n]}\ndeadlines:\n  - {id: "
        "d, "
        "from: a, after: 5 wd, then: end, rule: G1}\nnotices:\n  - {id: n, to: service, kk: k, ru: "
        "r, en: e}\n";
    const std::size_t at = text.find(change_from);
    EXPECT_NE(at, std::string::npos) << change_from;
    text.replace(at, change_from.size(), change_to);
    load::Report report;
    const auto cycle = read_life_cycle(text, report.add_file("x.yaml"), report);
    if (cycle) lint(*cycle, report);
    const auto all = report.take();
    return all.empty() ? "ok" : all.front().code;
}

TEST(Lint, EachMistakeHasItsCode) {
    EXPECT_EQ(lint_code("title: t", "title: t"), "ok");
    EXPECT_EQ(lint_code("{id: a}", "{id: a}\n  - {id: c, final: true}"), "unreachable_state");
    EXPECT_EQ(lint_code("by: [system]", "by: [user]"), "deadline_without_effect");
    EXPECT_EQ(lint_code(", ru: r", ""), "missing_language");
    EXPECT_EQ(lint_code("rule: G1}\n  - {id: end", "rule: G9}\n  - {id: end"), "unknown_rule");
    EXPECT_EQ(lint_code("by: [user], rule: G1", "by: [user]"), "missing_key");
    EXPECT_EQ(lint_code("5 wd", "5 days"), "bad_span");
    EXPECT_EQ(lint_code("to: b", "to: z"), "unknown_state");
    EXPECT_EQ(lint_code("then: end", "then: gone"), "unknown_event");
    EXPECT_EQ(lint_code("kk: k", "kk: '{no}'"), "unknown_placeholder");
    EXPECT_EQ(lint_code(", notices: [n]", ""), "unused_notice");
    EXPECT_EQ(lint_code("{id: a}", "{id: a, effects: [fly]}"), "unknown_effect");
    EXPECT_EQ(lint_code("{id: a}", "{id: a, effects: [source_overdue]}"), "effect_without_field");
    EXPECT_EQ(lint_code("from: []", "from: [a]"), "no_opening");
}

}  // namespace
}  // namespace sluice::control

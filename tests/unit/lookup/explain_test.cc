// explain() tells the same decision as decide(), with every step accounted for.
#include "rules/lookup/explain.h"

#include <gtest/gtest.h>

#include "rules/lookup/decide.h"
#include "tests/unit/lookup/load_policy.h"
#include "tests/unit/lookup/small_policy.h"

namespace sluice::lookup {
namespace {

using test::ip;

Facts casino_flow(const BundleView& bundle, bool from_internet) {
    Facts f;
    f.user = ip("10.1.2.3");
    f.remote = ip("198.51.100.1");
    f.org = find_user(bundle, f.operator_id, f.user);
    f.user_port = 40'000;
    f.remote_port = 443;
    f.ip_protocol = 6;
    f.protocol = model::Protocol::tls;
    f.name_state = NameState::known;
    f.name_source = model::NameSource::tls_sni;
    f.name = "www.casino.example";
    f.now = test::kNoon;
    f.from_internet = from_internet;
    return f;
}

TEST(Explain, TellsWhichStepDecidedAndWhatWouldChangeIt) {
    const auto loaded = test::load(test::small_policy());
    const auto e = explain(loaded.view, casino_flow(loaded.view, false));
    EXPECT_EQ(e.decision.reason, model::Reason::not_granted);
    ASSERT_EQ(e.steps.size(), kSteps);
    const auto& list = e.steps[static_cast<std::size_t>(Step::yearly_list)];
    EXPECT_EQ(list.number, 7u);
    EXPECT_EQ(list.outcome, Outcome::matched);
    EXPECT_EQ(list.rules, (std::vector<std::string_view>{"G15", "G15-1"}));
    EXPECT_NE(list.detail.find("by casino.example: casino"), std::string::npos) << list.detail;
    EXPECT_NE(list.detail.find("R-1, 2026-01-01 to 2026-12-31"), std::string::npos) << list.detail;
    EXPECT_EQ(e.steps[static_cast<std::size_t>(Step::source)].detail,
              "10.1.2.3 belongs to ministry by 10.1.0.0/16");
    EXPECT_EQ(e.steps[static_cast<std::size_t>(Step::exemption)].outcome, Outcome::not_reached);
    EXPECT_EQ(e.steps[static_cast<std::size_t>(Step::waf)].outcome, Outcome::not_asked);
    ASSERT_FALSE(e.changes.empty());
    EXPECT_EQ(e.changes[0], "a signed request opening casino for ministry");
}

TEST(Explain, InboundFlowsAreNotAskedAboutUsers) {
    const auto loaded = test::load(test::small_policy());
    const auto e = explain(loaded.view, casino_flow(loaded.view, true));
    EXPECT_EQ(e.decision.reason, model::Reason::inbound_default);
    EXPECT_EQ(e.steps[static_cast<std::size_t>(Step::yearly_list)].outcome, Outcome::not_asked);
    EXPECT_EQ(e.steps[static_cast<std::size_t>(Step::waf)].outcome, Outcome::not_matched);
    EXPECT_EQ(e.steps[static_cast<std::size_t>(Step::forward)].outcome, Outcome::matched);
}

TEST(Explain, LastLabelsAreWhole) {
    EXPECT_EQ(last_labels("a.b.c", 0), "");
    EXPECT_EQ(last_labels("a.b.c", 1), "c");
    EXPECT_EQ(last_labels("a.b.c", 2), "b.c");
    EXPECT_EQ(last_labels("a.b.c", 3), "a.b.c");
    EXPECT_EQ(last_labels("a.b.c", 9), "a.b.c");
    EXPECT_EQ(last_labels("", 1), "");
}

}  // namespace
}  // namespace sluice::lookup

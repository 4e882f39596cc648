#include "rules/lookup/explain.h"

#include <array>

namespace sluice::lookup {
namespace {

struct StepInfo {
    unsigned number;
    std::string_view name;
    std::array<std::string_view, 4> rules;  // empty: no more
};
constexpr std::array<StepInfo, kSteps> kStepInfos = {{
    {2, "bypass", {"G2"}},
    {2, "link-local", {}},
    {3, "source address", {"G13"}},
    {4, "protected service", {"P", "H", "W", "K"}},
    {5, "mail", {"M*", "M7", "M12"}},
    {6, "protocol", {"G15-2"}},
    {7, "yearly list", {"G15", "G15-1"}},
    {8, "web application firewall", {"G17"}},
    {9, "exemption", {"G20"}},
    {10, "inspection", {"G20"}},
    {11, "forward", {}},
}};

// Writes down what decide_with() asks and hears.
class Recorder {
  public:
    Recorder(const BundleView& bundle, const Facts& facts, std::vector<ExplainStep>& steps)
        : bundle_(bundle), facts_(facts), steps_(steps) {}

    bool step(Step which, const Answer& answer) {
        ExplainStep& step = steps_[static_cast<std::size_t>(which)];
        step.outcome = answer ? Outcome::matched : Outcome::not_matched;
        step.detail = detail_of(which, bundle_, facts_, answer);
        return answer.has_value();
    }

  private:
    const BundleView& bundle_;
    const Facts& facts_;
    std::vector<ExplainStep>& steps_;
};

// Steps that judge the other kind of flow say so wherever they stand.
bool judges(Step step, bool from_internet) {
    switch (step) {
        case Step::waf:
            return from_internet;
        case Step::source:
        case Step::protocol:
        case Step::yearly_list:
        case Step::exemption:
        case Step::inspection:
            return !from_internet;
        default:
            return true;
    }
}

}  // namespace

Explanation explain(const BundleView& bundle, const Facts& facts) {
    Explanation explanation;
    for (std::size_t i = 0; i < kSteps; ++i) {
        ExplainStep step;
        step.number = kStepInfos[i].number;
        step.name = kStepInfos[i].name;
        for (std::string_view rule : kStepInfos[i].rules)
            if (!rule.empty()) step.rules.push_back(rule);
        if (!judges(static_cast<Step>(i), facts.from_internet)) step.outcome = Outcome::not_asked;
        explanation.steps.push_back(std::move(step));
    }
    Recorder recorder(bundle, facts, explanation.steps);
    explanation.decision = decide_with(bundle, facts, recorder);
    explanation.changes = changes_of(bundle, facts, explanation.decision);
    return explanation;
}

}  // namespace sluice::lookup

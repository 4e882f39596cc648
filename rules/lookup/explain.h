// explain(): the decision about one flow, told step by step, and what would change it. The same
// code as decide() (decide_steps.h) with a trace that writes down what each step answered.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rules/lookup/bundle_view.h"
#include "rules/lookup/decide_steps.h"

namespace sluice::lookup {

enum class Outcome : std::uint8_t {
    matched,      // this step decided
    not_matched,  // asked, had nothing to say
    not_reached,  // an earlier step had decided
    not_asked,    // judges flows opened from the other side only
};
constexpr std::string_view name_of(Outcome o) {
    constexpr std::string_view kNames[] = {"matched", "not_matched", "not_reached", "not_asked"};
    return kNames[static_cast<std::size_t>(o)];
}

struct ExplainStep {
    unsigned number = 0;    // in design section 4: 2..11
    std::string_view name;  // "yearly list"
    Outcome outcome = Outcome::not_reached;
    std::string detail;                   // what was looked at and found; empty when not asked
    std::vector<std::string_view> rules;  // requirement ids: "G15", "G15-1"
};

struct Explanation {
    Decision decision;                 // equal to decide() of the same bundle and facts
    std::vector<ExplainStep> steps;    // all of them, in order
    std::vector<std::string> changes;  // each on its own would change the decision; may be empty
};

// For people, not for packets: allocates.
Explanation explain(const BundleView& bundle, const Facts& facts);

// What one step looked at and found (explain_detail.cc).
std::string detail_of(Step step, const BundleView& bundle, const Facts& facts,
                      const Answer& answer);
// What would change a decision (explain_change.cc).
std::vector<std::string> changes_of(const BundleView& bundle, const Facts& facts,
                                    const Decision& decision);
// "casino (Casino), news (News)".
std::string categories_text(const BundleView& bundle, const model::CategorySet& categories);

}  // namespace sluice::lookup

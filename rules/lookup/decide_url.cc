#include "rules/lookup/decide_url.h"

#include "rules/lookup/decide_steps.h"

namespace sluice::lookup {
namespace {

using model::Reason;

// Whether a decision came from a step that asks for categories: 7 and later.
bool by_categories(Reason reason) {
    switch (reason) {
        case Reason::not_granted:
        case Reason::uncategorised:
        case Reason::under_inspection:
        case Reason::pilot:
        case Reason::allowed:
        case Reason::unknown_source:
            return true;
        default:
            return model::is_exempt(reason);
    }
}

}  // namespace

Decision decide_url(const BundleView& bundle, const Facts& facts, std::string_view path) noexcept {
    const Decision by_name = decide(bundle, facts);
    if (facts.from_internet || facts.name_state != NameState::known ||
        !by_categories(by_name.reason) || match_name(bundle, facts.name).by_override)
        return by_name;
    const NamesView& names = bundle.names();
    const UrlMatch url = find_url(names, hash_suffixes(names.head->key, facts.name), path);
    if (!url.found) return by_name;
    const model::CategorySet& categories = names.sets.sets[url.set];
    if (catalogued(bundle, facts)) {
        const auto& allowed = bundle.policy().organisations[facts.org.raw() - 1].allowed;
        if (!categories.without(allowed).empty())
            return {model::Verdict::block, Reason::not_granted, categories};
    }
    if (const Answer a = step_exemption(bundle, facts, categories)) return *a;
    if (const Answer a = step_inspection(bundle, facts, categories)) return *a;
    return step_forward(bundle, facts, categories);
}

}  // namespace sluice::lookup

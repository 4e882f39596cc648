#include "control/commit/sensitive.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "control/commit/facts_of_policy.h"

namespace sluice::control {
namespace {

using Facts = std::set<std::string>;

std::set<std::string> exempt_categories(const model::Policy& p) {
    std::set<std::string> ids;
    for (const model::Category& c : p.categories)
        if (c.exempt) ids.insert(c.id);
    return ids;
}

// What a policy leaves unopened or lets around the gateway, one text a fact.
Facts facts_of(const model::Policy& p) {
    Facts facts;
    const std::set<std::string> exempt = exempt_categories(p);
    for (const model::Category& c : p.categories)
        if (c.exempt)
            facts.insert("category " + c.id + " is exempt (" + std::string(name_of(*c.exempt)) +
                         ")");
    for (const model::NameEntry& n : p.names)
        if (p.categories[n.category_index].exempt)
            facts.insert("name " + n.name + " is exempt (" + p.categories[n.category_index].id +
                         ")");
    for (const model::NameOverride& o : p.overrides)
        for (const std::string& category : o.categories)
            if (exempt.count(category)) facts.insert("override " + o.name + " is exempt");
    for (const model::Organisation& o : p.organisations)
        if (o.pilot) facts.insert("organisation " + o.id + " is not under inspection (pilot)");
    for (const model::Bypass& b : p.bypass)
        facts.insert("bypass of " + b.operator_id + " " + to_text(b.prefix));
    return facts;
}

// A feed into an exempt category: its row tells its content by a hash.
void add_feeds(const model::Policy& p, Facts& facts) {
    const std::set<std::string> exempt = exempt_categories(p);
    const auto feeds_exempt = [&](const model::Feed& f) {
        return exempt.count(f.category) ||
               std::any_of(f.categories.begin(), f.categories.end(),
                           [&](const model::FeedMapping& m) { return exempt.count(m.category); });
    };
    for (const PolicyPart& part : parts_of(p, false)) {
        if (part.what != "feed") continue;
        for (const PolicyRow& row : part.rows)
            for (const model::Feed& f : p.feeds)
                if (f.id == row.id && feeds_exempt(f))
                    facts.insert("feed " + row.id + " of exempt names: " + row.value);
    }
}

// Whether somebody of `before` has less access than it had.
bool loses(const model::Organisation& before, const model::Organisation* after) {
    if (after == nullptr) return true;
    if (!before.access) return false;
    if (!after->access) return true;
    const auto& now = after->access->categories;
    return std::any_of(before.access->categories.begin(), before.access->categories.end(),
                       [&](const std::string& category) {
                           return std::find(now.begin(), now.end(), category) == now.end();
                       });
}

std::string mass_block(const model::Policy& before, const model::Policy& after) {
    std::map<std::string, const model::Organisation*> now;
    for (const model::Organisation& o : after.organisations)
        now.emplace(o.id, &o);
    std::size_t losers = 0;
    for (const model::Organisation& o : before.organisations) {
        const auto at = now.find(o.id);
        if (loses(o, at == now.end() ? nullptr : at->second)) ++losers;
    }
    const bool many = losers >= kMassOrganisations;
    const bool share = losers >= kMassOrganisationsMin &&
                       losers * 100 >= before.organisations.size() * kMassSharePercent;
    if (!many && !share) return "";
    return std::to_string(losers) + " of " + std::to_string(before.organisations.size()) +
           " organisations lose access";
}

}  // namespace

std::vector<std::string> sensitive_changes(const model::Policy* before,
                                           const model::Policy& after) {
    Facts was, is = facts_of(after);
    add_feeds(after, is);
    if (before) {
        was = facts_of(*before);
        add_feeds(*before, was);
    }
    std::vector<std::string> all, ended;
    std::set_difference(is.begin(), is.end(), was.begin(), was.end(), std::back_inserter(all));
    std::set_difference(was.begin(), was.end(), is.begin(), is.end(), std::back_inserter(ended));
    for (std::string& fact : all)
        fact = "new: " + fact;
    for (const std::string& fact : ended)
        all.push_back("no longer: " + fact);
    if (before)
        if (std::string mass = mass_block(*before, after); !mass.empty())
            all.push_back(std::move(mass));
    return all;
}

}  // namespace sluice::control

#include "rules/compile/ids.h"

namespace sluice::compile {
namespace {

template <class Rows>
std::unordered_map<std::string_view, unsigned> number(const Rows& rows, std::string_view what,
                                                      Errors& errors) {
    std::unordered_map<std::string_view, unsigned> map;
    unsigned next = 0;
    for (const auto& row : rows)
        if (!map.emplace(row.id, next++).second)
            errors.add(Code::duplicate,
                       std::string(what) + " '" + row.id + "' is there twice: give one another id",
                       row.at);
    return map;
}

std::string_view what_of(Code code) {
    switch (code) {
        case Code::unknown_operator:
            return "operator";
        case Code::unknown_organisation:
            return "organisation";
        case Code::unknown_category:
            return "category";
        default:
            return "segment";
    }
}

std::int64_t begin_of(model::Day day, const model::Policy& policy) {
    return day.time_since_epoch().count() * std::int64_t{86'400} -
           std::int64_t{policy.utc_offset_minutes} * 60;
}

}  // namespace

Ids::Ids(const model::Policy& policy, Errors& errors)
    : policy_(policy),
      errors_(errors),
      operators_(number(policy.operators, "operator", errors)),
      organisations_(number(policy.organisations, "organisation", errors)),
      categories_(number(policy.categories, "category", errors)),
      segments_(number(policy.segments, "segment", errors)) {
    number(policy.feeds, "feed", errors);
    if (policy.feeds.size() > model::kFeedsMax)
        errors.add(Code::too_many, "at most 1000 feeds", policy.feeds.back().at);
    if (policy.segments.size() > model::kSegmentsMax)
        errors.add(Code::too_many, "at most 16 segments", policy.segments.back().at);
    if (policy.operators.size() > model::kOperatorsMax)
        errors.add(Code::too_many, "at most 255 operators", policy.operators.back().at);
    if (policy.organisations.size() > model::kOrganisationsMax)
        errors.add(Code::too_many, "at most 65000 organisations", policy.organisations.back().at);
    if (policy.categories.size() >= model::kCategoriesMax)
        errors.add(Code::too_many, "at most 255 categories besides the built-in 'uncategorised'",
                   policy.categories.back().at);
    if (const auto at = categories_.find("uncategorised"); at != categories_.end())
        errors.add(Code::duplicate, "category 'uncategorised' is built in: use another id",
                   policy.categories[at->second].at);
}

std::optional<unsigned> Ids::find(const Map& map, std::string_view id, const model::Position& at,
                                  std::string_view who, Code code) const {
    if (const auto found = map.find(id); found != map.end()) return found->second;
    std::string message(who);
    message.append(" names ").append(what_of(code)).append(" '").append(id);
    errors_.add(code, message + "', which is not there: add it or correct the id", at);
    return std::nullopt;
}

std::optional<unsigned> Ids::operator_index(std::string_view id, const model::Position& at,
                                            std::string_view who) const {
    return find(operators_, id, at, who, Code::unknown_operator);
}

std::optional<unsigned> Ids::organisation_index(std::string_view id, const model::Position& at,
                                                std::string_view who) const {
    return find(organisations_, id, at, who, Code::unknown_organisation);
}

std::optional<unsigned> Ids::segment(std::string_view id, const model::Position& at,
                                     std::string_view who) const {
    return find(segments_, id, at, who, Code::unknown_segment);
}

std::optional<model::CategoryIndex> Ids::category(std::string_view id, const model::Position& at,
                                                  std::string_view who) const {
    if (id == "uncategorised") return lookup::kUncategorised;
    const auto index = find(categories_, id, at, who, Code::unknown_category);
    if (!index) return std::nullopt;
    return static_cast<model::CategoryIndex>(*index + 1);
}

model::CategorySet Ids::category_set(const std::vector<std::string>& ids, const model::Position& at,
                                     std::string_view who) const {
    model::CategorySet set;
    for (const std::string& id : ids)
        if (const auto c = category(id, at, who)) set.add(*c);
    return set;
}

std::optional<unsigned> Ids::operator_of(unsigned organisation_index) const {
    const auto found = operators_.find(policy_.organisations[organisation_index].operator_id);
    if (found == operators_.end()) return std::nullopt;
    return found->second;
}

namespace {
// Days a bundle can hold, and people can read (lookup/utc_text.h).
void check_day(model::Day day, Errors& errors, const model::Position& at, std::string_view who) {
    constexpr model::Day kFirst = std::chrono::year(1900) / 1 / 1;
    constexpr model::Day kLast = std::chrono::year(9999) / 12 / 31;
    if (day < kFirst || day > kLast)
        errors.add(Code::bad_validity,
                   std::string(who) + " has a day outside the years 1900..9999: correct it", at);
}
}  // namespace

std::int64_t end_of(model::Day day, const model::Policy& policy, Errors& errors,
                    const model::Position& at, std::string_view who) {
    check_day(day, errors, at, who);
    return begin_of(day + std::chrono::days(1), policy);
}

layout::Period period_of(const model::Validity& valid, const model::Policy& policy, Errors& errors,
                         const model::Position& at, std::string_view who) {
    if (valid.until < valid.from)
        errors.add(Code::bad_validity,
                   std::string(who) + " ends before it begins: correct 'from' or 'until'", at);
    check_day(valid.from, errors, at, who);
    return {begin_of(valid.from, policy), end_of(valid.until, policy, errors, at, who)};
}

bool check_prefix(const Prefix& prefix, Errors& errors, const model::Position& at) {
    if (prefix.length <= 128 && masked(prefix.network, prefix.length) == prefix.network)
        return true;
    errors.add(Code::bad_prefix, "a prefix has host bits set, or is longer than its address", at);
    return false;
}

bool check_name(std::string_view name, Errors& errors, const model::Position& at) {
    bool good = !name.empty() && name.size() <= 253 && name.front() != '.' && name.back() != '.' &&
                name.find("..") == std::string_view::npos;
    for (char c : name)
        good = good && (c < 'A' || c > 'Z') && c > ' ' && c < 0x7f;
    if (good) return true;
    errors.add(Code::bad_name,
               std::string("not a canonical name: '").append(name) +
                   "'; write lower case, A-labels, no final dot",
               at);
    return false;
}

}  // namespace sluice::compile

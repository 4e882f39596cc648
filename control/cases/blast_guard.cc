#include "control/cases/blast_guard.h"

#include <algorithm>
#include <cmath>

#include "rules/base/ip.h"

namespace sluice::control {
namespace {

bool in_force(const std::vector<Effect>& effects, EffectKind kind) {
    return std::any_of(effects.begin(), effects.end(),
                       [&](const Effect& e) { return e.kind == kind; });
}

std::string whom(const Effect& e) {
    for (const char* field : {"organisation", "operator", "domain"})
        if (const auto value = e.first(field); !value.empty())
            return std::string(field) + " " + std::string(value);
    return e.case_id;
}

// Going around the gateway ends with being filtered, not with being blocked.
bool blocks(const Effect& e, bool begins) {
    const bool closes = kEffects[static_cast<std::size_t>(e.kind)].direction == Direction::closes;
    if (begins) return closes;
    return !closes && e.kind != EffectKind::bypass_open && e.kind != EffectKind::waf_enrolled;
}

const Effect* first_blocking(const std::vector<Effect>& before, const std::vector<Effect>& after) {
    for (const Effect& e : after)
        if (blocks(e, true) && !in_force(before, e.kind)) return &e;
    for (const Effect& e : before)
        if (blocks(e, false) && !in_force(after, e.kind)) return &e;
    return nullptr;
}

double addresses_in(const Effect& e) {
    double sum = 0;
    const auto at = e.fields.find("addresses");
    if (at == e.fields.end()) return 0;
    for (const std::string& text : at->second)
        if (const auto prefix = parse_prefix(text).prefix)
            sum += std::ldexp(1.0, 128 - prefix->length);
    return sum;
}

}  // namespace

std::string newly_blocked(const std::vector<Effect>& before, const std::vector<Effect>& after) {
    const Effect* effect = first_blocking(before, after);
    return effect == nullptr ? std::string() : whom(*effect);
}

std::string why_hold(const std::vector<Effect>& before, const std::vector<Effect>& after,
                     const std::set<std::string>& blocked, const GuardLimits& limits,
                     const CataloguedAddresses& catalogued) {
    const Effect* effect = first_blocking(before, after);
    if (effect == nullptr) return {};
    const std::string who = whom(*effect);
    if (!blocked.contains(who) && blocked.size() >= limits.blocked_an_hour_max)
        return "it would be the " + std::to_string(blocked.size() + 1) +
               ". to be blocked within an hour (at most " +
               std::to_string(limits.blocked_an_hour_max) + "): " + who;
    const double addresses = addresses_in(*effect);
    if (addresses < static_cast<double>(limits.addresses_min)) return {};
    const double all = addresses + catalogued(std::string(effect->first("operator")));
    if (addresses * 100 <= all * limits.share_percent_max) return {};
    return "it would block " + std::to_string(static_cast<unsigned>(addresses * 100 / all)) +
           " % of the addresses of " + who + " (at most " +
           std::to_string(limits.share_percent_max) + " %)";
}

}  // namespace sluice::control

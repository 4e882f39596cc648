// What is right in each file and wrong together.
#include <algorithm>
#include <set>

#include "rules/load/building.h"

namespace sluice::load {
namespace {

// The catalog row with exactly this key; kNoIndex = none.
std::uint32_t row_of(const Building& b, std::uint32_t operator_index, const Prefix& prefix) {
    const auto& rows = b.policy.catalog;
    return b.catalog.find(hash_of(operator_index, prefix), [&](std::uint32_t i) {
        return rows[i].operator_index == operator_index && rows[i].prefix == prefix;
    });
}

// The organisation whose row contains `prefix`, the longest such row; kNoIndex = none.
std::uint32_t owner_of(const Building& b, std::uint32_t operator_index, const Prefix& prefix) {
    for (unsigned length = prefix.length + 1u; length-- > 0;) {
        const Prefix around{masked(prefix.network, length), static_cast<std::uint8_t>(length)};
        const std::uint32_t row = row_of(b, operator_index, around);
        if (row != kNoIndex) return b.policy.catalog[row].organisation_index;
    }
    return kNoIndex;
}

void check_bypass(Building& b) {
    for (const model::Bypass& bypass : b.policy.bypass) {
        const std::uint32_t row = row_of(b, b.operators.find(bypass.operator_id), bypass.prefix);
        if (row == kNoIndex) continue;
        const auto& organisation = b.policy.organisations[b.policy.catalog[row].organisation_index];
        if (organisation.pilot)
            b.report.error(
                bypass.at, "pilot_and_bypass",
                to_text(bypass.prefix) + " goes around the gateway, and " +
                    in_quotes(organisation.id) + ", whose it is, is in a pilot of it",
                "keep one of them; the pilot is at " + b.report.place(organisation.pilot->at));
    }
}

void check_overdue(Building& b) {
    std::map<std::pair<std::string_view, Prefix>, model::Position> around;
    for (const model::Bypass& bypass : b.policy.bypass)
        around.emplace(std::pair(std::string_view(bypass.operator_id), bypass.prefix), bypass.at);
    for (const auto& overdue : b.policy.unknown_source.overdue) {
        const auto bypass =
            around.find(std::pair(std::string_view(overdue.operator_id), overdue.prefix));
        if (bypass != around.end())
            b.report.error(overdue.at, "bypass_and_overdue",
                           to_text(overdue.prefix) + " is blocked here and goes around elsewhere",
                           "keep one of them; the bypass is at " + b.report.place(bypass->second));
    }
}

void check_server(Building& b, const std::string& organisation_id, const Prefix& server,
                  const model::Position& at) {
    const std::uint32_t index = b.organisations.find(organisation_id);
    const auto& organisation = b.policy.organisations[index];
    if (owner_of(b, b.operators.find(organisation.operator_id), server) != index)
        b.report.warning(
            at, "server_outside_catalog",
            to_text(server) + " is not in the catalog of " + in_quotes(organisation_id),
            "check the address, or have the operator bring its catalog up to date");
}

}  // namespace

void check_contradictions(Building& b) {
    check_bypass(b);
    check_overdue(b);
    if (b.report.has_errors()) return;  // rows may be missing, and servers look misplaced
    for (const model::MailSystem& mail : b.policy.mail)
        check_server(b, mail.organisation_id, mail.server, mail.at);
    for (const model::WafSite& site : b.policy.waf)
        check_server(b, site.organisation_id, site.server, site.at);
}

}  // namespace sluice::load

#include "rules/model/policy.h"

#include <tuple>

namespace sluice::model {
namespace {
constexpr std::string_view kExemptionWords[kExemptionCount] = {
    "finance", "government", "health", "privacy", "conferencing", "signature_update", "os_update"};
}

std::string_view name_of(Exemption e) { return kExemptionWords[static_cast<std::size_t>(e)]; }

std::optional<Exemption> exemption_named(std::string_view word) {
    for (std::size_t i = 0; i < kExemptionCount; ++i)
        if (kExemptionWords[i] == word) return static_cast<Exemption>(i);
    return std::nullopt;
}

bool operator==(const Policy& a, const Policy& b) {
    const auto parts = [](const Policy& p) {
        return std::tie(p.title, p.utc_offset_minutes, p.inbound_default, p.blocked_udp, p.fail,
                        p.unknown_source, p.resolvers, p.hairpin, p.operators, p.organisations,
                        p.catalog, p.categories, p.names, p.overrides, p.bypass, p.services,
                        p.mail, p.waf, p.grants, p.closures, p.class_rules, p.vpn_services,
                        p.feeds, p.geo, p.segments);
    };
    return parts(a) == parts(b);
}

}  // namespace sluice::model

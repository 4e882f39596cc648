// What would change a decision: what to ask whom for.
#include "rules/lookup/explain.h"

namespace sluice::lookup {
namespace {

using model::Reason;

template <class... Pieces>
std::string text(const Pieces&... pieces) {
    std::string all;
    (all.append(pieces), ...);
    return all;
}

std::string who(const BundleView& bundle, const Facts& facts) {
    if (!catalogued(bundle, facts)) return to_text(facts.user);
    return std::string(bundle.organisation_id(facts.org));
}

std::vector<std::string> about_list(const BundleView& bundle, const Facts& facts,
                                    const Decision& decision) {
    const auto& allowed = bundle.policy().organisations[facts.org.raw() - 1].allowed;
    const std::string missing = categories_text(bundle, decision.categories.without(allowed));
    return {text("a signed request opening ", missing, " for ", who(bundle, facts)),
            text("a local decision that puts ", facts.name, " in other categories")};
}

std::vector<std::string> about_service(const BundleView& bundle, const Facts& facts) {
    const auto* service = service_of(bundle, facts);
    if (service == nullptr) return {};
    return {text("a contract that admits ", who(bundle, facts), " to ",
                 bundle.policy().text(service->title))};
}

std::vector<std::string> about_source(const BundleView& bundle, const Facts& facts) {
    return {text("a catalog row for ", to_text(facts.user), " from operator ",
                 bundle.operator_id(facts.operator_id))};
}

std::vector<std::string> about_inspection(const BundleView& bundle, const Facts& facts) {
    return {text("a dated pilot of ", who(bundle, facts)),
            text("an exempt category for ", facts.name, " (two officers)")};
}

}  // namespace

std::vector<std::string> changes_of(const BundleView& bundle, const Facts& facts,
                                    const Decision& decision) {
    const std::string whose = who(bundle, facts);
    switch (decision.reason) {
        case Reason::not_granted:
        case Reason::uncategorised:
            return about_list(bundle, facts, decision);
        case Reason::no_policy:
        case Reason::policy_expired:
            return {text("a signed yearly list of ", whose, " that holds today")};
        case Reason::unnamed_closed:
            return {"`unnamed: open` in the fail table"};
        case Reason::midstream_closed:
            return {"`midstream: open` in the fail table", "a new connection, seen from its start"};
        case Reason::threat_protocol:
            return {
                text("a signed request opening ", model::name_of(facts.protocol), " for ", whose)};
        case Reason::protocol_closed:
            return {text("a policy that does not close ", model::name_of(facts.protocol), " to ",
                         whose)};
        case Reason::protected_not_admitted:
            return about_service(bundle, facts);
        case Reason::protected_channel:
            return {"the same over TLS"};
        case Reason::source_overdue:
        case Reason::unknown_source:
            return about_source(bundle, facts);
        case Reason::mail_not_enrolled:
            return {text("enrolment of a mail system with the server ", to_text(facts.user))};
        case Reason::mail_suspended:
            return {"an end of the mail system's suspension"};
        case Reason::inbound_blocked:
            return {"`inbound_default: forward` in the policy"};
        case Reason::quic_fallback:
        case Reason::under_inspection:
            return about_inspection(bundle, facts);
        default:
            return {};
    }
}

}  // namespace sluice::lookup

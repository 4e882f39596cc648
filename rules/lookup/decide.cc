// What each step of the order of decisions asks, in that order.
#include "rules/lookup/decide.h"

#include "rules/lookup/decide_steps.h"
#include "rules/lookup/local_use.h"

namespace sluice::lookup {
namespace {

using model::FailCase;
using model::Protocol;
using model::ProtocolClass;
using model::Reason;

constexpr std::uint16_t kSmtpPort = 25;

Decision because(Reason reason, const model::CategorySet& categories = {}) {
    return {model::info(reason).verdict, reason, categories};
}
Decision by_policy(const BundleView& bundle, FailCase what, Reason open, Reason closed) {
    return because(bundle.fail_table()[what] == model::FailMode::open ? open : closed);
}

ProtocolClass class_of(const Facts& facts) { return model::info(facts.protocol).klass; }
// Queries to a resolver of the policy's own are no threat, enciphered or not.
bool threatening(const BundleView& bundle, const Facts& facts) {
    return bundle.policy().class_rule(facts.protocol).needs_grant != 0 &&
           !(class_of(facts) == ProtocolClass::encrypted_dns && bundle.is_resolver(facts.remote));
}
bool sure(const BundleView& bundle, const Facts& facts) {
    return facts.confidence >=
           static_cast<model::Confidence>(bundle.policy().class_rule(facts.protocol).blocks_from);
}
const layout::ClosureRow* closure_of(const BundleView& bundle, const Facts& facts) {
    if (bundle.policy().closures.empty() || facts.protocol == Protocol::unknown) return nullptr;
    return bundle.policy().closure(facts.org, facts.protocol, facts.now);
}

// The first DNS question of a flow says what was asked, not where the flow goes: never judged.
bool has_name(const Facts& facts) {
    return facts.name_state == NameState::known &&
           facts.name_source != model::NameSource::dns_query;
}
bool name_may_come(const Facts& facts) { return facts.name_state == NameState::pending; }

const layout::OrganisationRow& organisation(const BundleView& bundle, const Facts& facts) {
    SLUICE_DEBUG_ASSERT(catalogued(bundle, facts));
    return bundle.policy().organisations[facts.org.raw() - 1];
}
std::uint16_t operator_value(const BundleView& bundle, const Facts& facts,
                             layout::OperatorSet kind) {
    if (facts.operator_id.raw() >= bundle.operator_count()) return layout::kNoValue;
    return bundle.policy().prefixes.find(layout::set_of(facts.operator_id.raw(), kind), facts.user);
}

bool mail_flow(const Facts& facts) {
    return (facts.ip_protocol == 6 || facts.ip_protocol == 17) &&
           (facts.from_internet ? facts.user_port : facts.remote_port) == kSmtpPort;
}

// Mail and what G15-2 means carry no name of their own: only addresses say that they go to a
// protected service.
// So steps 5 and 6 need not wait for a name. Nor need inbound flows: services are on the internet
// side, and what the internet calls a user's own server is no service's name.
bool named_flow(const BundleView& bundle, const Facts& facts) {
    return !facts.from_internet && !mail_flow(facts) && !threatening(bundle, facts);
}

// ---- step 4 ----
const layout::ServiceRow* service_by_address(const BundleView& bundle, const Facts& facts) {
    const PolicyView& policy = bundle.policy();
    const auto operators = static_cast<unsigned>(policy.operators.size());
    const std::uint16_t value = policy.prefixes.find(layout::service_set(operators), facts.remote);
    const layout::Run* list = PolicyView::row_at(policy.lists, value - std::size_t{1});
    if (list == nullptr) return nullptr;
    for (std::uint16_t item : PolicyView::rows(policy.list_items, *list)) {
        const layout::ServiceRow* service = PolicyView::row_at(policy.services, item);
        if (service != nullptr && policy.has_port(service->ports, facts.remote_port))
            return service;
    }
    return nullptr;
}

const layout::ServiceRow* service_by_name(const BundleView& bundle, const Facts& facts) {
    const PolicyView& policy = bundle.policy();
    if (policy.service_names.empty() || !has_name(facts) || !named_flow(bundle, facts))
        return nullptr;
    const auto match = policy.service_names.find(hash_suffixes(policy.head->name_key, facts.name));
    return match.found ? &policy.services[match.value] : nullptr;
}

Decision enter_service(const BundleView& bundle, const Facts& facts,
                       const layout::ServiceRow& service) {
    if (bundle.policy().admission(service, facts.org, facts.now) == nullptr)
        return because(Reason::protected_not_admitted);
    if (service.segment != layout::ServiceRow::kAnywhere &&
        !bundle.geo().in_segment(service.segment - std::size_t{1}, facts.user))
        return because(Reason::protected_channel);
    if (service.tls_only == 0) return because(Reason::protected_admitted);
    if (facts.protocol == Protocol::tls || facts.protocol == Protocol::quic)
        return because(Reason::protected_admitted);
    if (facts.protocol != Protocol::unknown) return because(Reason::protected_channel);
    return because(name_may_come(facts) ? Reason::learning : Reason::protected_admitted);
}

// ---- step 7 ----
Decision missing_category(const model::CategorySet& categories, const model::CategorySet& missing) {
    model::CategorySet only_uncategorised;
    only_uncategorised.add(kUncategorised);
    return because(missing == only_uncategorised ? Reason::uncategorised : Reason::not_granted,
                   categories);
}

}  // namespace

// 2. Networks that lawfully go around the gateway (G2).
Answer step_bypass(const BundleView& bundle, const Facts& facts) noexcept {
    if (operator_value(bundle, facts, layout::OperatorSet::bypass) == layout::kNoValue) return {};
    return because(Reason::bypass);
}

// 2. The wire's own traffic: no user is behind it, so no rule about users applies.
Answer step_link_local(const Facts& facts) noexcept {
    if (!is_local_use(facts.user) && !is_local_use(facts.remote)) return {};
    return because(Reason::link_local);
}

// 3. Addresses in no catalog whose operator was told and did not act in time (G13).
Answer step_source(const BundleView& bundle, const Facts& facts) noexcept {
    if (catalogued(bundle, facts) ||
        operator_value(bundle, facts, layout::OperatorSet::overdue) == layout::kNoValue)
        return {};
    return because(Reason::source_overdue);
}

const layout::ServiceRow* service_of(const BundleView& bundle, const Facts& facts) noexcept {
    const auto* service = service_by_address(bundle, facts);
    return service != nullptr ? service : service_by_name(bundle, facts);
}

PrefixMatch operator_match(const BundleView& bundle, const Facts& facts,
                           layout::OperatorSet kind) noexcept {
    if (facts.operator_id.raw() >= bundle.operator_count()) return {};
    return bundle.policy().prefixes.match(layout::set_of(facts.operator_id.raw(), kind),
                                          facts.user);
}

// 4. Protected services admit by contract (P, H, W, K). Address before name, because an address is
// known from the first packet; most specific prefix or name first.
Answer step_service(const BundleView& bundle, const Facts& facts) noexcept {
    if (const auto* service = service_of(bundle, facts))
        return enter_service(bundle, facts, *service);
    if (name_may_come(facts) && named_flow(bundle, facts) && !bundle.policy().service_names.empty())
        return because(Reason::learning);  // it may still turn out to be one
    return {};
}

// 5. Port 25 is for enrolled mail systems only, out and in (M).
Answer step_mail(const BundleView& bundle, const Facts& facts) noexcept {
    if (!mail_flow(facts)) return {};
    const std::uint16_t value = operator_value(bundle, facts, layout::OperatorSet::mail);
    const layout::MailRow* system =
        PolicyView::row_at(bundle.policy().mail, value - std::size_t{1});
    if (system == nullptr) return because(Reason::mail_not_enrolled);
    return because(system->suspended != 0 ? Reason::mail_suspended : Reason::mail_enrolled);
}

// 6. VPNs and threatening protocols only on a signed request (G15-2), and what the policy closes to
// the organisation. Never on less evidence than the class demands.
Answer step_protocol(const BundleView& bundle, const Facts& facts) noexcept {
    const bool threat = threatening(bundle, facts);
    if ((!threat && closure_of(bundle, facts) == nullptr) || !sure(bundle, facts)) return {};
    const bool granted = catalogued(bundle, facts) &&
                         bundle.policy().grant(facts.org, facts.protocol, facts.now) != nullptr;
    // A granted proxy is asked for names: they are judged as if asked for directly.
    if (granted && facts.protocol == Protocol::http_connect && has_name(facts)) return {};
    if (granted && !threat) return {};  // open again, and judged as if it had never been closed
    return because(granted  ? Reason::granted
                   : threat ? Reason::threat_protocol
                            : Reason::protocol_closed);
}

bool unsure_of_protocol(const BundleView& bundle, const Facts& facts) noexcept {
    if (facts.protocol == Protocol::obfuscated && !threatening(bundle, facts)) return true;
    return (threatening(bundle, facts) || closure_of(bundle, facts) != nullptr) &&
           !sure(bundle, facts);
}

// What every network needs passes on the port that everybody has it on; elsewhere it may be made to
// look like it, and is judged like all others.
bool on_its_port(const Facts& facts) {
    const auto either = [&](std::uint16_t port) {
        return facts.user_port == port || facts.remote_port == port;
    };
    switch (facts.protocol) {
        case Protocol::dns:
            return either(53) || either(5353) || either(5355);
        case Protocol::ntp:
            return either(123);
        case Protocol::dhcp:
            return either(67) || either(68) || either(546) || either(547);
        default:
            return true;
    }
}

// 7. The organisation's yearly list (G15, G15-1). Addresses in no catalog have none: they are
// reported, and classified like all others. Where no name speaks, listed addresses, segments and
// protocols do.
Answer step_yearly_list(const BundleView& bundle, const Facts& facts,
                        model::CategorySet& categories) noexcept {
    const bool judged = catalogued(bundle, facts);
    if (judged) {
        if (class_of(facts) == ProtocolClass::infrastructure && on_its_port(facts))
            return because(Reason::infrastructure);
        const layout::OrganisationRow& org = organisation(bundle, facts);
        if ((org.flags & layout::OrganisationRow::kHasAccess) == 0)
            return because(Reason::no_policy);
        if (!holds(org.valid, facts.now)) return because(Reason::policy_expired);
    }
    if (name_may_come(facts)) return because(Reason::learning);
    if (has_name(facts)) {
        categories = categorise(bundle, facts.name);
        if (categories.empty()) categories.add(kUncategorised);
    } else {
        categories = categorise_unnamed(bundle, facts.remote, facts.protocol);
    }
    if (!judged) return {};
    if (categories.empty())
        return facts.midstream ? by_policy(bundle, FailCase::midstream, Reason::midstream_open,
                                           Reason::midstream_closed)
                               : by_policy(bundle, FailCase::unnamed, Reason::unnamed_open,
                                           Reason::unnamed_closed);
    const model::CategorySet missing = categories.without(organisation(bundle, facts).allowed);
    if (!missing.empty()) return missing_category(categories, missing);
    return {};
}

// 8. Web resources enrolled for the WAF, reached from the internet (G17).
Answer step_waf(const BundleView& bundle, const Facts& facts) noexcept {
    const PolicyView& policy = bundle.policy();
    const std::uint16_t value = operator_value(bundle, facts, layout::OperatorSet::waf);
    const layout::Run* list = PolicyView::row_at(policy.lists, value - std::size_t{1});
    if (list == nullptr) return {};
    for (std::uint16_t item : PolicyView::rows(policy.list_items, *list)) {
        const layout::WafRow* site = PolicyView::row_at(policy.waf, item);
        if (site != nullptr && policy.has_port(site->ports, facts.user_port))
            return because(Reason::waf);
    }
    return {};
}

// 9. Seven categories are never opened (G20), also when another category of the name is not exempt.
// A name that contradicts what resolvers say of it exempts only where the policy is open.
Answer step_exemption(const BundleView& bundle, const Facts& facts,
                      const model::CategorySet& categories) noexcept {
    if (facts.evidence == model::NameEvidence::contradict &&
        bundle.fail_table()[FailCase::name_contradiction] == model::FailMode::closed)
        return {};
    for (std::size_t i = 0; i < model::kExemptionCount; ++i)
        if (!categories.common(bundle.policy().head->exempt[i]).empty())
            return because(
                static_cast<Reason>(static_cast<std::size_t>(Reason::exempt_finance) + i),
                categories);
    return {};
}

// 10. The rest of the web traffic of organisations under inspection (G20).
Answer step_inspection(const BundleView& bundle, const Facts& facts,
                       const model::CategorySet& categories) noexcept {
    if (!catalogued(bundle, facts)) return because(Reason::unknown_source, categories);
    if (class_of(facts) != ProtocolClass::web) return {};
    if (facts.now.raw() < organisation(bundle, facts).pilot_until)
        return because(Reason::pilot, categories);
    return because(
        facts.protocol == Protocol::quic ? Reason::quic_fallback : Reason::under_inspection,
        categories);
}

// 11. Everything else passes.
Decision step_forward(const BundleView& bundle, const Facts& facts,
                      const model::CategorySet& categories) noexcept {
    if (!facts.from_internet) return because(Reason::allowed, categories);
    return because(bundle.inbound_default() == model::InboundDefault::forward
                       ? Reason::inbound_default
                       : Reason::inbound_blocked);
}

bool inspects_user(const BundleView& bundle, const Facts& facts) noexcept {
    return catalogued(bundle, facts) && facts.now.raw() >= organisation(bundle, facts).pilot_until;
}

Decision decide(const BundleView& bundle, const Facts& facts) noexcept {
    NullTrace trace;
    return decide_with(bundle, facts, trace);
}

}  // namespace sluice::lookup

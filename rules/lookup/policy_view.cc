#include "rules/lookup/policy_view.h"

#include <algorithm>
#include <limits>

namespace sluice::lookup {
namespace {

using Part = layout::PolicyPart;

bool read_parts(const SectionReader& s, PolicyView& v) {
    const auto at = [](Part p) { return static_cast<unsigned>(p); };
    return s.row(at(Part::head), v.head) && s.rows(at(Part::organisations), v.organisations) &&
           s.rows(at(Part::organisation_texts), v.organisation_texts) &&
           s.rows(at(Part::operators), v.operators) && s.rows(at(Part::wires), v.wires) &&
           s.rows(at(Part::categories), v.categories) && s.rows(at(Part::grants), v.grants) &&
           s.rows(at(Part::bypass), v.bypass) && s.rows(at(Part::overrides), v.overrides) &&
           s.rows(at(Part::services), v.services) && s.rows(at(Part::admissions), v.admissions) &&
           s.rows(at(Part::mail), v.mail) && s.rows(at(Part::waf), v.waf) &&
           s.rows(at(Part::lists), v.lists) && s.rows(at(Part::list_items), v.list_items) &&
           s.rows(at(Part::ports), v.ports) && s.rows(at(Part::resolvers), v.resolvers) &&
           s.rows(at(Part::texts), v.texts) && s.rows(at(Part::protocols), v.protocols) &&
           s.rows(at(Part::closures), v.closures) && s.rows(at(Part::class_rules), v.class_rules);
}

bool run_fits(layout::Run run, std::size_t size) {
    return run.first <= size && run.count <= size - run.first;
}
bool texts_fit(const PolicyView& v, std::initializer_list<layout::Text> texts) {
    return std::all_of(texts.begin(), texts.end(), [&](layout::Text t) {
        return run_fits({t.offset, t.size}, v.texts.size());
    });
}
template <class Row, class Check>
bool all(std::span<const Row> rows, Check check) {
    return std::all_of(rows.begin(), rows.end(), check);
}
// Instants are printed as calendar days: those of the years 1900..9999, with room for any offset.
bool instant_fits(std::int64_t seconds) {
    return -2'209'100'000 < seconds && seconds < 253'402'500'000;
}
bool period_fits(const layout::Period& p) { return instant_fits(p.from) && instant_fits(p.until); }
// Sets may only name categories the section has: their rows are read without a check.
bool set_fits(const PolicyView& v, const model::CategorySet& set) {
    for (std::size_t c = v.categories.size(); c < model::kCategoriesMax; ++c)
        if (set.has(static_cast<model::CategoryIndex>(c))) return false;
    return true;
}

// A protocol or a class of them, as grants and closures name what they are for.
bool word_fits(std::uint8_t protocol, std::uint8_t klass) {
    return protocol < model::kProtocols.size() && klass < model::kProtocolClasses.size();
}
template <class Row>
bool is_for(const Row& row, model::Protocol protocol) {
    const auto klass = static_cast<std::uint8_t>(model::info(protocol).klass);
    return (row.protocol != 0 && row.protocol == static_cast<std::uint8_t>(protocol)) ||
           (row.klass != 0 && row.klass == klass);
}

constexpr std::int64_t kNoPilot = std::numeric_limits<std::int64_t>::min();
constexpr std::int32_t kOffsetMinutesMax = 24 * 60;

bool head_fits(PolicyView& v) {
    if (v.operators.size() > model::kOperatorsMax || v.categories.empty() ||
        v.categories.size() > model::kCategoriesMax ||
        v.organisations.size() > model::kOrganisationsMax ||
        v.organisation_texts.size() != v.organisations.size() || v.head->inbound_default > 1 ||
        v.head->blocked_udp > 1 || v.head->utc_offset_minutes < -kOffsetMinutesMax ||
        v.head->utc_offset_minutes > kOffsetMinutesMax || !texts_fit(v, {v.head->title}))
        return false;
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i) {
        if (v.head->fail_modes[i] > 1) return false;
        v.fail.set(static_cast<model::FailCase>(i),
                   static_cast<model::FailMode>(v.head->fail_modes[i]));
    }
    return all(std::span<const model::CategorySet>(v.head->exempt),
               [&](const auto& set) { return set_fits(v, set); }) &&
           all(v.protocols,
               [&](const layout::ProtocolRow& row) { return set_fits(v, row.categories); });
}

bool people_fit(const PolicyView& v) {
    return all(v.organisations,
               [&](const layout::OrganisationRow& o) {
                   return set_fits(v, o.allowed) && period_fits(o.valid) &&
                          (o.pilot_until == kNoPilot || instant_fits(o.pilot_until)) &&
                          o.operator_index < v.operators.size() &&
                          run_fits({o.grants_first, o.grants_count}, v.grants.size());
               }) &&
           all(v.organisation_texts,
               [&](const layout::OrganisationText& o) {
                   return texts_fit(v, {o.id, o.name, o.contract, o.request, o.pilot_ground});
               }) &&
           all(v.operators,
               [&](const layout::OperatorRow& o) {
                   return texts_fit(v, {o.id, o.name});
               }) &&
           all(v.wires,
               [&](const layout::WireRow& w) {
                   return texts_fit(v, {w.id}) && w.role <= 1 &&
                          w.operator_index < v.operators.size();
               }) &&
           all(v.categories,
               [&](const layout::CategoryRow& c) {
                   return texts_fit(v, {c.id, c.title}) &&
                          (c.exempt < model::kExemptionCount ||
                           c.exempt == layout::CategoryRow::kNotExempt);
               }) &&
           all(v.grants,
               [&](const layout::GrantRow& g) {
                   return texts_fit(v, {g.request}) && period_fits(g.valid) &&
                          word_fits(g.protocol, g.klass);
               }) &&
           all(v.closures,
               [&](const layout::ClosureRow& c) {
                   return texts_fit(v, {c.request}) && period_fits(c.valid) &&
                          c.org <= v.organisations.size() && word_fits(c.protocol, c.klass);
               }) &&
           std::is_sorted(v.closures.begin(), v.closures.end(),
                          [](const auto& a, const auto& b) { return a.org < b.org; }) &&
           v.class_rules.size() == model::kProtocolClasses.size() &&
           all(v.class_rules,
               [](const layout::ClassRuleRow& r) {
                   return r.needs_grant <= 1 && r.blocks_from < model::kConfidences.size();
               }) &&
           all(v.bypass,
               [&](const layout::BypassRow& b) {
                   return texts_fit(v, {b.ground, b.author});
               }) &&
           all(v.overrides, [&](const layout::OverrideRow& o) {
               return texts_fit(v, {o.name, o.author, o.ground}) && set_fits(v, o.categories);
           });
}

bool services_fit(const PolicyView& v) {
    return all(v.services,
               [&](const layout::ServiceRow& s) {
                   return texts_fit(v, {s.id, s.title}) && s.tls_only <= 1 &&
                          run_fits(s.ports, v.ports.size()) &&
                          run_fits(s.admissions, v.admissions.size());
               }) &&
           all(v.admissions,
               [&](const layout::AdmissionRow& a) {
                   return texts_fit(v, {a.contract}) && period_fits(a.valid) &&
                          a.org <= v.organisations.size();
               }) &&
           all(v.mail,
               [&](const layout::MailRow& m) {
                   return texts_fit(v, {m.domain}) && m.org <= v.organisations.size();
               }) &&
           all(v.waf,
               [&](const layout::WafRow& w) {
                   return texts_fit(v, {w.domain}) && w.org <= v.organisations.size() &&
                          run_fits(w.ports, v.ports.size());
               }) &&
           all(v.lists, [&](const layout::Run& r) { return run_fits(r, v.list_items.size()); });
}

}  // namespace

Result<PolicyView, BundleError> PolicyView::open(SectionBytes section) {
    SLUICE_TRY(reader,
               SectionReader::open(section, layout::SectionKind::policy, layout::kPolicyParts));
    PolicyView v;
    if (!read_parts(reader, v)) return Err{BundleError::bad_part};
    if (!head_fits(v) || !people_fit(v) || !services_fit(v)) return Err{BundleError::bad_reference};

    SLUICE_TRY(overrides, NameTable::open(reader, static_cast<unsigned>(Part::override_buckets),
                                          static_cast<unsigned>(v.overrides.size()),
                                          v.head->override_labels_max));
    SLUICE_TRY(services, NameTable::open(reader, static_cast<unsigned>(Part::service_buckets),
                                         static_cast<unsigned>(v.services.size()),
                                         v.head->service_labels_max));
    SLUICE_TRY(prefixes, IntervalForest::open(reader, static_cast<unsigned>(Part::forest),
                                              layout::kValueMax));
    const auto operators = static_cast<unsigned>(v.operators.size());
    if (prefixes.sets() != layout::policy_sets(operators)) return Err{BundleError::bad_reference};
    v.override_names = overrides;
    v.service_names = services;
    v.prefixes = prefixes;
    return v;
}

bool PolicyView::has_port(layout::Run run, std::uint16_t port) const noexcept {
    const auto listed = rows(ports, run);
    return listed.empty() || std::binary_search(listed.begin(), listed.end(), port);
}

const layout::AdmissionRow* PolicyView::admission(const layout::ServiceRow& service, OrgId org,
                                                  UtcTime now) const noexcept {
    if (org == kNoOrg) return nullptr;
    const auto list = rows(admissions, service.admissions);
    auto at = std::lower_bound(
        list.begin(), list.end(), org.raw(),
        [](const layout::AdmissionRow& row, std::uint16_t wanted) { return row.org < wanted; });
    for (; at != list.end() && at->org == org.raw(); ++at)
        if (holds(at->valid, now)) return &*at;
    return nullptr;
}

const layout::GrantRow* PolicyView::grant(OrgId org, model::Protocol protocol,
                                          UtcTime now) const noexcept {
    if (org == kNoOrg || org.raw() > organisations.size()) return nullptr;
    const layout::OrganisationRow& row = organisations[org.raw() - 1];
    for (const layout::GrantRow& g : grants.subspan(row.grants_first, row.grants_count))
        if (is_for(g, protocol) && holds(g.valid, now)) return &g;
    return nullptr;
}

const layout::ClosureRow* PolicyView::closure(OrgId org, model::Protocol protocol,
                                              UtcTime now) const noexcept {
    const auto of = [&](std::uint16_t whom) -> const layout::ClosureRow* {
        const auto [begin, end] = std::equal_range(
            closures.begin(), closures.end(),
            layout::ClosureRow{
                .valid = {}, .request = {}, .org = whom, .protocol = 0, .klass = 0, .zero = {}},
            [](const auto& a, const auto& b) { return a.org < b.org; });
        const auto at = std::find_if(begin, end, [&](const layout::ClosureRow& row) {
            return is_for(row, protocol) && holds(row.valid, now);
        });
        return at == end ? nullptr : &*at;
    };
    const auto* own = org == kNoOrg ? nullptr : of(org.raw());
    return own != nullptr ? own : of(0);
}

}  // namespace sluice::lookup

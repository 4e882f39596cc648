// The policy section: everything but the two bulk parts, in rows (lookup/bundle_layout.h).
#include <algorithm>
#include <limits>
#include <unordered_map>

#include "rules/compile/name_writer.h"
#include "rules/compile/sections.h"
#include "rules/compile/text_pool.h"

namespace sluice::compile {
namespace {

class Builder {
  public:
    Builder(const model::Policy& policy, const Ids& ids, const layout::NameKey& key, Errors& errors)
        : policy_(policy), ids_(ids), key_(key), errors_(errors) {}

    ipc::CompiledSection build() {
        head();
        operators();
        categories();
        grants();  // before organisations, which point at theirs
        organisations();
        closures();
        overrides();
        services();
        for (const model::Bypass& b : policy_.bypass)
            bypass_.push_back({texts_.add(b.ground), texts_.add(b.author)});
        prefixes_ = policy_prefixes(policy_, ids_, errors_);
        for (std::size_t i = 0; i < prefixes_.mail.size(); ++i)
            prefixes_.mail[i].domain = texts_.add(policy_.mail[prefixes_.mail_systems[i]].domain);
        waf();
        resolvers_ = policy_.resolvers;
        std::sort(resolvers_.begin(), resolvers_.end());
        if (errors_.any()) return {};
        return write();
    }

  private:
    void head() {
        head_.utc_offset_minutes = policy_.utc_offset_minutes;
        head_.inbound_default = static_cast<std::uint8_t>(policy_.inbound_default);
        head_.blocked_udp = static_cast<std::uint8_t>(policy_.blocked_udp);
        for (std::size_t i = 0; i < model::kFailCaseCount; ++i)
            head_.fail_modes[i] =
                static_cast<std::uint8_t>(policy_.fail[static_cast<model::FailCase>(i)]);
        head_.name_key = key_;
        head_.title = texts_.add(policy_.title);
        for (std::size_t i = 0; i < policy_.categories.size(); ++i)
            if (const auto exempt = policy_.categories[i].exempt)
                head_.exempt[static_cast<std::size_t>(*exempt)].add(
                    static_cast<model::CategoryIndex>(i + 1));
    }
    void operators() {
        std::unordered_map<std::string_view, const model::Wire*> wires;
        for (std::size_t i = 0; i < policy_.operators.size(); ++i) {
            const model::Operator& op = policy_.operators[i];
            operators_.push_back({texts_.add(op.id), texts_.add(op.name)});
            for (const model::Wire& wire : op.wires) {
                if (!wires.emplace(wire.id, &wire).second)
                    errors_.add(Code::duplicate,
                                "wire '" + wire.id + "' is there twice: give one another id",
                                wire.at);
                layout::WireRow row{};
                row.id = texts_.add(wire.id);
                row.committed_gbit = wire.committed_gbit;
                row.operator_index = static_cast<std::uint8_t>(i);
                row.role = static_cast<std::uint8_t>(wire.role);
                wires_.push_back(row);
            }
        }
    }
    void categories() {
        categories_.push_back({texts_.add("uncategorised"),
                               texts_.add("In no category"),
                               layout::CategoryRow::kNotExempt,
                               {}});
        for (const model::Category& c : policy_.categories)
            categories_.push_back(
                {texts_.add(c.id),
                 texts_.add(c.title),
                 c.exempt ? static_cast<std::uint8_t>(*c.exempt) : layout::CategoryRow::kNotExempt,
                 {}});
        protocols_.resize(model::kProtocols.size());
        for (std::size_t i = 0; i < policy_.categories.size(); ++i)
            for (const model::Protocol protocol : policy_.categories[i].protocols)
                protocols_[static_cast<std::size_t>(protocol)].categories.add(
                    static_cast<model::CategoryIndex>(i + 1));
    }
    void grants() {
        grants_of_.resize(policy_.organisations.size());
        for (const model::Grant& g : policy_.grants) {
            const auto org = ids_.organisation_index(g.organisation_id, g.at, "a grant");
            if (!openable(g.protocol, g.klass))
                errors_.add(Code::bad_grant,
                            "a grant opens what is blocked without one; '" +
                                word_of(g.protocol, g.klass) +
                                "' is judged by the yearly list: remove the grant",
                            g.at);
            layout::GrantRow row{};
            row.valid = period_of(g.valid, policy_, errors_, g.at, "a grant");
            row.request = texts_.add(g.request);
            row.protocol = static_cast<std::uint8_t>(g.protocol);
            row.klass = static_cast<std::uint8_t>(g.klass);
            if (org) grants_of_[*org].push_back(row);
        }
    }
    static std::string word_of(model::Protocol protocol, model::ProtocolClass klass) {
        return std::string(klass == model::ProtocolClass::unknown ? name_of(protocol)
                                                                  : name_of(klass));
    }
    // Blocked by its class's rule, or closed to somebody.
    bool openable(model::Protocol protocol, model::ProtocolClass klass) const {
        const auto of =
            klass == model::ProtocolClass::unknown ? model::info(protocol).klass : klass;
        return policy_.class_rules[static_cast<std::size_t>(of)].needs_grant ||
               std::any_of(
                   policy_.closures.begin(), policy_.closures.end(), [&](const model::Closure& c) {
                       return c.klass == of ||
                              (c.protocol != model::Protocol::unknown && c.protocol == protocol);
                   });
    }
    void closures() {
        for (const model::Closure& c : policy_.closures) {
            layout::ClosureRow row{};
            row.valid = period_of(c.valid, policy_, errors_, c.at, "a closure");
            row.request = texts_.add(c.request);
            row.protocol = static_cast<std::uint8_t>(c.protocol);
            row.klass = static_cast<std::uint8_t>(c.klass);
            if (!c.organisation_id.empty())
                if (const auto org = ids_.organisation_index(c.organisation_id, c.at, "a closure"))
                    row.org = static_cast<std::uint16_t>(*org + 1);
            closures_.push_back(row);
        }
        std::stable_sort(closures_.begin(), closures_.end(),
                         [](const auto& a, const auto& b) { return a.org < b.org; });
        for (const model::ClassRule& rule : policy_.class_rules)
            class_rules_.push_back({static_cast<std::uint8_t>(rule.needs_grant),
                                    static_cast<std::uint8_t>(rule.blocks_from)});
    }
    void organisations() {
        for (std::size_t i = 0; i < policy_.organisations.size(); ++i) {
            const model::Organisation& o = policy_.organisations[i];
            layout::OrganisationRow row{};
            layout::OrganisationText text{texts_.add(o.id), texts_.add(o.name),
                                          texts_.add(o.contract), texts_.add(""), texts_.add("")};
            const std::string who = "organisation '" + o.id + "'";
            if (const auto op = ids_.operator_index(o.operator_id, o.at, who))
                row.operator_index = static_cast<std::uint8_t>(*op);
            if (o.access) {
                row.flags = layout::OrganisationRow::kHasAccess;
                row.allowed = ids_.category_set(o.access->categories, o.access->at, who);
                row.valid = period_of(o.access->valid, policy_, errors_, o.access->at, who);
                text.request = texts_.add(o.access->request);
            }
            row.pilot_until = std::numeric_limits<std::int64_t>::min();
            if (o.pilot) {
                row.pilot_until = end_of(o.pilot->until, policy_, errors_, o.pilot->at, who);
                text.pilot_ground = texts_.add(o.pilot->ground);
            }
            if (grants_of_[i].size() > 0xffff)
                errors_.add(Code::too_many, who + " has more than 65535 grants", o.at);
            row.grants_first = static_cast<std::uint32_t>(grants_.size());
            row.grants_count = static_cast<std::uint16_t>(grants_of_[i].size());
            grants_.insert(grants_.end(), grants_of_[i].begin(), grants_of_[i].end());
            organisations_.push_back(row);
            organisation_texts_.push_back(text);
        }
    }
    void overrides() {
        std::vector<Fingerprint> names;
        for (std::size_t i = 0; i < policy_.overrides.size(); ++i) {
            const model::NameOverride& o = policy_.overrides[i];
            const auto set = ids_.category_set(o.categories, o.at, "the override of " + o.name);
            overrides_.push_back(
                {texts_.add(o.name), texts_.add(o.author), texts_.add(o.ground), set});
            if (!check_name(o.name, errors_, o.at)) continue;
            const WholeName whole = whole_name(key_, o.name);
            head_.override_labels_max = std::max(head_.override_labels_max, whole.labels);
            names.push_back(
                {whole.hash, static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(i)});
        }
        if (policy_.overrides.size() > 0xffff)
            errors_.add(Code::too_many, "at most 65535 overrides", policy_.overrides.back().at);
        std::sort(names.begin(), names.end());
        for (std::size_t i = 1; i < names.size(); ++i)
            if (names[i].hash == names[i - 1].hash) {
                const auto& twice = policy_.overrides[std::max(names[i].item, names[i - 1].item)];
                errors_.add(Code::duplicate,
                            "'" + twice.name + "' is overridden twice: keep one decision",
                            twice.at);
            }
        override_buckets_ = write_buckets(names);
    }
    void services() {
        std::vector<Fingerprint> names;
        std::unordered_map<std::string_view, std::size_t> claimed;
        for (std::size_t i = 0; i < policy_.services.size(); ++i) {
            const model::ProtectedService& s = policy_.services[i];
            layout::ServiceRow row{};
            row.id = texts_.add(s.id);
            row.title = texts_.add(s.title);
            row.ports = ports(s.ports);
            row.tls_only = s.tls_only;
            if (!s.segment.empty())
                if (const auto segment = ids_.segment(s.segment, s.at, "service '" + s.id + "'"))
                    row.segment = static_cast<std::uint8_t>(*segment + 1);
            row.admissions = admissions(s);
            services_.push_back(row);
            for (const std::string& name : s.names) {
                if (!check_name(name, errors_, s.at)) continue;
                if (!claimed.emplace(name, i).second) {
                    errors_.add(Code::duplicate,
                                "'" + name + "' names two protected services: keep one", s.at);
                    continue;
                }
                const WholeName whole = whole_name(key_, name);
                head_.service_labels_max = std::max(head_.service_labels_max, whole.labels);
                names.push_back({whole.hash, 0, static_cast<std::uint16_t>(i)});
            }
        }
        std::sort(names.begin(), names.end());
        service_buckets_ = write_buckets(names);
    }
    layout::Run admissions(const model::ProtectedService& s) {
        const auto first = admissions_.size();
        for (const auto& a : s.admitted) {
            const std::string who = "an admission to '" + s.id + "'";
            layout::AdmissionRow row{};
            row.valid = period_of(a.valid, policy_, errors_, a.at, who);
            row.contract = texts_.add(a.contract);
            if (const auto org = ids_.organisation_index(a.organisation_id, a.at, who))
                row.org = static_cast<std::uint16_t>(*org + 1);
            admissions_.push_back(row);
        }
        std::stable_sort(admissions_.begin() + static_cast<std::ptrdiff_t>(first),
                         admissions_.end(),
                         [](const auto& a, const auto& b) { return a.org < b.org; });
        return {static_cast<std::uint32_t>(first),
                static_cast<std::uint32_t>(admissions_.size() - first)};
    }
    void waf() {
        for (const model::WafSite& site : policy_.waf) {
            layout::WafRow row{};
            row.domain = texts_.add(site.domain);
            row.ports = ports(site.ports);
            if (const auto org =
                    ids_.organisation_index(site.organisation_id, site.at, "a WAF site"))
                row.org = static_cast<std::uint16_t>(*org + 1);
            waf_.push_back(row);
        }
    }
    layout::Run ports(std::vector<std::uint16_t> list) {
        std::sort(list.begin(), list.end());
        const auto first = static_cast<std::uint32_t>(ports_.size());
        ports_.insert(ports_.end(), list.begin(), list.end());
        return {first, static_cast<std::uint32_t>(list.size())};
    }

    ipc::CompiledSection write() const {
        using Part = layout::PolicyPart;
        SectionWriter section(layout::SectionKind::policy, layout::kPolicyParts);
        const auto set = [&](Part part, const auto& rows) {
            section.set(static_cast<unsigned>(part), rows);
        };
        section.set_one(static_cast<unsigned>(Part::head), head_);
        set(Part::organisations, organisations_);
        set(Part::organisation_texts, organisation_texts_);
        set(Part::operators, operators_);
        set(Part::wires, wires_);
        set(Part::categories, categories_);
        set(Part::grants, grants_);
        set(Part::bypass, bypass_);
        set(Part::override_buckets, override_buckets_);
        set(Part::overrides, overrides_);
        set(Part::service_buckets, service_buckets_);
        set(Part::services, services_);
        set(Part::admissions, admissions_);
        set(Part::mail, prefixes_.mail);
        set(Part::waf, waf_);
        set(Part::lists, prefixes_.lists);
        set(Part::list_items, prefixes_.items);
        set(Part::ports, ports_);
        set(Part::resolvers, resolvers_);
        set(Part::texts, texts_.pool());
        set(Part::closures, closures_);
        set(Part::class_rules, class_rules_);
        set(Part::protocols, protocols_);
        prefixes_.forest.put(section, static_cast<unsigned>(Part::forest));
        return section.finish({});  // always compiled again: it takes milliseconds
    }

    const model::Policy& policy_;
    const Ids& ids_;
    const layout::NameKey& key_;
    Errors& errors_;
    TextPool texts_;
    layout::PolicyHead head_{};
    std::vector<layout::OrganisationRow> organisations_;
    std::vector<layout::OrganisationText> organisation_texts_;
    std::vector<layout::OperatorRow> operators_;
    std::vector<layout::WireRow> wires_;
    std::vector<layout::CategoryRow> categories_;
    std::vector<layout::ProtocolRow> protocols_;
    std::vector<std::vector<layout::GrantRow>> grants_of_;
    std::vector<layout::GrantRow> grants_;
    std::vector<layout::ClosureRow> closures_;
    std::vector<layout::ClassRuleRow> class_rules_;
    std::vector<layout::BypassRow> bypass_;
    std::vector<layout::NameBucket> override_buckets_, service_buckets_;
    std::vector<layout::OverrideRow> overrides_;
    std::vector<layout::ServiceRow> services_;
    std::vector<layout::AdmissionRow> admissions_;
    std::vector<layout::WafRow> waf_;
    std::vector<std::uint16_t> ports_;
    std::vector<IpAddress> resolvers_;
    PolicyPrefixes prefixes_;
};

}  // namespace

ipc::CompiledSection policy_section(const model::Policy& policy, const Ids& ids,
                                    const layout::NameKey& key, Errors& errors) {
    return Builder(policy, ids, key, errors).build();
}

}  // namespace sluice::compile

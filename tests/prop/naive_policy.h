// The policy interpreted the slow, obvious way: straight from the model, no bundle, no index. What
// the compiled lookups are held against.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "rules/lookup/decide.h"
#include "rules/lookup/local_use.h"
#include "rules/model/policy.h"

namespace sluice::naive {

using lookup::Decision;
using lookup::Facts;
using lookup::NameState;
using model::Policy;
using model::Reason;

inline bool covers(const Prefix& p, const IpAddress& a) {
    if (p.is_v4() != a.is_v4()) return false;
    for (unsigned bit = 0; bit < p.length; ++bit) {
        const unsigned mask = 0x80u >> bit % 8;
        if ((p.network.bytes[bit / 8] & mask) != (a.bytes[bit / 8] & mask)) return false;
    }
    return true;
}

// OrgId of an address; 0 when nobody has it.
inline std::uint16_t owner(const Policy& p, unsigned op, const IpAddress& a) {
    int best = -1;
    std::uint16_t org = 0;
    for (const auto& e : p.catalog)
        if (e.operator_index == op && covers(e.prefix, a) && e.prefix.length > best) {
            best = e.prefix.length;
            org = static_cast<std::uint16_t>(e.organisation_index + 1);
        }
    return org;
}

// Is `name` equal to `suffix`, or below it?
inline bool below(const std::string& name, const std::string& suffix) {
    if (name == suffix) return true;
    return name.size() > suffix.size() && name.ends_with(suffix) &&
           name[name.size() - suffix.size() - 1] == '.';
}

inline std::vector<std::string> categories_of(const Policy& p, const std::string& name) {
    const model::NameOverride* local = nullptr;
    for (const auto& o : p.overrides)
        if (below(name, o.name) && (local == nullptr || o.name.size() > local->name.size()))
            local = &o;
    if (local != nullptr) return local->categories;
    std::size_t best = 0;
    for (const auto& e : p.names)
        if (below(name, e.name)) best = std::max(best, e.name.size());
    std::vector<std::string> found;
    for (const auto& e : p.names)
        if (below(name, e.name) && e.name.size() == best)
            found.push_back(p.categories[e.category_index].id);
    return found;
}

inline model::CategoryIndex index_of(const Policy& p, const std::string& id) {
    for (std::size_t i = 0; i < p.categories.size(); ++i)
        if (p.categories[i].id == id) return static_cast<model::CategoryIndex>(i + 1);
    return 0;
}

inline bool holds(const Policy& p, const model::Validity& v, UtcTime now) {
    const auto local = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{
        std::chrono::seconds(now.raw() + std::int64_t{p.utc_offset_minutes} * 60)});
    return v.from <= local && local <= v.until;
}

inline bool has(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
    return ports.empty() || std::find(ports.begin(), ports.end(), port) != ports.end();
}

class Judge {
  public:
    Judge(const Policy& policy, const Facts& facts)
        : p_(policy),
          f_(facts),
          org_(facts.org == kNoOrg ? nullptr : &policy.organisations[facts.org.raw() - 1u]) {}

    Decision judge() {
        for (const auto& b : p_.bypass)
            if (b.operator_id == operator_id() && covers(b.prefix, f_.user))
                return say(Reason::bypass);
        if (lookup::is_local_use(f_.user) || lookup::is_local_use(f_.remote))
            return say(Reason::link_local);
        if (!f_.from_internet && org_ == nullptr)
            for (const auto& o : p_.unknown_source.overdue)
                if (o.operator_id == operator_id() && covers(o.prefix, f_.user))
                    return say(Reason::source_overdue);
        if (service()) return answer_;
        if (mail()) return answer_;
        if (f_.from_internet) return inbound();
        return outbound();
    }

  private:
    const std::string& operator_id() const { return p_.operators[f_.operator_id.raw()].id; }
    const std::string& operator_of(const std::string& organisation) const {
        for (const auto& o : p_.organisations)
            if (o.id == organisation) return o.operator_id;
        std::abort();
    }
    Decision say(Reason r) { return answer_ = {model::info(r).verdict, r, categories_}; }
    bool named() const {
        return f_.name_state == NameState::known && f_.name_source != model::NameSource::dns_query;
    }
    bool pending() const { return f_.name_state == NameState::pending; }
    model::ProtocolClass klass() const { return model::info(f_.protocol).klass; }
    const model::ClassRule& rule() const {
        return p_.class_rules[static_cast<std::size_t>(klass())];
    }
    bool threat() const {
        return rule().needs_grant && (klass() != model::ProtocolClass::encrypted_dns ||
                                      std::find(p_.resolvers.begin(), p_.resolvers.end(),
                                                f_.remote) == p_.resolvers.end());
    }
    template <class Row>
    bool is_for(const Row& row) const {
        if (row.klass != model::ProtocolClass::unknown) return row.klass == klass();
        return f_.protocol != model::Protocol::unknown && row.protocol == f_.protocol;
    }
    bool closed() const {
        for (const auto& c : p_.closures)
            if (is_for(c) && holds(p_, c.valid, f_.now) &&
                (c.organisation_id.empty() || (org_ != nullptr && c.organisation_id == org_->id)))
                return true;
        return false;
    }
    bool judged_as_threat() const {
        return (threat() || closed()) && f_.confidence >= rule().blocks_from;
    }
    bool on_its_port() const {
        using P = model::Protocol;
        static const std::vector<std::pair<P, std::vector<int>>> kPorts = {
            {P::dns, {53, 5353, 5355}}, {P::ntp, {123}}, {P::dhcp, {67, 68, 546, 547}}};
        for (const auto& [protocol, ports] : kPorts) {
            if (protocol != f_.protocol) continue;
            for (const int port : ports)
                if (f_.user_port == port || f_.remote_port == port) return true;
            return false;
        }
        return true;
    }
    bool port25() const {
        return (f_.ip_protocol == 6 || f_.ip_protocol == 17) &&
               (f_.from_internet ? f_.user_port : f_.remote_port) == 25;
    }

    bool service() {
        const model::ProtectedService* found = nullptr;
        int best = -1;
        for (const auto& s : p_.services)
            for (const auto& prefix : s.prefixes)
                if (covers(prefix, f_.remote) && has(s.ports, f_.remote_port) &&
                    prefix.length > best) {
                    best = prefix.length;
                    found = &s;
                }
        const bool by_name = !f_.from_internet && !port25() && !threat();
        std::size_t longest = 0;
        bool any_name = false;
        for (const auto& s : p_.services)
            for (const auto& name : s.names) {
                any_name = true;
                if (best < 0 && by_name && named() && below(std::string(f_.name), name) &&
                    name.size() > longest) {
                    longest = name.size();
                    found = &s;
                }
            }
        if (found != nullptr) return enter(*found);
        if (pending() && by_name && any_name) return say(Reason::learning), true;
        return false;
    }
    bool enter(const model::ProtectedService& s) {
        bool admitted = false;
        for (const auto& a : s.admitted)
            admitted = admitted || (org_ != nullptr && a.organisation_id == org_->id &&
                                    holds(p_, a.valid, f_.now));
        if (!admitted) return say(Reason::protected_not_admitted), true;
        using model::Protocol;
        if (!s.tls_only || f_.protocol == Protocol::tls || f_.protocol == Protocol::quic)
            return say(Reason::protected_admitted), true;
        if (f_.protocol != Protocol::unknown) return say(Reason::protected_channel), true;
        return say(pending() ? Reason::learning : Reason::protected_admitted), true;
    }
    bool mail() {
        if (!port25()) return false;
        int best = -1;
        bool suspended = false;
        for (const auto& m : p_.mail) {
            if (operator_of(m.organisation_id) != operator_id() || !covers(m.server, f_.user))
                continue;
            if (m.server.length > best) suspended = false;
            if (m.server.length >= best) suspended = suspended || m.suspended;
            best = std::max<int>(best, m.server.length);
        }
        say(best < 0    ? Reason::mail_not_enrolled
            : suspended ? Reason::mail_suspended
                        : Reason::mail_enrolled);
        return true;
    }
    Decision inbound() {
        for (const auto& w : p_.waf)
            if (operator_of(w.organisation_id) == operator_id() && covers(w.server, f_.user) &&
                has(w.ports, f_.user_port))
                return say(Reason::waf);
        return say(p_.inbound_default == model::InboundDefault::forward ? Reason::inbound_default
                                                                        : Reason::inbound_blocked);
    }
    Decision outbound() {
        if (judged_as_threat()) {
            bool granted = false;
            for (const auto& g : p_.grants)
                granted = granted || (org_ != nullptr && g.organisation_id == org_->id &&
                                      is_for(g) && holds(p_, g.valid, f_.now));
            if (!granted) return say(threat() ? Reason::threat_protocol : Reason::protocol_closed);
            if (threat() && (f_.protocol != model::Protocol::http_connect || !named()))
                return say(Reason::granted);
        }
        if (org_ != nullptr) {
            if (klass() == model::ProtocolClass::infrastructure && on_its_port())
                return say(Reason::infrastructure);
            if (!org_->access) return say(Reason::no_policy);
            if (!holds(p_, org_->access->valid, f_.now)) return say(Reason::policy_expired);
        }
        if (pending()) return say(Reason::learning);
        std::vector<std::string> names;
        if (named()) {
            names = categories_of(p_, std::string(f_.name));
            if (names.empty()) names.push_back("uncategorised");
            for (const auto& id : names)
                categories_.add(index_of(p_, id));
        }
        if (org_ != nullptr) {
            if (!named()) return unnamed();
            bool refused = false, other = false;
            for (const auto& id : names) {
                const auto& open = org_->access->categories;
                if (std::find(open.begin(), open.end(), id) != open.end()) continue;
                refused = true;
                other = other || id != "uncategorised";
            }
            if (refused) return say(other ? Reason::not_granted : Reason::uncategorised);
        }
        return allowed(names);
    }
    Decision unnamed() {
        const auto what = f_.midstream ? model::FailCase::midstream : model::FailCase::unnamed;
        const bool open = p_.fail[what] == model::FailMode::open;
        if (f_.midstream) return say(open ? Reason::midstream_open : Reason::midstream_closed);
        return say(open ? Reason::unnamed_open : Reason::unnamed_closed);
    }
    Decision allowed(const std::vector<std::string>& names) {
        int exempt = 99;
        for (const auto& c : p_.categories)
            if (c.exempt && std::find(names.begin(), names.end(), c.id) != names.end())
                exempt = std::min(exempt, static_cast<int>(*c.exempt));
        constexpr Reason kExempt[] = {Reason::exempt_finance,      Reason::exempt_government,
                                      Reason::exempt_health,       Reason::exempt_privacy,
                                      Reason::exempt_conferencing, Reason::exempt_signature_update,
                                      Reason::exempt_os_update};
        if (exempt < 7) return say(kExempt[exempt]);
        if (org_ == nullptr) return say(Reason::unknown_source);
        using model::Protocol;
        if (klass() != model::ProtocolClass::web) return say(Reason::allowed);
        if (org_->pilot &&
            holds(p_, {model::Day{} - std::chrono::days(40'000), org_->pilot->until}, f_.now))
            return say(Reason::pilot);
        return say(f_.protocol == Protocol::quic ? Reason::quic_fallback
                                                 : Reason::under_inspection);
    }

    const Policy& p_;
    const Facts& f_;
    const model::Organisation* org_;
    model::CategorySet categories_;
    Decision answer_;
};

inline Decision decide(const Policy& policy, const Facts& facts) {
    return Judge(policy, facts).judge();
}

}  // namespace sluice::naive

// Random policies and flows over a small world, so that everything meets everything often: few
// addresses, few names, short validities.
#pragma once
#include <random>
#include <set>
#include <string>

#include "rules/lookup/facts.h"
#include "rules/model/policy.h"

namespace sluice::test {

class RandomWorld {
  public:
    explicit RandomWorld(std::uint64_t seed) : random_(seed) {}

    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    bool chance(unsigned percent) { return below(100) < percent; }

    IpAddress address() {
        if (chance(30)) {
            IpAddress a;
            a.bytes = {0x20, 0x01, 0x0d, 0xb8};
            a.bytes[7] = static_cast<std::uint8_t>(below(4));
            a.bytes[8] = static_cast<std::uint8_t>(below(3) * 0x7f);
            a.bytes[15] = static_cast<std::uint8_t>(below(4));
            return a;
        }
        constexpr std::uint32_t kLocal[] = {0, 0xffffffff, 0xe0000001, 0xa9fe0001};
        if (chance(4)) return IpAddress::v4(kLocal[below(4)]);
        return IpAddress::v4(0x0a000000u | below(4) << 16 | below(4) << 8 | below(4) * 63);
    }
    Prefix prefix() {
        const IpAddress a = address();
        constexpr unsigned kV4[] = {96, 104, 110, 112, 119, 120, 126, 128};
        constexpr unsigned kV6[] = {0, 32, 60, 64, 65, 72, 126, 128};
        const unsigned length = a.is_v4() ? kV4[below(8)] : kV6[below(8)];
        return {masked(a, length), static_cast<std::uint8_t>(length)};
    }
    std::string name() {
        constexpr const char* kLabels[] = {"a", "b", "bank", "evilbank", "x"};
        std::string all = chance(80) ? "example" : "test";
        for (unsigned i = below(4); i > 0; --i)
            all = std::string(kLabels[below(5)]).append(".").append(all);
        return all;
    }
    std::uint16_t port() {
        constexpr std::uint16_t kPorts[] = {25, 80, 443, 40'000};
        return kPorts[below(4)];
    }
    model::Validity validity() {
        const model::Day first{std::chrono::days(20'000 + below(6))};
        return {first, first + std::chrono::days(below(4))};
    }

    model::Policy policy();
    lookup::Facts facts(const model::Policy& policy, std::string& name_storage);

  private:
    std::string organisation(const model::Policy& p) {
        return p.organisations[below(static_cast<unsigned>(p.organisations.size()))].id;
    }
    std::string operator_id(const model::Policy& p) {
        return p.operators[below(static_cast<unsigned>(p.operators.size()))].id;
    }
    std::vector<std::string> some_categories(const model::Policy& p) {
        std::vector<std::string> ids;
        if (chance(30)) ids.emplace_back("uncategorised");
        for (const auto& c : p.categories)
            if (chance(55)) ids.push_back(c.id);
        return ids;
    }
    std::vector<std::uint16_t> some_ports() {
        std::set<std::uint16_t> ports;
        for (unsigned i = below(3); i > 0; --i)
            ports.insert(port());
        return {ports.begin(), ports.end()};
    }
    void people(model::Policy& p);
    void decisions(model::Policy& p);
    void services(model::Policy& p);

    std::mt19937_64 random_;
};

inline void RandomWorld::people(model::Policy& p) {
    constexpr std::int32_t kOffsets[] = {300, 180, 0, -210};
    p.utc_offset_minutes = kOffsets[below(4)];
    for (unsigned i = 0; i <= below(2); ++i)
        p.operators.push_back({std::string("op").append(std::to_string(i)), "", {}, {}});
    for (unsigned i = 0; i < 5; ++i)
        p.categories.push_back({std::string("c").append(std::to_string(i)), "", {}, "", {}});
    p.categories[1].exempt = model::Exemption::health;
    p.categories[2].exempt = model::Exemption::finance;
    for (unsigned i = 0; i <= below(4); ++i) {
        model::Organisation o{
            std::string("org").append(std::to_string(i)), "", operator_id(p), "", "", {}, {}, {}};
        if (chance(85)) o.access = model::AccessPolicy{"", some_categories(p), validity(), {}};
        if (chance(30)) o.pilot = model::Pilot{validity().until, "", {}};
        p.organisations.push_back(o);
    }
}

inline void RandomWorld::decisions(model::Policy& p) {
    std::set<std::pair<unsigned, Prefix>> taken;
    for (unsigned i = below(12); i > 0; --i) {
        const auto op =
            static_cast<std::uint16_t>(below(static_cast<unsigned>(p.operators.size())));
        const auto org =
            static_cast<std::uint16_t>(below(static_cast<unsigned>(p.organisations.size())));
        const Prefix where = prefix();
        if (taken.emplace(op, where).second) p.catalog.push_back({where, op, org, {}});
    }
    for (unsigned i = below(10); i > 0; --i)
        p.names.push_back({name(), static_cast<std::uint16_t>(below(5)), {}});
    std::set<std::string> overridden;
    for (unsigned i = below(3); i > 0; --i)
        if (const auto n = name(); overridden.insert(n).second)
            p.overrides.push_back({n, some_categories(p), "", "", {}});
    std::set<std::pair<std::string, Prefix>> bypass, overdue;
    if (chance(20))
        if (const auto b = std::pair(operator_id(p), prefix()); bypass.insert(b).second)
            p.bypass.push_back({b.first, b.second, "", "", {}});
    for (unsigned i = below(4); i > 0; --i)
        if (const auto o = std::pair(operator_id(p), prefix()); overdue.insert(o).second)
            p.unknown_source.overdue.push_back({o.first, o.second, {}});
    using model::Protocol;
    using model::ProtocolClass;
    // Few words, so that grants, closures and flows meet.
    const auto word = [&] {
        constexpr Protocol kWords[] = {Protocol::wireguard, Protocol::gre, Protocol::ssh,
                                       Protocol::http_connect, Protocol::sip};
        return kWords[below(5)];
    };
    for (unsigned i = below(4); i > 0; --i) {
        model::Closure closure;
        if (chance(60)) closure.organisation_id = organisation(p);
        if (chance(50))
            closure.protocol = word();
        else
            closure.klass = model::info(word()).klass;
        closure.valid = validity();
        p.closures.push_back(closure);
    }
    for (unsigned i = below(3); i > 0; --i) {
        auto& rule = p.class_rules[static_cast<std::size_t>(model::info(word()).klass)];
        rule.needs_grant = chance(70);
        rule.blocks_from = chance(50) ? model::Confidence::likely : model::Confidence::certain;
    }
    for (unsigned i = below(5); i > 0; --i) {
        model::Grant grant;
        grant.organisation_id = organisation(p);
        const Protocol protocol = word();
        const ProtocolClass klass = model::info(protocol).klass;
        if (chance(50))
            grant.protocol = protocol;
        else
            grant.klass = klass;
        grant.valid = validity();
        const bool closed = std::any_of(p.closures.begin(), p.closures.end(), [&](const auto& c) {
            return c.klass == klass ||
                   (grant.protocol != Protocol::unknown && c.protocol == grant.protocol);
        });
        if (closed || p.class_rules[static_cast<std::size_t>(klass)].needs_grant)
            p.grants.push_back(grant);
    }
}

inline void RandomWorld::services(model::Policy& p) {
    std::set<std::string> names;
    for (unsigned i = below(4); i > 0; --i) {
        model::ProtectedService s;
        s.id = std::string("s").append(std::to_string(i));
        if (chance(60)) s.prefixes.push_back(prefix());
        if (chance(40))
            if (const auto n = name(); names.insert(n).second) s.names.push_back(n);
        s.ports = some_ports();
        s.tls_only = chance(40);
        for (unsigned k = below(3); k > 0; --k)
            s.admitted.push_back({organisation(p), "", validity(), {}});
        p.services.push_back(s);
    }
    for (unsigned i = below(4); i > 0; --i)
        p.mail.push_back({"", organisation(p), prefix(), chance(40), {}});
    for (unsigned i = below(4); i > 0; --i)
        p.waf.push_back({"", organisation(p), prefix(), some_ports(), {}});
    for (auto what : {model::FailCase::unnamed, model::FailCase::midstream})
        p.fail.set(what, chance(50) ? model::FailMode::open : model::FailMode::closed);
    if (chance(50)) p.inbound_default = model::InboundDefault::block;
}

inline model::Policy RandomWorld::policy() {
    model::Policy p;
    people(p);
    decisions(p);
    services(p);
    return p;
}

inline lookup::Facts RandomWorld::facts(const model::Policy& policy, std::string& name_storage) {
    lookup::Facts f;
    f.operator_id = OperatorId{
        static_cast<std::uint8_t>(below(static_cast<unsigned>(policy.operators.size())))};
    f.user = address();
    f.remote = address();
    f.user_port = port();
    f.remote_port = port();
    f.ip_protocol = chance(80) ? 6 : 17;
    f.from_internet = chance(25);
    f.midstream = chance(20);
    f.protocol = static_cast<model::Protocol>(below(model::kProtocols.size()));
    if (chance(30)) {
        constexpr model::Protocol kWords[] = {model::Protocol::wireguard, model::Protocol::gre,
                                              model::Protocol::ssh, model::Protocol::http_connect,
                                              model::Protocol::sip};
        f.protocol = kWords[below(5)];
    }
    f.confidence = static_cast<model::Confidence>(below(model::kConfidences.size()));
    if (chance(50)) f.protocol = chance(80) ? model::Protocol::tls : model::Protocol::quic;
    f.name_state = static_cast<lookup::NameState>(below(3));
    if (chance(50)) f.name_state = lookup::NameState::known;
    if (f.name_state == lookup::NameState::known) {
        name_storage = name();
        f.name = name_storage;
        f.name_source = static_cast<model::NameSource>(1 + below(4));
    }
    f.now = UtcTime{std::int64_t{20'000} * 86'400 + below(10 * 86'400)};
    return f;
}

}  // namespace sluice::test

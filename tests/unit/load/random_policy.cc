#include "tests/unit/load/random_policy.h"

#include <algorithm>
#include <random>
#include <set>

namespace sluice::load {
namespace {

using model::Day;
using model::Policy;

class Maker {
  public:
    Maker(std::uint64_t seed, Day today) : random_(seed), today_(today) {}

    Policy make() {
        head();
        for (unsigned i = below(5); i > 0; --i)
            add_operator();
        for (unsigned i = below(8); i > 0; --i)
            add_category();
        if (!p_.operators.empty())
            for (unsigned i = below(8); i > 0; --i)
                add_organisation();
        catalog();
        overrides();
        bypass();
        for (unsigned i = below(4); i > 0; --i)
            add_service();
        hosts();
        grants();
        return p_;
    }

  private:
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    bool coin() { return below(2) == 0; }
    template <class T>
    const T& one_of(const std::vector<T>& all) {
        return all[below(static_cast<unsigned>(all.size()))];
    }

    // Printable text with everything YAML gives a meaning to.
    std::string text() {
        static const std::vector<std::string> kPieces = {"a",
                                                         "Z",
                                                         "0",
                                                         " ",
                                                         "  ",
                                                         "'",
                                                         "\"",
                                                         "\\",
                                                         "#",
                                                         " #",
                                                         ": ",
                                                         ":",
                                                         "-",
                                                         "- ",
                                                         "[",
                                                         "]",
                                                         "{",
                                                         "}",
                                                         ",",
                                                         "&",
                                                         "*",
                                                         "!",
                                                         "|",
                                                         ">",
                                                         "%",
                                                         "@",
                                                         "`",
                                                         "~",
                                                         "null",
                                                         "true",
                                                         "\xd0\x96",
                                                         "\xd2\x9b",
                                                         "\xe2\x82\xac",
                                                         "\xf0\x9f\x8c\x8d",
                                                         "\\n",
                                                         "?",
                                                         "="};
        std::string out;
        for (unsigned i = 1 + below(8); i > 0; --i)
            out += one_of(kPieces);
        return out;
    }
    std::string id(const char* prefix) {
        static const std::vector<std::string> kWords = {"null", "true", "no", "0",
                                                        "1e3",  "x_y",  "a-b"};
        std::string out = one_of(kWords);
        while (!ids_.insert(prefix + out).second)
            out.append("-").append(std::to_string(below(1000)));
        return out;
    }
    std::string name() {
        static const std::vector<std::string> kWords = {
            "null", "example", "_dmarc", "-x-", "xn--80ak6aa92e", "0x1f", "kz", "a", "12a"};
        std::string out = one_of(kWords);
        for (unsigned i = below(3); i > 0; --i)
            out.append(".").append(one_of(kWords));
        while (!names_.insert(out).second)
            out.append(".n").append(std::to_string(below(100000)));
        return out;
    }
    IpAddress address() {
        if (coin()) return IpAddress::v4(static_cast<std::uint32_t>(random_()));
        IpAddress a;
        for (std::uint8_t& byte : a.bytes)
            byte = coin() ? 0 : static_cast<std::uint8_t>(random_());
        return a;
    }
    Prefix prefix() {
        const IpAddress a = address();
        const unsigned least = a.is_v4() ? 96 : 0;
        const unsigned length = least + below(129 - least);
        return {masked(a, length), static_cast<std::uint8_t>(length)};
    }
    Prefix new_prefix() {  // different from all before
        Prefix made = prefix();
        while (!prefixes_.insert(made).second)
            made = prefix();
        return made;
    }
    Day day_from_today() { return today_ + std::chrono::days{below(3000)}; }
    model::Validity valid() { return {today_ - std::chrono::days{below(3000)}, day_from_today()}; }
    std::vector<std::uint16_t> ports() {
        std::set<std::uint16_t> chosen;
        for (unsigned i = 1 + below(4); i > 0; --i)
            chosen.insert(static_cast<std::uint16_t>(1 + below(65535)));
        return {chosen.begin(), chosen.end()};
    }

    void head() {
        p_.title = text();
        p_.utc_offset_minutes = static_cast<std::int32_t>(below(26 * 60 + 1)) - 12 * 60;
        p_.inbound_default = static_cast<model::InboundDefault>(below(2));
        p_.blocked_udp = static_cast<model::BlockedUdp>(below(2));
        for (std::size_t i = 0; i < model::kFailCaseCount; ++i)
            p_.fail.set(static_cast<model::FailCase>(i), static_cast<model::FailMode>(below(2)));
        p_.unknown_source.deadline_working_days = below(30);
        for (unsigned i = below(3); i > 0; --i)
            p_.resolvers.push_back(new_prefix().network);
        std::sort(p_.resolvers.begin(), p_.resolvers.end());
        p_.resolvers.erase(std::unique(p_.resolvers.begin(), p_.resolvers.end()),
                           p_.resolvers.end());
        for (unsigned i = below(3); i > 0; --i)
            p_.hairpin.push_back(new_prefix());
    }
    void add_operator() {
        model::Operator op{id("operator"), text(), {}, {}};
        op.wires.push_back({id("wire"), model::ChannelRole::main, 1 + below(400), {}});
        if (coin()) op.wires.push_back({id("wire"), model::ChannelRole::reserve, 1 + below(9), {}});
        p_.operators.push_back(op);
    }
    void add_category() {
        model::Category category{id("category"), text(), std::nullopt, text(), {}};
        if (coin()) category.exempt = static_cast<model::Exemption>(below(model::kExemptionCount));
        const auto index = static_cast<std::uint16_t>(p_.categories.size());
        p_.categories.push_back(category);
        for (unsigned i = below(10) == 0 ? 60 : below(6); i > 0; --i)
            p_.names.push_back({name(), index, {}});
    }
    std::vector<std::string> some_categories() {
        std::vector<std::string> some;
        for (const model::Category& category : p_.categories)
            if (coin()) some.push_back(category.id);
        if (coin()) some.push_back("uncategorised");
        std::shuffle(some.begin(), some.end(), random_);
        return some;
    }
    void add_organisation() {
        model::Organisation o{
            id("organisation"), text(), one_of(p_.operators).id, text(), "", std::nullopt,
            std::nullopt,       {}};
        if (coin()) o.identifier = std::to_string(100'000'000'000 + below(1'000'000));
        if (coin()) o.access = {text(), some_categories(), valid(), {}};
        if (coin()) o.pilot = {day_from_today(), text(), {}};
        p_.organisations.push_back(o);
    }
    void catalog() {
        for (unsigned i = p_.organisations.empty() ? 0 : below(20); i > 0; --i) {
            const unsigned organisation = below(static_cast<unsigned>(p_.organisations.size()));
            const std::string& op = p_.organisations[organisation].operator_id;
            std::uint16_t index = 0;
            while (p_.operators[index].id != op)
                ++index;
            p_.catalog.push_back(
                {new_prefix(), index, static_cast<std::uint16_t>(organisation), {}});
        }
    }
    void overrides() {
        for (unsigned i = below(4); i > 0; --i) {
            auto categories = some_categories();
            if (categories.empty()) categories = {"uncategorised"};
            p_.overrides.push_back({name(), categories, text(), text(), {}});
        }
    }
    void bypass() {
        for (unsigned i = p_.operators.empty() ? 0 : below(4); i > 0; --i) {
            p_.bypass.push_back({one_of(p_.operators).id, new_prefix(), text(), text(), {}});
            p_.unknown_source.overdue.push_back({one_of(p_.operators).id, new_prefix(), {}});
        }
    }
    void add_service() {
        model::ProtectedService s;
        s.id = id("service");
        s.title = text();
        if (coin()) s.prefixes.push_back(new_prefix());
        if (s.prefixes.empty() || coin()) s.names = {name(), name()};
        if (coin()) s.ports = ports();
        s.tls_only = coin();
        for (const model::Organisation& o : p_.organisations)
            if (coin()) s.admitted.push_back({o.id, text(), valid(), {}});
        p_.services.push_back(s);
    }
    void hosts() {
        for (const model::Organisation& o : p_.organisations) {
            if (coin()) p_.mail.push_back({name(), o.id, prefix(), coin(), {}});
            if (coin()) p_.waf.push_back({name(), o.id, prefix(), ports(), {}});
        }
    }
    void grants() {
        for (std::size_t i = 3; i < model::kProtocolClasses.size(); ++i)  // web and such stay open
            if (below(3) == 0)
                p_.class_rules[i] = {
                    coin(), coin() ? model::Confidence::likely : model::Confidence::certain};
        for (const model::Organisation& o : p_.organisations) {
            for (std::size_t i = 1; i < model::kProtocols.size(); ++i) {
                const auto klass = static_cast<std::size_t>(model::kProtocols[i].klass);
                if (p_.class_rules[klass].needs_grant && below(9) == 0)
                    p_.grants.push_back(
                        {o.id, static_cast<model::Protocol>(i), text(), valid(), {}, {}});
                if (below(40) == 0)
                    p_.closures.push_back(
                        {o.id, static_cast<model::Protocol>(i), {}, text(), valid(), {}});
            }
            if (p_.class_rules[3].needs_grant && coin())
                p_.grants.push_back({o.id, {}, text(), valid(), {}, model::ProtocolClass{3}});
        }
        if (coin())
            p_.closures.push_back({"", {}, model::ProtocolClass::game, text(), valid(), {}});
    }

    std::mt19937_64 random_;
    Day today_;
    Policy p_;
    std::set<std::string> ids_, names_;
    std::set<Prefix> prefixes_;
};

}  // namespace

Policy random_policy(std::uint64_t seed, Day today) { return Maker(seed, today).make(); }

}  // namespace sluice::load

// Each step of the order of decisions, by example, over a policy small enough to check by eye.
#include "rules/lookup/decide.h"

#include <gtest/gtest.h>

#include "tests/unit/lookup/load_policy.h"
#include "tests/unit/lookup/small_policy.h"

namespace sluice::lookup {
namespace {

using model::Protocol;
using model::Reason;
using test::ip;
using test::kNoon;

class Decide : public testing::Test {
  protected:
    static const BundleView& bundle() {
        static const ipc::LoadedBundle loaded = test::load(test::small_policy());
        return loaded.view;
    }
    // A TLS flow of `user` to an ordinary address, in north, at noon of 1 June 2026.
    static Facts tls(std::string_view user, std::string_view name) {
        Facts f;
        f.operator_id = OperatorId{0};
        f.user = ip(user);
        f.org = find_user(bundle(), f.operator_id, f.user);
        f.remote = ip("198.51.100.1");
        f.user_port = 40'000;
        f.remote_port = 443;
        f.ip_protocol = 6;
        f.protocol = Protocol::tls;
        f.now = kNoon;
        if (!name.empty()) {
            f.name_state = NameState::known;
            f.name_source = model::NameSource::tls_sni;
            f.name = name;
        }
        return f;
    }
    static Reason reason(const Facts& f) {
        const Decision d = decide(bundle(), f);
        EXPECT_EQ(d.verdict, model::info(d.reason).verdict);
        return d.reason;
    }
};

constexpr char kMinistry[] = "10.1.2.3", kSchool[] = "10.2.2.3", kArchive[] = "10.3.2.3";
constexpr char kStranger[] = "10.200.0.1", kOverdue[] = "10.8.0.7";

TEST_F(Decide, UserIsFoundByOperatorAndLongestPrefix) {
    EXPECT_EQ(bundle().organisation_id(find_user(bundle(), OperatorId{0}, ip("10.1.7.9"))),
              "school");
    EXPECT_EQ(bundle().organisation_id(find_user(bundle(), OperatorId{0}, ip("10.1.8.0"))),
              "ministry");
    EXPECT_EQ(bundle().organisation_id(find_user(bundle(), OperatorId{1}, ip("10.1.7.9"))),
              "clinic");
    EXPECT_EQ(find_user(bundle(), OperatorId{1}, ip("10.2.0.1")), kNoOrg);
    EXPECT_EQ(find_user(bundle(), OperatorId{2}, ip("10.1.7.9")), kNoOrg);
    EXPECT_EQ(
        bundle().organisation_id(find_user(bundle(), OperatorId{0}, ip("2001:db8:1:ffff::1"))),
        "ministry");
    EXPECT_EQ(find_user(bundle(), OperatorId{0}, ip("2001:db8:2::")), kNoOrg);
}

TEST_F(Decide, YearlyListJudgesNames) {
    EXPECT_EQ(reason(tls(kMinistry, "news.example")), Reason::under_inspection);
    EXPECT_EQ(reason(tls(kMinistry, "www.news.example")), Reason::under_inspection);
    EXPECT_EQ(reason(tls(kMinistry, "casino.example")), Reason::not_granted);
    EXPECT_EQ(reason(tls(kMinistry, "nowhere.example")), Reason::uncategorised);
    EXPECT_EQ(reason(tls(kSchool, "nowhere.example")), Reason::pilot);
    EXPECT_EQ(reason(tls(kArchive, "news.example")), Reason::no_policy);
    Facts clinic = tls(kMinistry, "news.example");
    clinic.operator_id = OperatorId{1};
    clinic.org = find_user(bundle(), clinic.operator_id, clinic.user);
    EXPECT_EQ(reason(clinic), Reason::policy_expired);
}

TEST_F(Decide, ExemptionIsNeverOpenedButNeverOpensWhatIsBlocked) {
    EXPECT_EQ(reason(tls(kMinistry, "bank.example")), Reason::exempt_finance);
    EXPECT_EQ(reason(tls(kMinistry, "evilbank.example")), Reason::uncategorised);
    EXPECT_EQ(reason(tls(kMinistry, "both.example")), Reason::exempt_finance);
    EXPECT_EQ(reason(tls(kMinistry, "mixed.example")), Reason::not_granted);
    EXPECT_EQ(reason(tls(kSchool, "bank.example")), Reason::not_granted);
}

TEST_F(Decide, LocalOverrideComesBeforeEveryList) {
    EXPECT_EQ(reason(tls(kMinistry, "good.casino.example")), Reason::under_inspection);
    EXPECT_EQ(reason(tls(kMinistry, "bad.casino.example")), Reason::not_granted);
    EXPECT_EQ(reason(tls(kMinistry, "pay.shop.example")), Reason::uncategorised);
}

TEST_F(Decide, PilotAndQuic) {
    EXPECT_EQ(reason(tls(kSchool, "news.example")), Reason::pilot);
    Facts later = tls(kSchool, "news.example");
    later.now =
        test::utc(test::day(2026, 6, 30), 19 * 3600 - 1);  // the last second of local 30 June
    EXPECT_EQ(reason(later), Reason::pilot);
    later.now = test::utc(test::day(2026, 6, 30), 19 * 3600);
    EXPECT_EQ(reason(later), Reason::under_inspection);
    Facts quic = tls(kMinistry, "news.example");
    quic.protocol = Protocol::quic;
    EXPECT_EQ(reason(quic), Reason::quic_fallback);
    Facts ssh = tls(kMinistry, "news.example");
    ssh.protocol = Protocol::ssh;
    EXPECT_EQ(reason(ssh), Reason::allowed);
}

TEST_F(Decide, YearlyListHoldsFromItsFirstToItsLastLocalSecond) {
    Facts f = tls(kMinistry, "news.example");
    const auto new_year = test::utc(test::day(2025, 12, 31), 19 * 3600).raw();  // UTC+5
    f.now = UtcTime{new_year - 1};
    EXPECT_EQ(reason(f), Reason::policy_expired);
    f.now = UtcTime{new_year};
    EXPECT_EQ(reason(f), Reason::under_inspection);
    f.now = test::utc(test::day(2026, 12, 31), 19 * 3600 - 1);
    EXPECT_EQ(reason(f), Reason::under_inspection);
    f.now = test::utc(test::day(2026, 12, 31), 19 * 3600);
    EXPECT_EQ(reason(f), Reason::policy_expired);
}

TEST_F(Decide, UnknownSourcesAreReportedThenBlocked) {
    EXPECT_EQ(reason(tls(kStranger, "casino.example")), Reason::unknown_source);
    EXPECT_EQ(reason(tls(kStranger, "bank.example")), Reason::exempt_finance);
    EXPECT_EQ(reason(tls(kStranger, "")), Reason::unknown_source);
    EXPECT_EQ(reason(tls(kOverdue, "bank.example")), Reason::source_overdue);
    EXPECT_EQ(reason(tls("10.8.0.8", "bank.example")), Reason::exempt_finance);
}

TEST_F(Decide, BypassAndLocalTrafficComeFirst) {
    EXPECT_EQ(reason(tls("10.9.1.1", "casino.example")), Reason::bypass);
    Facts local = tls(kOverdue, "");
    for (const char* remote :
         {"224.0.0.251", "239.255.255.250", "255.255.255.255", "169.254.1.1", "0.0.0.0",
          "127.0.0.1", "fe80::1", "febf::1", "ff02::fb", "::", "::1"}) {
        local.remote = ip(remote);
        EXPECT_EQ(reason(local), Reason::link_local) << remote;
    }
    for (const char* remote : {"223.255.255.255", "240.0.0.1", "169.253.1.1", "fec0::1", "::2"}) {
        local.remote = ip(remote);
        EXPECT_EQ(reason(local), Reason::source_overdue) << remote;
    }
}

TEST_F(Decide, ProtectedServicesAdmitByContract) {
    Facts f = tls(kMinistry, "");
    f.remote = ip("203.0.113.9");
    EXPECT_EQ(reason(f), Reason::protected_admitted);
    f.remote_port = 8080;  // not a port of the service
    EXPECT_EQ(reason(f), Reason::unnamed_open);
    EXPECT_EQ(reason(tls(kMinistry, "x.mail.gov.example")), Reason::protected_admitted);
    EXPECT_EQ(reason(tls(kSchool, "x.mail.gov.example")), Reason::protected_not_admitted);
    EXPECT_EQ(reason(tls(kStranger, "mail.gov.example")), Reason::protected_not_admitted);
    Facts host = tls(kMinistry, "host.gov.example");
    EXPECT_EQ(reason(host), Reason::protected_admitted);
    host.protocol = Protocol::http;
    EXPECT_EQ(reason(host), Reason::protected_channel);
    Facts expired = f;
    expired.remote_port = 443;
    expired.now = test::utc(test::day(2027, 2, 1));
    EXPECT_EQ(reason(expired), Reason::protected_not_admitted);
    // The more specific prefix is another service, which is for TLS only.
    f.remote = ip("203.0.113.200");
    f.protocol = Protocol::ssh;
    EXPECT_EQ(reason(f), Reason::protected_channel);
}

TEST_F(Decide, MailOnlyFromAndToEnrolledServers) {
    Facts f = tls("10.1.0.25", "");
    f.remote_port = 25;
    f.protocol = Protocol::smtp;
    EXPECT_EQ(reason(f), Reason::mail_enrolled);
    f.user = ip("10.1.0.26");
    EXPECT_EQ(reason(f), Reason::mail_not_enrolled);
    f.user = ip("10.2.0.25");
    EXPECT_EQ(reason(f), Reason::mail_suspended);
    f.user = ip("10.1.0.25");
    f.operator_id = OperatorId{1};  // the same private address in another operator's network
    f.org = find_user(bundle(), f.operator_id, f.user);
    EXPECT_EQ(reason(f), Reason::mail_not_enrolled);
    Facts in = tls("10.1.0.25", "");
    in.from_internet = true;
    in.user_port = 25;
    in.remote_port = 40'000;
    EXPECT_EQ(reason(in), Reason::mail_enrolled);
}

TEST_F(Decide, VpnOnlyWithAGrantThatHolds) {
    Facts f = tls(kMinistry, "");
    f.protocol = Protocol::wireguard;
    EXPECT_EQ(reason(f), Reason::granted);
    f.protocol = Protocol::openvpn;
    EXPECT_EQ(reason(f), Reason::threat_protocol);
    Facts school = tls(kSchool, "");
    school.protocol = Protocol::openvpn;
    EXPECT_EQ(reason(school), Reason::threat_protocol);  // begins in July
    school.now = test::utc(test::day(2026, 7, 2));
    EXPECT_EQ(reason(school), Reason::granted);
    Facts stranger = tls(kStranger, "");
    stranger.protocol = Protocol::gre;
    EXPECT_EQ(reason(stranger), Reason::threat_protocol);
}

TEST_F(Decide, WithoutAName) {
    EXPECT_EQ(reason(tls(kMinistry, "")), Reason::unnamed_open);
    Facts f = tls(kMinistry, "");
    f.midstream = true;
    EXPECT_EQ(reason(f), Reason::midstream_open);
    f.name_state = NameState::pending;
    EXPECT_EQ(reason(f), Reason::learning);
    Facts dns = tls(kMinistry, "casino.example");
    dns.protocol = Protocol::dns;
    dns.remote_port = 53;
    dns.name_source = model::NameSource::dns_query;
    EXPECT_EQ(reason(dns), Reason::infrastructure);
    EXPECT_TRUE(decide(bundle(), dns).categories.empty());
    dns.remote_port = 40'000;  // whatever looks like DNS may pass on DNS's own port only
    EXPECT_EQ(reason(dns), Reason::unnamed_open);
}

TEST_F(Decide, UnsureIsNeverBlocked) {
    Facts f = tls(kMinistry, "");
    f.protocol = Protocol::nebula;
    for (const auto& [confidence, want] :
         {std::pair{model::Confidence::certain, Reason::threat_protocol},
          {model::Confidence::likely, Reason::threat_protocol},
          {model::Confidence::port_only, Reason::unnamed_open},
          {model::Confidence::none, Reason::unnamed_open}}) {
        f.confidence = confidence;
        EXPECT_EQ(reason(f), want) << name_of(confidence);
    }
    f.confidence = model::Confidence::certain;
    f.protocol = Protocol::obfuscated;  // a class that needs no grant
    EXPECT_EQ(reason(f), Reason::unnamed_open);
}

TEST_F(Decide, InboundFlowsAreJudgedByAddressOnly) {
    Facts f = tls(kMinistry, "casino.example");
    f.from_internet = true;
    EXPECT_EQ(reason(f), Reason::inbound_default);
    f.user = ip("10.1.0.80");
    f.user_port = 443;
    EXPECT_EQ(reason(f), Reason::waf);
    f.user_port = 22;
    EXPECT_EQ(reason(f), Reason::inbound_default);
    model::Policy closed = test::small_policy();
    closed.inbound_default = model::InboundDefault::block;
    const auto loaded = test::load(closed);
    EXPECT_EQ(decide(loaded.view, f).reason, Reason::inbound_blocked);
}

TEST_F(Decide, CategoriesAreThoseOfTheName) {
    const Decision d = decide(bundle(), tls(kMinistry, "shop.example"));
    EXPECT_EQ(d.categories.size(), 2u);
    EXPECT_TRUE(d.categories.has(*bundle().category_named("shopping")));
    EXPECT_TRUE(d.categories.has(*bundle().category_named("news")));
    const Decision none = decide(bundle(), tls(kMinistry, "nowhere.example"));
    EXPECT_EQ(none.categories.size(), 1u);
    EXPECT_TRUE(none.categories.has(kUncategorised));
}

TEST_F(Decide, BundleAnswersForOthers) {
    EXPECT_EQ(bundle().title(), "Small");
    EXPECT_EQ(bundle().operator_named("south"), OperatorId{1});
    EXPECT_EQ(bundle().operator_named("east"), std::nullopt);
    EXPECT_EQ(bundle().organisation_named("school").raw(), 2);
    EXPECT_EQ(bundle().organisation_named("nobody"), kNoOrg);
    EXPECT_EQ(bundle().organisation_id(kNoOrg), "");
    EXPECT_EQ(bundle().organisation_name(OrgId{1}), "The Ministry");
    const auto wire = bundle().find_wire("north-reserve");
    ASSERT_TRUE(wire);
    EXPECT_EQ(wire->role, model::ChannelRole::reserve);
    EXPECT_EQ(wire->committed_gbit, 4u);
    EXPECT_FALSE(bundle().find_wire("west"));
    EXPECT_TRUE(bundle().is_resolver(ip("2001:db8:1::53")));
    EXPECT_FALSE(bundle().is_resolver(ip("10.1.0.54")));
    EXPECT_TRUE(bundle().is_hairpin(ip("10.2.5.9")));
    EXPECT_FALSE(bundle().is_hairpin(ip("10.2.6.9")));
    EXPECT_TRUE(bundle().is_catalogued(OperatorId{0}, ip("10.1.0.1")));
    EXPECT_FALSE(bundle().is_catalogued(OperatorId{1}, ip("10.2.0.1")));
    EXPECT_EQ(bundle().category_id(kUncategorised), "uncategorised");
    EXPECT_EQ(bundle().category_id(2), "banking");
}

}  // namespace
}  // namespace sluice::lookup

// One test a rule: the shipped life cycles over a real store.
#include "tests/unit/control/cases_fixture.h"

namespace sluice::control {
namespace {

TEST_F(Cases, G13_UnknownAddressesAreBlockedAfterFiveWorkingDaysOfTheNoticeAndNotBefore) {
    const std::string id = open("unknown-source", "seen", kUnknown);
    pass(30 * kDay);  // no notice, no deadline
    EXPECT_EQ(state(id), "seen");
    EXPECT_EQ(notices("undelivered"), 1u);
    now_ = UtcTime{kMonday + 35 * kDay};
    ASSERT_EQ(raise(id, "delivered"), "ok");
    const UtcTime due = desk_->find(id)->deadlines.at(0).due;
    now_ = UtcTime{due.raw() - 1};
    desk_->sweep(now_);
    EXPECT_EQ(state(id), "notified");
    EXPECT_FALSE(in_force(EffectKind::source_overdue));
    EXPECT_EQ(notices("reminder"), 1u);  // one for both, after a pause over both
    pass(1);
    EXPECT_EQ(state(id), "overdue");
    EXPECT_TRUE(in_force(EffectKind::source_overdue));
    ASSERT_EQ(raise(id, "catalogued", {}, Party::system), "ok");
    EXPECT_FALSE(in_force(EffectKind::source_overdue));
    expect_replay_equal(id);
}

CaseFields access_fields(const char* from, const char* until) {
    return {{"organisation", {"ministry"}}, {"request", {"r-1"}},   {"categories", {"news"}},
            {"addresses", {"10.1.0.0/16"}}, {"valid_from", {from}}, {"valid_until", {until}}};
}

TEST_F(Cases, G15_1_AccessIsOpenForOneCalendarYearAndClosesByItself) {
    EXPECT_FALSE(desk_
                     ->open("access-policy", command("submit", Party::user,
                                                     access_fields("2026-03-02", "2027-03-02")))
                     .ok());
    const std::string id =
        open("access-policy", "submit", access_fields("2026-03-02", "2027-03-01"), Party::user);
    ASSERT_EQ(raise(id, "apply"), "ok");
    EXPECT_TRUE(in_force(EffectKind::access_open));
    pass(360 * kDay);
    EXPECT_TRUE(in_force(EffectKind::access_open));
    EXPECT_GE(notices("expiring"), 1u);
    pass(6 * kDay);
    EXPECT_EQ(state(id), "expired");
    EXPECT_TRUE(in_force(EffectKind::access_closed));
    ASSERT_EQ(raise(id, "resubmit", access_fields("2027-03-03", "2028-03-01"), Party::user), "ok");
    ASSERT_EQ(raise(id, "apply"), "ok");
    EXPECT_FALSE(in_force(EffectKind::access_closed));
    expect_replay_equal(id);
}

TEST_F(Cases, G15_OneOpenListAnOrganisation) {
    open("access-policy", "submit", access_fields("2026-03-02", "2026-12-31"));
    const auto again = desk_->open(
        "access-policy", command("submit", Party::user, access_fields("2026-03-02", "2026-12-31")));
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().failure, DeskFailure::conflict);
}

TEST_F(Cases, G16_TheServiceIsToldWhenAPolicyIsNotAppliedInTenWorkingDays) {
    open("access-policy", "submit", access_fields("2026-03-02", "2026-12-31"));
    pass(14 * kDay);
    EXPECT_EQ(notices("applying_late"), 0u);
    pass(9 * kDay);
    EXPECT_EQ(notices("applying_late"), 1u);
    pass(30 * kDay);
    EXPECT_EQ(notices("applying_late"), 1u);  // once
}

TEST_F(Cases, G15_2_AGrantOpensAndEnds) {
    const std::string id = open("grant", "request",
                                {{"organisation", {"ministry"}},
                                 {"protocol", {"openvpn"}},
                                 {"request", {"r"}},
                                 {"valid_from", {"2026-03-02"}},
                                 {"valid_until", {"2026-03-10"}}});
    ASSERT_EQ(raise(id, "grant"), "ok");
    EXPECT_TRUE(in_force(EffectKind::grant_open));
    pass(9 * kDay);
    EXPECT_EQ(state(id), "expired");
    EXPECT_FALSE(in_force(EffectKind::grant_open));
}

const CaseFields kUplink = {{"operator", {"telco"}},
                            {"channel", {"main"}},
                            {"capacity_gbit", {"10"}},
                            {"contacts", {"noc"}}};

TEST_F(Cases, G9_ConditionsLapseUnlessExtendedTenDaysBefore) {
    const std::string id = open("uplink", "apply", kUplink, Party::operators);
    ASSERT_EQ(raise(id, "send_conditions", {{"conditions", {"10G"}}}), "ok");
    now_ = UtcTime{kMonday + 51 * kDay};
    EXPECT_NE(raise(id, "extend", {}, Party::operators), "ok");
    now_ = UtcTime{kMonday + 50 * kDay};
    EXPECT_EQ(raise(id, "extend", {}, Party::operators), "ok");
    pass(59 * kDay);
    EXPECT_EQ(state(id), "conditions_extended");
    pass(2 * kDay);
    EXPECT_EQ(state(id), "lapsed");
}

TEST_F(Cases, G5_CapacityIsAtLeastOneGigabit) {
    CaseFields fields = kUplink;
    fields["capacity_gbit"] = {"0"};
    EXPECT_FALSE(desk_->open("uplink", command("apply", Party::operators, fields)).ok());
}

TEST_F(Cases, G6_G7_G10_G11_G12_LatenessIsToldAndTheChannelConnected) {
    const std::string id = open("uplink", "apply", kUplink, Party::operators);
    pass(25 * kDay);
    EXPECT_EQ(notices("answer_late"), 1u);
    ASSERT_EQ(raise(id, "send_conditions", {{"conditions", {"10G"}}}), "ok");
    pass(15 * kDay);
    EXPECT_EQ(notices("readiness_late"), 1u);
    ASSERT_EQ(raise(id, "report_ready", {}, Party::operators), "ok");
    ASSERT_EQ(raise(id, "find_shortcomings", {{"shortcomings", {"one path"}}}), "ok");
    pass(9 * kDay);
    EXPECT_EQ(notices("mending_late"), 1u);
    ASSERT_EQ(raise(id, "report_ready", {}, Party::operators), "ok");
    ASSERT_EQ(raise(id, "connect"), "ok");
    EXPECT_EQ(state(id), "connected");
    CaseFields reserve = kUplink;
    reserve["channel"] = {"reserve"};
    const std::string other = open("uplink", "apply", reserve, Party::operators);
    EXPECT_EQ(raise(other, "refuse"), "ok");
    EXPECT_EQ(state(other), "refused");
}

CaseFields waf_fields() {
    return {{"organisation", {"ministry"}},
            {"domain", {"www.example"}},
            {"server", {"10.1.0.7"}},
            {"operator", {"telco"}},
            {"web_server", {"nginx 1.22"}},
            {"dbms", {"PostgreSQL 15"}},
            {"cms", {"none"}},
            {"contacts", {"ops"}},
            {"https", {"yes"}},
            {"certificate", {"CN=www.example"}},
            {"private_key", {"signer:www.example"}}};
}

TEST_F(Cases, G17_SecretsAreNamedAndNeverStored) {
    CaseFields fields = waf_fields();
    fields["private_key"] = {"-----BEGIN PRIVATE KEY-----MIIEv"};
    const auto refused = desk_->open("waf", command("apply", Party::user, fields));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().message.find("MIIEv"), std::string::npos);
    fields.erase("private_key");
    EXPECT_FALSE(desk_->open("waf", command("apply", Party::user, fields)).ok());
    fields["https"] = {"no"};
    EXPECT_TRUE(desk_->open("waf", command("apply", Party::user, fields)).ok());
}

TEST_F(Cases, G17_ARefusalMayBeRepeatedAfterThirtyDays) {
    const std::string id = open("waf", "apply", waf_fields(), Party::user);
    ASSERT_EQ(raise(id, "refuse"), "ok");
    now_ = UtcTime{kMonday + 30 * kDay};
    EXPECT_NE(raise(id, "apply_again", {}, Party::user), "ok");
    now_ = UtcTime{kMonday + 31 * kDay};
    EXPECT_EQ(raise(id, "apply_again", {}, Party::user), "ok");
    ASSERT_EQ(raise(id, "enrol", {{"ports", {"443"}}}), "ok");
    EXPECT_TRUE(in_force(EffectKind::waf_enrolled));
}

TEST_F(Cases, G18_PageIntegrityNeedsAccessToTheDocumentRoot) {
    CaseFields fields = waf_fields();
    EXPECT_FALSE(desk_->open("page-integrity", command("apply", Party::user, fields)).ok());
    fields["root_access"] = {"sftp"};
    fields["document_root"] = {"/var/www"};
    fields["account"] = {"vault:www-sftp"};
    EXPECT_TRUE(desk_->open("page-integrity", command("apply", Party::user, fields)).ok());
}

TEST_F(Cases, G2_G14_G19_G21_G22_G23_ShortLifeCycles) {
    const std::string bypass = open("bypass", "propose",
                                    {{"operator", {"telco"}},
                                     {"addresses", {"10.5.0.0/24"}},
                                     {"ground", {"law"}},
                                     {"author", {"officer"}},
                                     {"review", {"2026-12-31"}}});
    EXPECT_FALSE(in_force(EffectKind::bypass_open));
    ASSERT_EQ(raise(bypass, "open"), "ok");
    EXPECT_TRUE(in_force(EffectKind::bypass_open));
    open("incident", "report", {{"reporter", {"telco"}}, {"description", {"down"}}});
    const std::string change = open("change", "report",
                                    {{"organisation", {"ministry"}},
                                     {"domain", {"www.example"}},
                                     {"what", {"address"}},
                                     {"changed_on", {"2026-03-01"}},
                                     {"details", {"new server"}}});
    const std::string root = open(
        "root-announcement", "announce",
        {{"operator", {"telco"}}, {"fingerprint", {"ab:cd"}}, {"valid_until", {"2030-01-01"}}});
    pass(20 * kDay);
    EXPECT_EQ(notices("unanswered"), 1u);
    EXPECT_EQ(notices("doing_late"), 1u);
    EXPECT_EQ(notices("unacknowledged"), 1u);
    EXPECT_EQ(raise(change, "done"), "ok");
    ASSERT_EQ(raise(root, "acknowledge", {}, Party::operators), "ok");
    pass(20 * kDay);
    EXPECT_EQ(notices("distribution_late"), 1u);
    EXPECT_EQ(raise(root, "distribute", {{"users_told", {"12"}}}, Party::operators), "ok");
}

TEST_F(Cases, M2_M7_M8_M9_M10_M11_M12_MailSystems) {
    const CaseFields fields = {{"domain", {"mail.example"}},
                               {"organisation", {"ministry"}},
                               {"server", {"10.1.0.25"}},
                               {"contacts", {"ops"}}};
    const std::string id = open("mail-domain", "apply", fields, Party::user);
    pass(9 * kDay);
    EXPECT_EQ(notices("answer_late"), 1u);
    ASSERT_EQ(raise(id, "enrol"), "ok");
    EXPECT_TRUE(in_force(EffectKind::mail_enrolled));
    ASSERT_EQ(raise(id, "suspend", {{"evidence", {"9,000 messages an hour"}}}, Party::system),
              "ok");
    EXPECT_TRUE(in_force(EffectKind::mail_suspended));
    EXPECT_EQ(notices("suspended"), 1u);  // told after, with the same transaction
    ASSERT_EQ(raise(id, "resume"), "ok");
    EXPECT_FALSE(in_force(EffectKind::mail_suspended));
    ASSERT_EQ(raise(id, "agree_leaving", {{"leaves_on", {"2026-03-20"}}}), "ok");
    pass(10 * kDay);
    EXPECT_EQ(state(id), "left");
    EXPECT_FALSE(in_force(EffectKind::mail_enrolled));
    const std::string other = open("mail-domain", "apply", fields, Party::user);
    ASSERT_EQ(raise(other, "not_entitled"), "ok");
    pass(29 * kDay);
    EXPECT_NE(raise(other, "apply_again", {}, Party::user), "ok");
    pass(2 * kDay);
    ASSERT_EQ(raise(other, "apply_again", {}, Party::user), "ok");
    ASSERT_EQ(raise(other, "refuse"), "ok");
    EXPECT_EQ(notices("refused"), 2u);
}

CaseFields service_fields(CaseFields more) {
    more["service"] = {"portal"};
    more["organisation"] = {"ministry"};
    more["contacts"] = {"ops"};
    return more;
}
const CaseFields kYear = {{"valid_from", {"2026-03-02"}}, {"valid_until", {"2027-03-01"}}};

TEST_F(Cases, P_UnpaidMailIsBlockedAndOpenedAgain) {
    const std::string id =
        open("secure-mail", "apply", service_fields({{"tariff", {"t"}}, {"mailboxes", {"3"}}}));
    ASSERT_EQ(raise(id, "channel_met"), "ok");
    ASSERT_EQ(raise(id, "send_contract", {{"contract", {"c-1"}}}), "ok");
    ASSERT_EQ(raise(id, "signed"), "ok");
    ASSERT_EQ(raise(id, "cabinet_made"), "ok");
    ASSERT_EQ(raise(id, "activate", kYear), "ok");
    EXPECT_TRUE(in_force(EffectKind::service_admitted));
    ASSERT_EQ(raise(id, "unpaid"), "ok");
    EXPECT_TRUE(in_force(EffectKind::service_blocked));
    EXPECT_NE(raise(id, "paid"), "ok");  // needs letter and agreement
    ASSERT_EQ(raise(id, "paid", {{"letter", {"l"}}, {"agreement", {"a"}}}), "ok");
    ASSERT_EQ(raise(id, "reopen"), "ok");
    EXPECT_TRUE(in_force(EffectKind::service_admitted));
}

TEST_F(Cases, P_ATrustedServersChannelHasTenMegabits) {
    CaseFields fields =
        service_fields({{"server", {"10.1.0.26"}}, {"channel", {"vpn"}}, {"vpn_mbit", {"9"}}});
    EXPECT_FALSE(desk_->open("trusted-mail-server", command("apply", Party::user, fields)).ok());
    fields["vpn_mbit"] = {"10"};
    EXPECT_TRUE(desk_->open("trusted-mail-server", command("apply", Party::user, fields)).ok());
}

TEST_F(Cases, H_PlacingTakesAsLongAsThereAreServices) {
    for (const auto& [services, placing] :
         {std::pair{"5", "placing_few"}, {"6", "placing_some"}, {"26", "placing_many"}}) {
        CaseFields fields = service_fields({{"services", {services}}});
        fields["organisation"] = {std::string("org-") + services};
        const std::string id = open("hosting", "apply", fields);
        ASSERT_EQ(raise(id, "send_contract", {{"contract", {"c"}}, {"regulation", {"r"}}}), "ok");
        ASSERT_EQ(raise(id, "signed"), "ok");
        EXPECT_EQ(state(id), placing);
    }
}

TEST_F(Cases, W_AContractThatIsNotSignedInFifteenDaysIsVoid) {
    const std::string id = open("one-window", "apply", service_fields({{"channel", {"internet"}}}));
    ASSERT_EQ(raise(id, "send_contract", {{"contract", {"c"}}}), "ok");
    pass(15 * kDay);
    EXPECT_EQ(state(id), "contract_sent");
    pass(kDay);
    EXPECT_EQ(state(id), "lapsed");
}

TEST_F(Cases, K_OrdersAreRestoredInTwentyFourWorkingHours) {
    const std::string id =
        open("outage", "report",
             {{"service", {"orders"}}, {"platform", {"K"}}, {"description", {"down"}}});
    // Monday 12:00 in Minsk: 7 h, Tuesday 11 h, Wednesday 6 h.
    EXPECT_EQ(desk_->find(id)->deadlines.at(0).due.raw(), kMonday + 2 * kDay + 2 * 3'600);
    open("orders-control", "apply",
         service_fields({{"letter", {"l"}},
                         {"cabinet", {"c"}},
                         {"certificate", {"x"}},
                         {"channel", {"gsectls"}},
                         {"roles", {"r"}}}));
}

TEST_F(Cases, P_MaintenanceIsToldAWorkingDayAhead) {
    const std::string id = open("maintenance", "plan",
                                {{"service", {"mail"}},
                                 {"platform", {"P"}},
                                 {"begins", {"2026-03-04"}},
                                 {"description", {"disks"}}});
    now_ = UtcTime{kMonday + 2 * kDay};
    EXPECT_NE(raise(id, "announce"), "ok");
    now_ = UtcTime{kMonday + kDay};
    EXPECT_EQ(raise(id, "announce"), "ok");
}

}  // namespace
}  // namespace sluice::control

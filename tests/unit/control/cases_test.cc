// Life cycles over a real store: one test a rule, the sweep, the guard, crashes, replay.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "control/cases/simulate.h"
#include "control/cases/unknown_sources.h"
#include "control/layers/apply_layer.h"
#include "control/lifecycle/lint.h"
#include "control/store/sqlite_store.h"

namespace sluice::control {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kMonday = 1'772'442'000;  // 2026-03-02 09:00 UTC, 14:00 in Astana

const LifeCycleSet& shipped() {
    static const LifeCycleSet set = read_life_cycles(RULES_DATA);
    return set;
}

// Fails before or after writing, as a full disk or a killed process does.
class FaultyStore : public CaseStore {
  public:
    explicit FaultyStore(CaseStore& inner) : inner_(inner) {}
    Result<Done, StoreError> record(const std::vector<CaseWrite>& writes) override {
        const StoreError lost{StoreErrorCode::unavailable, "planted"};
        if (fail_before) return Err{lost};
        auto done = inner_.record(writes);
        if (fail_after) return Err{lost};
        return done;
    }
    Result<std::uint64_t, StoreError> next_case_number() override {
        return inner_.next_case_number();
    }
    Result<CaseRow, StoreError> find_case(const std::string& id) override {
        return inner_.find_case(id);
    }
    Result<std::vector<CaseRow>, StoreError> cases(const CaseFilter& f) override {
        return inner_.cases(f);
    }
    Result<std::vector<CaseRow>, StoreError> due_cases(UtcTime now, unsigned limit) override {
        return inner_.due_cases(now, limit);
    }
    Result<std::vector<CaseEventRow>, StoreError> events_of(const std::string& id) override {
        return inner_.events_of(id);
    }
    Result<std::vector<EffectRow>, StoreError> effects() override { return inner_.effects(); }
    Result<std::vector<NoticeRow>, StoreError> notices(const std::string& state,
                                                       unsigned limit) override {
        return inner_.notices(state, limit);
    }
    Result<Done, StoreError> settle_notice(std::uint64_t id, const std::string& state) override {
        return inner_.settle_notice(id, state);
    }
    Result<std::vector<std::string>, StoreError> closed_since(UtcTime since) override {
        return inner_.closed_since(since);
    }
    Result<std::string, StoreError> remembered(const std::string& key) override {
        return inner_.remembered(key);
    }
    Result<Done, StoreError> remember(const std::string& key, const std::string& value) override {
        return inner_.remember(key, value);
    }
    bool fail_before = false, fail_after = false;

  private:
    CaseStore& inner_;
};

class Cases : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(shipped().ok()) << load::to_text(shipped().diagnostics.front());
        reopen();
    }
    void reopen(LifeCycleSet set = shipped()) {
        desk_.reset();
        faulty_.reset();
        store_.reset();
        auto opened = SqliteStore::open(path_);
        ASSERT_TRUE(opened.ok());
        store_ = std::move(*opened);
        faulty_.emplace(*store_);
        desk_.emplace(*faulty_, std::move(set), GuardLimits{},
                      [](const std::string&) { return 1'000'000.0; });
    }
    Command command(std::string event, Party by, CaseFields fields = {}) const {
        Command c;
        c.event = std::move(event);
        c.at = now_;
        c.by = by;
        c.actor = "clerk";
        c.uid = 1000;
        c.ground = "test";
        c.given = std::move(fields);
        return c;
    }
    // Opens a case; the test ends when it is refused.
    std::string open(const std::string& cycle, const std::string& event, CaseFields fields,
                     Party by = Party::service) {
        auto c = desk_->open(cycle, command(event, by, std::move(fields)));
        EXPECT_TRUE(c.ok()) << (c.ok() ? "" : c.error().message);
        return c.ok() ? c->id : "";
    }
    // "ok", or why not.
    std::string raise(const std::string& id, const std::string& event, CaseFields fields = {},
                      Party by = Party::service) {
        const auto c = desk_->raise(id, command(event, by, std::move(fields)));
        return c.ok() ? "ok" : c.error().message;
    }
    std::string state(const std::string& id) { return desk_->find(id)->state; }
    void pass(std::int64_t seconds) {
        now_ = UtcTime{now_.raw() + seconds};
        desk_->sweep(now_);
    }
    bool in_force(EffectKind kind) {
        const auto all = desk_->effects();
        return std::any_of(all->begin(), all->end(),
                           [&](const Effect& e) { return e.kind == kind; });
    }
    std::size_t notices(const std::string& rule) {
        const auto all = store_->notices("", 10'000);
        return static_cast<std::size_t>(std::count_if(
            all->begin(), all->end(), [&](const NoticeRow& n) { return n.rule == rule; }));
    }
    void expect_replay_equal(const std::string& id) {
        const auto c = desk_->find(id);
        const auto again = replay(id, c->life_cycle, *store_->events_of(id));
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(*again, *c);
    }

    std::string path_ = testing::TempDir() + "/cases-" + std::to_string(::getpid()) + "-" +
                        testing::UnitTest::GetInstance()->current_test_info()->name() + ".sqlite";
    std::unique_ptr<SqliteStore> store_;
    std::optional<FaultyStore> faulty_;
    std::optional<CaseDesk> desk_;
    UtcTime now_{kMonday};

    void TearDown() override {
        desk_.reset();
        store_.reset();
        for (const char* end : {"", "-wal", "-shm"})
            std::filesystem::remove(path_ + end);
    }
};

const CaseFields kUnknown = {{"operator", {"telco"}}, {"addresses", {"10.9.0.1", "10.9.0.2"}}};

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
    return {{"organisation", {"ministry"}}, {"request", {"r-1"}},    {"categories", {"news"}},
            {"addresses", {"10.1.0.0/16"}}, {"valid_from", {from}}, {"valid_until", {until}}};
}

TEST_F(Cases, G15_1_AccessIsOpenForOneCalendarYearAndClosesByItself) {
    EXPECT_FALSE(desk_->open("access-policy",
                             command("submit", Party::user,
                                     access_fields("2026-03-02", "2027-03-02"))).ok());
    const std::string id = open("access-policy", "submit",
                                access_fields("2026-03-02", "2027-03-01"), Party::user);
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
        "access-policy",
        command("submit", Party::user, access_fields("2026-03-02", "2026-12-31")));
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
    const std::string id =
        open("grant", "request",
             {{"organisation", {"ministry"}}, {"protocol", {"openvpn"}}, {"request", {"r"}},
              {"valid_from", {"2026-03-02"}}, {"valid_until", {"2026-03-10"}}});
    ASSERT_EQ(raise(id, "grant"), "ok");
    EXPECT_TRUE(in_force(EffectKind::grant_open));
    pass(9 * kDay);
    EXPECT_EQ(state(id), "expired");
    EXPECT_FALSE(in_force(EffectKind::grant_open));
}

const CaseFields kUplink = {{"operator", {"telco"}}, {"channel", {"main"}},
                            {"capacity_gbit", {"10"}}, {"contacts", {"noc"}}};

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
    return {{"organisation", {"ministry"}}, {"domain", {"www.example"}}, {"server", {"10.1.0.7"}},
            {"operator", {"telco"}},        {"web_server", {"nginx 1.22"}}, {"dbms", {"PostgreSQL 15"}},
            {"cms", {"none"}},              {"contacts", {"ops"}},          {"https", {"yes"}},
            {"certificate", {"CN=www.example"}}, {"private_key", {"signer:www.example"}}};
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
    const std::string bypass =
        open("bypass", "propose",
             {{"operator", {"telco"}}, {"addresses", {"10.5.0.0/24"}}, {"ground", {"law"}},
              {"author", {"officer"}}, {"review", {"2026-12-31"}}});
    EXPECT_FALSE(in_force(EffectKind::bypass_open));
    ASSERT_EQ(raise(bypass, "open"), "ok");
    EXPECT_TRUE(in_force(EffectKind::bypass_open));
    open("incident", "report", {{"reporter", {"telco"}}, {"description", {"down"}}});
    const std::string change =
        open("change", "report",
             {{"organisation", {"ministry"}}, {"domain", {"www.example"}}, {"what", {"address"}},
              {"changed_on", {"2026-03-01"}}, {"details", {"new server"}}});
    const std::string root = open("root-announcement", "announce",
                                  {{"operator", {"telco"}}, {"fingerprint", {"ab:cd"}},
                                   {"valid_until", {"2030-01-01"}}});
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
    const CaseFields fields = {{"domain", {"mail.example"}}, {"organisation", {"ministry"}},
                               {"server", {"10.1.0.25"}}, {"contacts", {"ops"}}};
    const std::string id = open("mail-domain", "apply", fields, Party::user);
    pass(9 * kDay);
    EXPECT_EQ(notices("answer_late"), 1u);
    ASSERT_EQ(raise(id, "enrol"), "ok");
    EXPECT_TRUE(in_force(EffectKind::mail_enrolled));
    ASSERT_EQ(raise(id, "suspend", {{"evidence", {"9,000 messages an hour"}}}, Party::system), "ok");
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
    const std::string id = open("secure-mail", "apply",
                                service_fields({{"tariff", {"t"}}, {"mailboxes", {"3"}}}));
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
    CaseFields fields = service_fields(
        {{"server", {"10.1.0.26"}}, {"channel", {"vpn"}}, {"vpn_mbit", {"9"}}});
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
    const std::string id = open("outage", "report",
                                {{"service", {"orders"}}, {"platform", {"K"}},
                                 {"description", {"down"}}});
    // Monday 12:00 in Minsk: 7 h, Tuesday 11 h, Wednesday 6 h.
    EXPECT_EQ(desk_->find(id)->deadlines.at(0).due.raw(), kMonday + 2 * kDay + 2 * 3'600);
    open("orders-control", "apply",
         service_fields({{"letter", {"l"}}, {"cabinet", {"c"}}, {"certificate", {"x"}},
                         {"channel", {"gsectls"}}, {"roles", {"r"}}}));
}

TEST_F(Cases, P_MaintenanceIsToldAWorkingDayAhead) {
    const std::string id = open("maintenance", "plan",
                                {{"service", {"mail"}}, {"platform", {"P"}},
                                 {"begins", {"2026-03-04"}}, {"description", {"disks"}}});
    now_ = UtcTime{kMonday + 2 * kDay};
    EXPECT_NE(raise(id, "announce"), "ok");
    now_ = UtcTime{kMonday + kDay};
    EXPECT_EQ(raise(id, "announce"), "ok");
}

TEST_F(Cases, TheGuardHoldsTheSixthBlockOfAnHourUntilAPersonReleasesIt) {
    std::vector<std::string> all;
    for (int i = 0; i < 7; ++i) {
        all.push_back(open("unknown-source", "seen",
                           {{"operator", {"op-" + std::to_string(i)}}, {"addresses", {"10.9.0.1"}}}));
        ASSERT_EQ(raise(all.back(), "delivered"), "ok");
    }
    pass(20 * kDay);
    unsigned blocked = 0;
    std::string held;
    for (const std::string& id : all) {
        blocked += state(id) == "overdue";
        if (state(id) == "notified") held = id;
    }
    EXPECT_EQ(blocked, 5u);
    EXPECT_EQ(notices("held"), 2u);
    pass(30 * kDay);
    EXPECT_EQ(state(held), "notified");
    ASSERT_TRUE(desk_->release(held, "catalog", command("", Party::service)).ok());
    pass(60);
    EXPECT_EQ(state(held), "overdue");
}

TEST_F(Cases, TheGuardHoldsALargeShareOfAnOperator) {
    const std::string id = open("unknown-source", "seen",
                                {{"operator", {"telco"}}, {"addresses", {"10.0.0.0/12"}}});
    ASSERT_EQ(raise(id, "delivered"), "ok");
    pass(20 * kDay);
    EXPECT_EQ(state(id), "notified");
    EXPECT_TRUE(desk_->find(id)->deadlines.at(0).held);
}

TEST_F(Cases, AChangedCalendarMovesOpenDeadlinesVisibly) {
    ASSERT_TRUE(desk_->recompute(now_).ok());
    const std::string id = open("unknown-source", "seen", kUnknown);
    ASSERT_EQ(raise(id, "delivered"), "ok");
    const UtcTime before = desk_->find(id)->deadlines.at(0).due;
    LifeCycleSet changed = shipped();
    const Calendar& kz = *changed.calendars.at("KZ");
    auto years = kz.years();
    years.at(2).off[0].push_back(kz.local_day(UtcTime{kMonday + kDay}));  // a day off by decree
    changed.calendars["KZ"] = std::make_shared<const Calendar>(
        "KZ", "2026-03-02.9", kz.zone(), std::vector<UtcOffset>{{Day{}, 300}}, years);
    reopen(changed);
    EXPECT_EQ(*desk_->recompute(now_), 1u);
    EXPECT_GT(desk_->find(id)->deadlines.at(0).due, before);
    EXPECT_NE(store_->audit(1)->at(0).reason.find("2026-03-02.9"), std::string::npos);
    EXPECT_EQ(*desk_->recompute(now_), 0u);
    expect_replay_equal(id);
}

TEST_F(Cases, StoreErrorsAndCrashesLoseNoDeadlineAndRepeatNoEvent) {
    std::mt19937 random(7);
    std::vector<std::string> all;
    for (int i = 0; i < 12; ++i) {
        all.push_back(open("unknown-source", "seen",
                           {{"operator", {"op-" + std::to_string(i % 4)}},
                            {"addresses", {"10.9.0." + std::to_string(i + 1)}}}));
        ASSERT_EQ(raise(all.back(), "delivered"), "ok");
    }
    for (int day = 0; day < 15; ++day) {
        faulty_->fail_before = random() % 2 == 0;
        faulty_->fail_after = random() % 2 == 0;
        pass(kDay);
        if (random() % 3 == 0) reopen();
        faulty_->fail_before = faulty_->fail_after = false;
        for (const std::string& id : all) {
            const Case c = *desk_->find(id);
            if (c.state == "overdue") {
                EXPECT_GE(c.entered, UtcTime{kMonday + 7 * kDay});
            }
        }
    }
    pass(60);
    for (const std::string& id : all) {
        EXPECT_EQ(state(id), "overdue");
        expect_replay_equal(id);
    }
    EXPECT_EQ(notices("blocked"), all.size());
    EXPECT_FALSE(store_->verify_audit()->has_value());
    std::size_t events = 0;
    for (const std::string& id : all)
        events += store_->events_of(id)->size();
    EXPECT_EQ(store_->audit(10'000)->size(), events);
}

TEST_F(Cases, UnknownSourcesOpenOneCaseAndNoiseOpensNone) {
    UnknownSources unknown(*store_, *store_, *desk_, NoiseLimits{});
    const UtcTime hour_ago{now_.raw() - 600};
    ASSERT_TRUE(store_->add_unknown_sources({{"telco", "10.9.0.1", hour_ago, now_, 50},
                                             {"telco", "10.9.0.2", hour_ago, now_, 19},
                                             {"telco", "10.9.0.3", now_, now_, 900},
                                             {"telco", "127.0.0.1", hour_ago, now_, 900},
                                             {"telco", "10.9.0.4", hour_ago, now_, 50}}).ok());
    std::set<std::string> catalog;
    const auto has = [&](const std::string&, const IpAddress& a) {
        return catalog.contains(to_text(a));
    };
    const UnknownReport first = unknown.turn(now_, has);
    EXPECT_EQ(first.opened, 1u);
    EXPECT_EQ(first.noise, 3u);
    EXPECT_EQ(unknown.turn(now_, has).opened, 0u);
    // Nor later: they are in an open case.
    EXPECT_EQ(unknown.turn(UtcTime{now_.raw() + 700}, has).opened, 0u);
    const Case c = *desk_->find("unknown-source-1");
    EXPECT_EQ(c.fields.at("addresses"), (std::vector<std::string>{"10.9.0.1", "10.9.0.4"}));
    catalog.insert("10.9.0.1");
    EXPECT_EQ(unknown.turn(now_, has).healed, 1u);
    EXPECT_EQ(desk_->find(c.id)->fields.at("addresses"), (std::vector<std::string>{"10.9.0.4"}));
    catalog.insert("10.9.0.4");
    EXPECT_EQ(unknown.turn(now_, has).healed, 1u);
    EXPECT_EQ(state(c.id), "healed");
}

TEST(Layer, EffectsChangeExactlyWhatTheyNameAndWhatDoesNotFitIsSaid) {
    model::Policy policy;
    policy.operators.push_back({"telco", "Telco", {}, {}});
    model::Organisation org;
    org.id = "ministry";
    policy.organisations.push_back(org);
    const auto troubles = apply_layer(
        {{EffectKind::source_overdue, "a-1", {{"operator", {"telco"}}, {"addresses", {"10.9.0.1"}}}},
         {EffectKind::source_overdue, "a-2", {{"operator", {"nobody"}}, {"addresses", {"10.9.0.9"}}}},
         {EffectKind::access_open, "a-3",
          {{"organisation", {"ministry"}}, {"request", {"r"}}, {"categories", {"uncategorised"}},
           {"valid_from", {"2026-01-01"}}, {"valid_until", {"2026-12-31"}}}},
         {EffectKind::bypass_open, "a-4",
          {{"operator", {"telco"}}, {"addresses", {"10.9.0.1"}}, {"ground", {"g"}}, {"author", {"a"}}}}},
        policy);
    ASSERT_EQ(troubles.size(), 1u);
    EXPECT_NE(troubles[0].find("nobody"), std::string::npos);
    EXPECT_TRUE(policy.unknown_source.overdue.empty());  // bypass came later
    EXPECT_EQ(policy.bypass.size(), 1u);
    EXPECT_TRUE(policy.organisations[0].access.has_value());
    apply_layer({{EffectKind::access_closed, "a-5", {{"organisation", {"ministry"}}}}}, policy);
    EXPECT_FALSE(policy.organisations[0].access.has_value());
}

TEST(Simulation, ThreeYearsOfRandomEventsBreakNothingAndRepeat) {
    SimulationPlan plan;
    plan.cases = 3'000;
    const SimulationResult a = simulate(shipped(), plan);
    EXPECT_TRUE(a.broken.empty()) << a.broken.front();
    EXPECT_GT(a.fired, plan.cases / 2);
    const SimulationResult b = simulate(shipped(), plan);
    EXPECT_EQ(a.events, b.events);
    EXPECT_EQ(a.fired, b.fired);
}

// The first code that the file below has once a piece of it is replaced.
std::string lint_code(const std::string& change_from, const std::string& change_to) {
    std::string text =
        "lifecycle: x\ntitle: t\nrules: [G1]\ncalendar: KZ\nfields: []\nstates:\n  - {id: a}\n  - "
        "{id: b, final: true}\nevents:\n  - {id: open, from: [], to: a, by: [user], rule: G1}\n  - "
        "{id: end, from: [a], to: b, by: [system], rule: G1, notices: [n]}\ndeadlines:\n  - {id: d, "
        "from: a, after: 5 wd, then: end, rule: G1}\nnotices:\n  - {id: n, to: service, kk: k, ru: "
        "r, en: e}\n";
    const std::size_t at = text.find(change_from);
    EXPECT_NE(at, std::string::npos) << change_from;
    text.replace(at, change_from.size(), change_to);
    load::Report report;
    const auto cycle = read_life_cycle(text, report.add_file("x.yaml"), report);
    if (cycle) lint(*cycle, report);
    const auto all = report.take();
    return all.empty() ? "ok" : all.front().code;
}

TEST(Lint, EachMistakeHasItsCode) {
    EXPECT_EQ(lint_code("title: t", "title: t"), "ok");
    EXPECT_EQ(lint_code("{id: a}", "{id: a}\n  - {id: c, final: true}"), "unreachable_state");
    EXPECT_EQ(lint_code("by: [system]", "by: [user]"), "deadline_without_effect");
    EXPECT_EQ(lint_code(", ru: r", ""), "missing_language");
    EXPECT_EQ(lint_code("rule: G1}\n  - {id: end", "rule: G9}\n  - {id: end"), "unknown_rule");
    EXPECT_EQ(lint_code("by: [user], rule: G1", "by: [user]"), "missing_key");
    EXPECT_EQ(lint_code("5 wd", "5 days"), "bad_span");
    EXPECT_EQ(lint_code("to: b", "to: z"), "unknown_state");
    EXPECT_EQ(lint_code("then: end", "then: gone"), "unknown_event");
    EXPECT_EQ(lint_code("kk: k", "kk: '{no}'"), "unknown_placeholder");
    EXPECT_EQ(lint_code(", notices: [n]", ""), "unused_notice");
    EXPECT_EQ(lint_code("{id: a}", "{id: a, effects: [fly]}"), "unknown_effect");
    EXPECT_EQ(lint_code("{id: a}", "{id: a, effects: [source_overdue]}"), "effect_without_field");
    EXPECT_EQ(lint_code("from: []", "from: [a]"), "no_opening");
}

}  // namespace
}  // namespace sluice::control

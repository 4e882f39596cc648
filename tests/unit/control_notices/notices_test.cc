// Notices: who is named for what, what is sent, and how often it is tried, on a clock of the
// test's.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "control/notices/courier.h"
#include "control/notices/letter.h"
#include "control/notices/ways.h"
#include "control/store/sqlite_store.h"

namespace sluice::control::notices {
namespace {

std::string shapes(const std::string& text) {
    std::string out;
    for (const load::Diagnostic& d : load_notice_config(text, "n.yaml").diagnostics)
        out += d.code + " " + std::to_string(d.line) + ":" + std::to_string(d.column) + ";";
    return out;
}

TEST(Addressees, TheShippedExampleIsRead) {
    const auto loaded = load_notice_config_file(RULES_DATA "/notices.yaml");
    for (const load::Diagnostic& d : loaded.diagnostics)
        ADD_FAILURE() << to_text(d);
    EXPECT_EQ(loaded.value.from, "sluice@gateway.example");
    EXPECT_EQ(loaded.value.smtp.tls, Smtp::Tls::required);
    ASSERT_EQ(loaded.value.addressees.size(), 5u);
    EXPECT_EQ(loaded.value.addressees[1].mail.size(), 2u);
}

TEST(Addressees, TheirOwnRowsBeforeThoseOfAll) {
    const auto config = load_notice_config_file(RULES_DATA "/notices.yaml").value;
    const auto named = addressees_of(config, "operator", "telco-a");
    ASSERT_EQ(named.size(), 1u);
    EXPECT_EQ(named[0]->mail[0], "noc@telco-a.example");
    EXPECT_EQ(addressees_of(config, "operator", "telco-b")[0]->webhook,
              "https://noc.telco-b.example/sluice");
    EXPECT_TRUE(addressees_of(config, "operator", "telco-c")[0]->spool);
    EXPECT_EQ(addressees_of(config, "service", "")[0]->mail[0], "security@gateway.example");
    EXPECT_TRUE(addressees_of(NoticeConfig{}, "service", "").empty());
}

TEST(Addressees, EveryMistakeHasItsCodeAndPlace) {
    const std::string spool = "spool: /s\naddressees:\n";
    EXPECT_EQ(shapes(spool + "  - {to: service, spool: true}\n"), "");
    EXPECT_EQ(shapes(spool + "  - {to: system, spool: true}\n"), "unknown_word 3:10;");
    EXPECT_EQ(shapes(spool + "  - {to: service}\n"), "one_of 3:5;");
    EXPECT_EQ(shapes(spool + "  - {to: service, spool: true, mail: [a@b]}\n"), "one_of 3:5;");
    EXPECT_EQ(shapes(spool + "  - {to: service, mail: [a@b]}\n"), "way_missing 3:5;");
    EXPECT_EQ(shapes(spool + "  - {to: service, webhook: \"https://b\"}\n"), "way_missing 3:5;");
    EXPECT_EQ(shapes("addressees: [{to: service, spool: true}]\n"), "way_missing 1:14;");
    EXPECT_EQ(shapes(spool + "  - {to: service, webhook: \"http://b\"}\n"), "bad_url 3:28;");
    EXPECT_EQ(shapes(spool + "  - {to: service, spool: true}\n  - {to: service, spool: true}\n"),
              "duplicate_entry 4:5;");
    for (const char* bad : {"a", "@b", "a@", "a@b@c", "a b@c", "a@b>", "\"a\\nb@c\""})
        EXPECT_EQ(shapes("from: " + std::string(bad) + "\naddressees: []\n").substr(0, 4), "bad_")
            << bad;
    EXPECT_EQ(shapes("smtp: {url: mail.example}\naddressees: []\n"), "bad_url 1:13;");
    EXPECT_EQ(shapes("spool: here\naddressees: []\n"), "bad_path 1:8;");
    EXPECT_EQ(shapes("give_up_hours: 0\naddressees: []\n"), "out_of_range 1:16;");
    EXPECT_EQ(shapes("from: a@b\n"), "missing_key 1:1;");
}

NoticeRow notice(std::uint64_t id = 17) {
    NoticeRow n;
    n.id = id;
    n.case_id = "unknown-source-3";
    n.rule = "list";
    n.party = "operator";
    n.recipient = "telco-a";
    n.text[0] = "Қазақша";
    n.text[1] = "По-русски";
    n.text[2] = "In English";
    n.at = UtcTime{1'795'000'000};  // 2026-11-18 12:26:40 UTC
    n.state = "pending";
    return n;
}

TEST(Letter, MailIsWhatAServerTakes) {
    const std::string mail = mail_of(notice(), "sluice@gateway.example", "noc@telco-a.example");
    EXPECT_EQ(mail.substr(0, mail.find("\r\n\r\n")),
              "Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n"
              "From: sluice@gateway.example\r\n"
              "To: noc@telco-a.example\r\n"
              "Message-ID: <unknown-source-3.17@gateway.example>\r\n"
              "Subject: Sluice unknown-source-3: list\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: base64");
    std::istringstream lines(mail.substr(mail.find("\r\n\r\n") + 4));
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 77u);  // RFC 5322 2.1.1 with its carriage return
}

TEST(Letter, NothingEndsAHeader) {
    NoticeRow odd = notice();
    odd.case_id = "x\r\nBcc: everybody@example";
    const std::string mail = mail_of(odd, "a@b", "c@d");
    EXPECT_EQ(mail.find("\nBcc"), std::string::npos);
}

// RFC 4231 4.3.
TEST(Ways, SignatureOfAWebhook) {
    EXPECT_EQ(signature_of("what do ya want for nothing?", "Jefe"),
              "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Ways, SpooledWholeOrNotAtAll) {
    const auto dir =
        std::filesystem::temp_directory_path() / ("sluice-notices-" + std::to_string(getpid()));
    std::filesystem::create_directories(dir);
    NoticeConfig config;
    config.spool = dir.string();
    Addressee to;
    to.spool = true;
    ASSERT_TRUE(send(config, to, notice()).ok());
    ASSERT_TRUE(send(config, to, notice()).ok()) << "again: the same file";
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir)) {
        EXPECT_EQ(entry.path().filename(), "unknown-source-3.17.eml");
        ++files;
    }
    EXPECT_EQ(files, 1u);
    std::filesystem::remove_all(dir);
    const auto refused = send(config, to, notice());
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().find("No such file"), std::string::npos);
}

// A store with one case, whose notices are written as the desk writes them.
class CourierTest : public testing::Test {
  protected:
    void SetUp() override {
        path_ = std::filesystem::temp_directory_path() /
                ("sluice-courier-" + std::to_string(getpid()) + ".sqlite");
        remove_all();
        auto opened = SqliteStore::open(path_.string());
        ASSERT_TRUE(opened.ok());
        store_ = std::move(*opened);
        NoticeConfig config;
        config.spool = "/s";
        config.give_up_hours = 2;
        config.addressees = {{Party::operators, "telco-a", {"noc@telco-a.example"}, "", false}};
        config_ = config;
    }
    void TearDown() override {
        store_.reset();
        remove_all();
    }
    void remove_all() {
        for (const char* end : {"", "-wal", "-shm"})
            std::filesystem::remove(path_.string() + end);
    }
    void write(NoticeRow n) {
        CaseWrite w;
        w.after.id = n.case_id + std::to_string(++cases_);
        w.after.life_cycle = "x";
        w.after.state = "s";
        w.after.version = 1;
        w.after.document = "{}";
        w.event.case_id = w.after.id;
        w.event.version = 1;
        w.event.at = n.at;
        w.event.document = "{}";
        n.case_id = w.after.id;
        w.notices.push_back(n);
        ASSERT_TRUE(store_->record({w}).ok());
    }
    Courier courier(bool with_config = true) {
        return Courier(with_config ? std::optional{config_} : std::nullopt,
                       {*store_, [this] { return now_; },
                        [this](const Addressee&, const NoticeRow& n) -> Result<Done, std::string> {
                            sent_.push_back(n.id);
                            if (refuses_) return Err{std::string("451 come again")};
                            return Done{};
                        },
                        [this](const NoticeRow& n) { delivered_.push_back(n.id); },
                        [this](const NoticeRow& n) { given_up_.push_back(n.id); }});
    }
    NoticeRow row(std::uint64_t id) { return **store_->find_notice(id); }

    std::filesystem::path path_;
    std::unique_ptr<SqliteStore> store_;
    NoticeConfig config_;
    unsigned cases_ = 0;
    UtcTime now_{1'795'000'000};
    bool refuses_ = false;
    std::vector<std::uint64_t> sent_, delivered_, given_up_;
};

TEST_F(CourierTest, OnceAndNotAgain) {
    write(notice());
    Courier c = courier();
    c.turn(now_);
    c.turn(UtcTime{now_.raw() + 86'400});
    EXPECT_EQ(sent_, std::vector<std::uint64_t>{1});
    EXPECT_EQ(delivered_, std::vector<std::uint64_t>{1});
    EXPECT_EQ(row(1).state, "delivered");
    EXPECT_TRUE(c.troubles().empty());
}

TEST_F(CourierTest, TriedAgainLessAndLessOftenAndGivenUpAloud) {
    write(notice());
    refuses_ = true;
    Courier c = courier();
    std::vector<std::int64_t> at;
    for (std::int64_t s = 0; s < 5 * 3'600; s += 10) {
        const std::size_t before = sent_.size();
        c.turn(UtcTime{now_.raw() + s});
        if (sent_.size() != before) at.push_back(s / 60);
        if (s == 0) {
            EXPECT_EQ(c.troubles(),
                      std::vector<std::string>{"notices: notice 1 of unknown-source-31 to operator "
                                               "telco-a is not delivered: 451 come again"});
        }
    }
    EXPECT_EQ(at, (std::vector<std::int64_t>{0, 1, 3, 7, 15, 31, 63, 127}));
    EXPECT_EQ(given_up_, std::vector<std::uint64_t>{1});
    EXPECT_TRUE(delivered_.empty());
    EXPECT_EQ(row(1).state, "failed");
    ASSERT_EQ(c.troubles().size(), 1u);
    EXPECT_NE(c.troubles()[0].find("1 were given up"), std::string::npos);
    // A person has it tried again, when the server has been mended.
    refuses_ = false;
    EXPECT_TRUE(*store_->retry_notice(1));
    c.turn(now_);
    EXPECT_EQ(row(1).state, "delivered");
    EXPECT_FALSE(*store_->retry_notice(1)) << "it is delivered";
    EXPECT_FALSE(*store_->retry_notice(9)) << "there is none";
}

TEST_F(CourierTest, WhatIsSpooledHasNotArrived) {
    config_.addressees = {{Party::operators, "", {}, "", true}};
    write(notice());
    Courier c = courier();
    c.turn(now_);
    EXPECT_EQ(sent_.size(), 1u);
    EXPECT_TRUE(delivered_.empty());
    EXPECT_EQ(row(1).state, "spooled");
    EXPECT_TRUE(c.troubles().empty());
}

TEST_F(CourierTest, NobodyIsNamed) {
    NoticeRow n = notice();
    n.party = "user";
    write(n);
    Courier c = courier();
    c.turn(now_);
    EXPECT_TRUE(sent_.empty() && delivered_.empty());
    EXPECT_EQ(row(1).state, "pending");
    EXPECT_EQ(row(1).trouble, "the file of notices names nobody for it");
}

TEST_F(CourierTest, WithoutAFileTheyWaitAndThatIsSaid) {
    write(notice());
    Courier c = courier(false);
    c.turn(now_);
    EXPECT_TRUE(sent_.empty());
    EXPECT_EQ(c.troubles(),
              std::vector<std::string>{"notices: 1 wait: sluiced was started without --notices"});
}

TEST_F(CourierTest, AllThatAreNamedMustTakeIt) {
    config_.addressees.push_back({Party::operators, "telco-a", {"a@b"}, "", false});
    write(notice());
    Courier c = courier();
    c.turn(now_);
    EXPECT_EQ(sent_.size(), 2u);
    EXPECT_EQ(delivered_.size(), 1u);
}

TEST_F(CourierTest, AHundredATurnOldestFirst) {
    for (unsigned i = 0; i < kNoticesATurn + 5; ++i)
        write(notice());
    Courier c = courier();
    c.turn(now_);
    EXPECT_EQ(sent_.size(), kNoticesATurn);
    EXPECT_EQ(sent_.front(), 1u);
    c.turn(now_);
    EXPECT_EQ(sent_.size(), kNoticesATurn + 5);
}

}  // namespace
}  // namespace sluice::control::notices

// Cases over a real store, with one that fails on demand in between.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "control/cases/case_desk.h"
#include "control/store/sqlite_store.h"

namespace sluice::control {

inline constexpr std::int64_t kDay = 86'400;
inline constexpr std::int64_t kMonday = 1'772'442'000;  // 2026-03-02 09:00 UTC, 14:00 in Astana

inline const LifeCycleSet& shipped() {
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
    Result<std::vector<NoticeRow>, StoreError> due_notices(UtcTime now, unsigned limit) override {
        return inner_.due_notices(now, limit);
    }
    Result<Done, StoreError> keep_notice(const NoticeRow& notice) override {
        return inner_.keep_notice(notice);
    }
    Result<std::optional<NoticeRow>, StoreError> find_notice(std::uint64_t id) override {
        return inner_.find_notice(id);
    }
    Result<bool, StoreError> retry_notice(std::uint64_t id) override {
        return inner_.retry_notice(id);
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

inline const CaseFields kUnknown = {{"operator", {"telco"}},
                                    {"addresses", {"10.9.0.1", "10.9.0.2"}}};

}  // namespace sluice::control

// FlowTable against a plain map: random inserts, lookups, erasures and sweeps in tables so small
// that groups overflow and evict, on each code path.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <unordered_map>

#include "dataplane/flow/flow_table.h"
#include "tests/support/flow_keys.h"
#include "tests/support/seed.h"

namespace sluice::flow {
namespace {

const FlowTimeouts kTimeouts;

// What the oracle knows of a flow: enough to say when it may go.
struct Known {
    Stage stage = Stage::embryonic;
    model::Verdict verdict = model::Verdict::forward;
    std::uint8_t ip_protocol = 0;
    std::uint32_t seen_ms = 0;
    std::uint32_t ref = 0;  // told apart from any other insertion of the same key
};

std::uint32_t naive_timeout(const Known& known) {
    if (known.stage == Stage::closed) return 2'000;
    if (known.verdict == model::Verdict::block) return 30'000;
    if (known.stage == Stage::embryonic) return 10'000;
    if (known.stage == Stage::closing) return 60'000;
    const std::map<int, std::uint32_t> by_protocol = {{6, 7'440'000}, {17, 120'000}};
    const auto found = by_protocol.find(known.ip_protocol);
    return found == by_protocol.end() ? 60'000 : found->second;
}

class Model {
  public:
    Model(CodePath path, std::uint32_t flows_max, std::uint64_t seed)
        : random_(seed), table_(flows_max, {random_(), random_()}, kTimeouts, path) {
        key_count_ = table_.slot_count() * 2;
        now_ms_ = static_cast<std::uint32_t>(random_());
    }

    void step() {
        now_ms_ += static_cast<std::uint32_t>(random_() % 40);
        const std::uint64_t dice = random_() % 100;
        if (dice < 60)
            packets();
        else if (dice < 75)
            change();
        else if (dice < 85)
            erase();
        else if (dice < 97)
            sweep();
        else if (dice < 99)
            all_in_use();
        else
            now_ms_ += 50'000;
    }

    void check_all() {
        ASSERT_EQ(table_.size(), known_.size());
        for (std::uint32_t n = 0; n < key_count_; ++n)
            ASSERT_EQ(look_up(n) != kNoSlot, known_.contains(n)) << n;
    }

    void drain() {
        while (!known_.empty())
            erase();
        for (std::uint32_t group = 0; group < table_.group_count(); ++group)
            ASSERT_EQ(table_.overflow(group), 0) << group;
        for (Slot slot = 0; slot < table_.slot_count(); ++slot)
            ASSERT_FALSE(table_.occupied(slot));
        ASSERT_EQ(table_.size(), 0u);
    }

    std::uint64_t evictions = 0, refusals = 0, expiries = 0, second_group = 0;

  private:
    Slot look_up(std::uint32_t n) {
        const FlowKey key = test::flow_key(n);
        return table_.find(key, table_.match_one(key));
    }

    // A burst as the pipeline does it; keys repeat within it.
    void packets() {
        std::vector<std::uint32_t> numbers(1 + random_() % kBurstMax);
        std::vector<FlowKey> keys;
        for (std::uint32_t& n : numbers) {
            n = static_cast<std::uint32_t>(random_() % key_count_);
            keys.push_back(test::flow_key(n));
        }
        std::vector<Match> matches(keys.size());
        table_.hash_burst({keys.data()}, matches);
        table_.match_burst(matches);
        for (std::size_t i = 0; i < keys.size(); ++i)
            packet(numbers[i], keys[i], matches[i]);
    }

    void packet(std::uint32_t n, const FlowKey& key, Match match) {
        Slot slot = table_.find(key, match);
        if (slot == kNoSlot) slot = table_.find(key, match = table_.match_one(key));
        ASSERT_EQ(slot != kNoSlot, known_.contains(n));
        if (slot == kNoSlot && random_() % 2 == 0) return;
        if (slot == kNoSlot) slot = insert(n, key, match);
        if (slot == kNoSlot) return;
        second_group += slot / kGroupSize != match.group;
        check(n, slot);
        table_.at(slot).seen_ms = known_[n].seen_ms = now_ms_;
        table_.at(slot).count(1500);
    }

    Slot insert(std::uint32_t n, const FlowKey& key, const Match& match) {
        const auto done = table_.insert(key, match, now_ms_);
        if (done.evicted) check_victim(done.victim);
        if (done.slot == kNoSlot) {
            ++refusals;
            return kNoSlot;
        }
        const std::uint32_t ref = ++last_ref_;  // drawn at random, two would meet one day
        table_.at(done.slot).ref = ref;
        known_[n] = {Stage::embryonic, model::Verdict::forward, key.ip_protocol, now_ms_, ref};
        by_key_[ref] = n;
        return done.slot;
    }

    void check_victim(const FlowEntry& victim) {
        ++evictions;
        const std::uint32_t n = by_key_.at(victim.ref);
        const Known& known = known_.at(n);
        ASSERT_EQ(victim.key(), test::flow_key(n));
        const bool young = known.stage == Stage::closed || known.stage == Stage::embryonic;
        const bool late = now_ms_ - known.seen_ms > naive_timeout(known);
        ASSERT_TRUE(young || late || known.verdict == model::Verdict::block);
        known_.erase(n);
    }

    void check(std::uint32_t n, Slot slot) {
        const FlowEntry& entry = table_.at(slot);
        const Known& known = known_.at(n);
        ASSERT_EQ(entry.key(), test::flow_key(n));
        ASSERT_EQ(entry.ref, known.ref);
        ASSERT_EQ(entry.seen_ms, known.seen_ms);
        ASSERT_EQ(entry.stage(), known.stage);
    }

    std::uint32_t some_known() {
        auto at = known_.begin();
        std::advance(at, static_cast<long>(random_() % known_.size()));
        return at->first;
    }

    void change() {
        if (known_.empty()) return;
        const std::uint32_t n = some_known();
        Known& known = known_[n];
        known.stage = static_cast<Stage>(random_() % 4);
        known.verdict = static_cast<model::Verdict>(random_() % 3);
        table_.at(look_up(n)).set_stage(known.stage);
        table_.at(look_up(n)).verdict = known.verdict;
    }

    void all_in_use() {
        for (auto& [n, known] : known_) {
            known.stage = Stage::established;
            known.verdict = model::Verdict::forward;
            FlowEntry& entry = table_.at(look_up(n));
            entry.set_stage(known.stage);
            entry.verdict = known.verdict;
        }
    }

    void erase() {
        if (known_.empty()) return;
        const std::uint32_t n = some_known();
        table_.erase(look_up(n));
        known_.erase(n);
    }

    void sweep() {
        const auto groups = static_cast<std::uint32_t>(random_() % 4);
        table_.sweep(
            groups, now_ms_,
            [this](Slot slot) noexcept {
                const std::uint32_t n = by_key_.at(table_.at(slot).ref);
                EXPECT_GT(now_ms_ - known_.at(n).seen_ms, naive_timeout(known_.at(n)));
                known_.erase(n);
                table_.erase(slot);
                ++expiries;
            },
            [this](Slot slot) noexcept {
                const std::uint32_t n = by_key_.at(table_.at(slot).ref);
                EXPECT_LE(now_ms_ - known_.at(n).seen_ms, naive_timeout(known_.at(n)));
            });
    }

    std::mt19937_64 random_;
    FlowTable table_;
    std::uint32_t key_count_ = 0;
    std::uint32_t now_ms_ = 0;
    std::uint32_t last_ref_ = 0;
    std::map<std::uint32_t, Known> known_;
    std::unordered_map<std::uint32_t, std::uint32_t> by_key_;  // ref -> key number
};

class FlowTableProp : public testing::TestWithParam<CodePath> {};
INSTANTIATE_TEST_SUITE_P(EachPath, FlowTableProp, testing::ValuesIn(test::code_paths()),
                         [](const auto& each) { return test::path_name(each.param); });

TEST_P(FlowTableProp, AnswersLikeAMap) {
    std::uint64_t evictions = 0, refusals = 0, expiries = 0, second_group = 0;
    for (std::uint32_t flows_max : {20u, 60u, 110u, 400u, 2000u}) {
        Model model(GetParam(), flows_max, test::seed() + flows_max);
        for (unsigned i = 0; i < 4000 && !testing::Test::HasFatalFailure(); ++i) {
            model.step();
            if (i % 500 == 0) model.check_all();
        }
        if (testing::Test::HasFatalFailure()) return;
        model.check_all();
        model.drain();
        evictions += model.evictions, refusals += model.refusals;
        expiries += model.expiries, second_group += model.second_group;
    }
    // The walk came by everything it is there for.
    EXPECT_GT(evictions, 100u);
    EXPECT_GT(refusals, 10u);
    EXPECT_GT(expiries, 100u);
    EXPECT_GT(second_group, 1000u);
}

}  // namespace
}  // namespace sluice::flow

// HeldPackets against a std::list in stream order; ColdPool gives out each record once, as new.
#include "dataplane/pipeline/held.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <random>
#include <vector>

#include "dataplane/pipeline/cold.h"
#include "tests/support/seed.h"

namespace sluice::pipeline {
namespace {

constexpr std::uint32_t kRoom = 24;
constexpr std::size_t kLists = 3;

// One list of HeldPackets and what it should be.
struct Twin {
    HeldList list;
    std::list<HeldPackets::Item> model;
};

bool comes_after(const HeldPackets::Item& item, std::uint32_t position) {
    return static_cast<std::int32_t>(item.position - position) > 0;
}

class HeldOracle {
  public:
    explicit HeldOracle(std::uint64_t seed) : random_(seed) {}

    void step() {
        Twin& twin = twins_[random_() % kLists];
        switch (random_() % 5) {
            case 0:
            case 1:
                return push(twin);
            case 2:
                return pop(twin);
            case 3:
                return remove(twin);
            default:
                return compare(twin);
        }
    }

  private:
    rte_mbuf* fresh_packet() { return reinterpret_cast<rte_mbuf*>(64 * ++packets_); }

    void push(Twin& twin) {
        const HeldPackets::Item item{
            .packet = fresh_packet(),
            .next = kNobody,
            .position = start_ + static_cast<std::uint32_t>(random_() % 50),
            .size = static_cast<std::uint16_t>(1 + random_() % 20),
            .payload_offset = 54,
            .wire = 1,
            .side = 0};
        const bool there_is_room = held_.used() < kRoom;
        ASSERT_EQ(held_.push_by_position(twin.list, item), there_is_room);
        if (!there_is_room) return;
        const auto at = std::ranges::find_if(
            twin.model, [&](const auto& i) { return comes_after(i, item.position); });
        twin.model.insert(at, item);
    }
    void pop(Twin& twin) {
        if (twin.list.empty()) return;
        ASSERT_EQ(held_.pop(twin.list).packet, twin.model.front().packet);
        twin.model.pop_front();
    }
    void remove(Twin& twin) {
        if (twin.model.empty()) return;
        const auto at = std::next(twin.model.begin(),
                                  static_cast<std::ptrdiff_t>(random_() % twin.model.size()));
        held_.remove(twin.list, at->packet);
        twin.model.erase(at);
    }
    void compare(Twin& twin) {
        std::vector<rte_mbuf*> got, expected;
        held_.each(twin.list, [&](const HeldPackets::Item& i) { got.push_back(i.packet); });
        for (const auto& i : twin.model)
            expected.push_back(i.packet);
        ASSERT_EQ(got, expected);
        ASSERT_EQ(twin.list.count, twin.model.size());
        ASSERT_EQ(twin.list.empty(), twin.model.empty());
        std::size_t all = 0;
        for (const Twin& t : twins_)
            all += t.model.size();
        ASSERT_EQ(held_.used(), all);
        const auto from = start_ + static_cast<std::uint32_t>(random_() % 60);
        const auto size = static_cast<std::uint32_t>(random_() % 30);
        ASSERT_EQ(held_.covers(twin.list, from, size), covered(twin, from, size));
    }
    static bool covered(const Twin& twin, std::uint32_t from, std::uint32_t size) {
        for (std::uint32_t at = from; at != from + size; ++at)
            if (!std::ranges::any_of(twin.model,
                                     [&](const auto& i) { return at - i.position < i.size; }))
                return false;
        return true;
    }

    std::mt19937_64 random_;
    const std::uint32_t start_ = ~0u - 25;  // positions wrap round
    std::uintptr_t packets_ = 0;
    HeldPackets held_{kRoom};
    std::array<Twin, kLists> twins_;
};

TEST(HeldPackets, IsAListInStreamOrder) {
    HeldOracle oracle(test::seed());
    for (int i = 0; i < 50'000 && !::testing::Test::HasFatalFailure(); ++i)
        oracle.step();
}

TEST(ColdPool, GivesEachRecordOnceAndAsNew) {
    ColdPool pool(3);
    std::vector<std::uint32_t> taken;
    for (flow::Slot slot = 10; slot < 13; ++slot) {
        taken.push_back(pool.take(slot));
        EXPECT_EQ(pool[taken.back()].slot, slot);
    }
    EXPECT_EQ(pool.take(13), kNobody);
    EXPECT_EQ(pool.used(), 3u);
    std::ranges::sort(taken);
    EXPECT_TRUE(std::ranges::adjacent_find(taken) == taken.end());
    pool[taken[1]].phase = Phase::paged;
    pool[taken[1]].read_at = 99;
    pool.give(taken[1]);
    EXPECT_EQ(pool.used(), 2u);
    EXPECT_EQ(pool.take(14), taken[1]);
    EXPECT_EQ(pool[taken[1]].phase, Phase::reading);
    EXPECT_EQ(pool[taken[1]].read_at, 0u);
}

}  // namespace
}  // namespace sluice::pipeline

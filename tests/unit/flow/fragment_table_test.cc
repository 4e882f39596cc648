// FragmentTable: heads first and last, overlaps, duplicates, oversize, full tables, time.
#include "dataplane/flow/fragment_table.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/support/fragments.h"

namespace sluice::flow {
namespace {

using model::DropReason;
using test::Fragment;

class FragmentTableTest : public testing::Test {
  protected:
    static constexpr std::uint64_t kKey = 0xf7a6;
    Result<FragmentAnswer, DropReason> add(const Fragment& f, std::uint32_t now_ms = 0) {
        return table_.add(test::fragment_view(f), 0, now_ms);
    }
    // Nothing when it was accepted.
    std::optional<DropReason> refused(const Fragment& f, std::uint32_t now_ms = 0) {
        const auto answer = add(f, now_ms);
        return answer ? std::nullopt : std::optional(answer.error());
    }
    std::vector<std::uint32_t> expire(std::uint32_t now_ms) {
        std::vector<std::uint32_t> datagrams;
        table_.expire(now_ms, [&](std::uint32_t d) noexcept { datagrams.push_back(d); });
        return datagrams;
    }
    FragmentTable table_{4, 30'000, kKey};
};

TEST_F(FragmentTableTest, HeadFirst) {
    const auto head = add({.id = 7, .offset = 0, .size = 1480});
    ASSERT_TRUE(head);
    EXPECT_EQ(head->state, FragmentState::head_known);
    EXPECT_FALSE(head->head_arrived);
    const auto rest = add({.id = 7, .offset = 1480, .size = 100, .more = false});
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->state, FragmentState::head_known);
    EXPECT_EQ(rest->head.source_port, 1007);
    EXPECT_EQ(rest->head.destination_port, 53);
    EXPECT_EQ(rest->head.ip_protocol, 17);
    EXPECT_EQ(rest->head.tcp_seq, 7000u);
    EXPECT_EQ(rest->head.l4_header_size, 8);
    EXPECT_EQ(rest->datagram, head->datagram);
}

TEST_F(FragmentTableTest, HeadLast) {
    const auto last = add({.offset = 2960, .size = 10, .more = false});
    const auto middle = add({.offset = 1480, .size = 1480}, 500);
    ASSERT_TRUE(last && middle);
    EXPECT_EQ(last->state, FragmentState::wait);
    EXPECT_EQ(middle->state, FragmentState::wait);
    EXPECT_EQ(middle->datagram, last->datagram);
    const auto head = add({.offset = 0, .size = 1480}, 900);
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->head_arrived);
    EXPECT_EQ(head->datagram, last->datagram);
    EXPECT_TRUE(expire(5000).empty()) << "nothing waits any more";
}

TEST_F(FragmentTableTest, TellsDatagramsApart) {
    const Fragment base{.id = 1, .offset = 1480, .size = 8};
    const auto first = table_.add(test::fragment_view(base), 0, 0);
    Fragment other_id = base, other_user = base, other_protocol = base;
    other_id.id = 2;
    other_user.user += 1;
    other_protocol.ip_protocol = 6;
    EXPECT_NE(add(other_id)->datagram, first->datagram);
    EXPECT_NE(add(other_user)->datagram, first->datagram);
    EXPECT_NE(add(other_protocol)->datagram, first->datagram);
    EXPECT_EQ(table_.size(), 4u);
    EXPECT_EQ(table_.add(test::fragment_view(base), 1, 0).error(), DropReason::fragment_table_full)
        << "another operator's is another datagram, and there is no room";
    EXPECT_EQ(refused(base), DropReason::fragment_duplicate);
}

// RFC 8200 4.5: what a later fragment's header says of the protocol need not be the head's.
TEST_F(FragmentTableTest, Ipv6IgnoresTheProtocol) {
    const auto head = add({.offset = 0, .size = 1232, .is_v6 = true, .ip_protocol = 6});
    const auto rest = add({.offset = 1232, .size = 8, .is_v6 = true, .ip_protocol = 60});
    ASSERT_TRUE(head && rest);
    EXPECT_EQ(rest->datagram, head->datagram);
    EXPECT_EQ(rest->head.ip_protocol, 6);
}

TEST_F(FragmentTableTest, EveryOverlapPoisonsTheDatagram) {
    // Known: [0, 80) and [160, 240).
    for (std::uint16_t from = 0; from < 248; from += 8) {
        for (std::uint16_t size = 1; from + size <= 250; ++size) {
            FragmentTable table(4, 30'000, kKey);
            const auto add_to = [&](std::uint16_t at, std::uint16_t bytes) {
                return table.add(test::fragment_view({.offset = at, .size = bytes}), 0, 0);
            };
            if (from == 0 && size < 8) continue;  // no head without a UDP header
            ASSERT_TRUE(add_to(0, 80));
            ASSERT_TRUE(add_to(160, 80));
            const bool same = (from == 0 || from == 160) && size == 80;
            const bool apart = (from >= 80 && from + size <= 160) || from >= 240;
            const auto answer = add_to(from, size);
            ASSERT_EQ(answer.ok(), apart) << from << " + " << size;
            if (apart) continue;
            EXPECT_EQ(answer.error(),
                      same ? DropReason::fragment_duplicate : DropReason::fragment_overlap);
            const auto later = add_to(80, 80);
            ASSERT_EQ(later.ok(), same) << from << " + " << size;
            if (same) continue;
            EXPECT_EQ(later.error(), DropReason::fragment_overlap);
        }
    }
}

TEST_F(FragmentTableTest, OversizeAndContradictions) {
    struct Row {
        const char* name;
        Fragment first, second;
        std::optional<DropReason> expected;
    };
    const auto oversize = DropReason::fragment_oversize;
    const Row rows[] = {
        {"ends at the limit",
         {.offset = 0, .size = 80},
         {.offset = 65'512, .size = 3, .more = false},
         std::nullopt},
        {"ends beyond it",
         {.offset = 0, .size = 80},
         {.offset = 65'512, .size = 4, .more = false},
         oversize},
        {"IPv6 counts no header",
         {.offset = 0, .size = 80, .is_v6 = true},
         {.offset = 65'528, .size = 7, .more = false, .is_v6 = true},
         std::nullopt},
        {"IPv6 beyond",
         {.offset = 0, .size = 80, .is_v6 = true},
         {.offset = 65'528, .size = 8, .more = false, .is_v6 = true},
         oversize},
        {"beyond the last",
         {.offset = 160, .size = 8, .more = false},
         {.offset = 240, .size = 8},
         oversize},
        {"two lasts",
         {.offset = 160, .size = 8, .more = false},
         {.offset = 80, .size = 8, .more = false},
         oversize},
        {"the last before another",
         {.offset = 160, .size = 8},
         {.offset = 80, .size = 8, .more = false},
         oversize},
        {"the same, now the last",
         {.offset = 160, .size = 8},
         {.offset = 160, .size = 8, .more = false},
         oversize},
        {"the same, last no more",
         {.offset = 160, .size = 8, .more = false},
         {.offset = 160, .size = 8},
         oversize},
        {"before the last",
         {.offset = 160, .size = 8, .more = false},
         {.offset = 152, .size = 8},
         std::nullopt},
    };
    constexpr std::uint32_t kNow = 0;
    for (const Row& row : rows) {
        FragmentTable table(1, 30'000, kKey);
        ASSERT_TRUE(table.add(test::fragment_view(row.first), 0, kNow)) << row.name;
        const auto answer = table.add(test::fragment_view(row.second), 0, kNow);
        ASSERT_EQ(answer.ok(), !row.expected) << row.name;
        if (!row.expected) continue;
        EXPECT_EQ(answer.error(), *row.expected) << row.name;
        const Fragment third{.offset = 8, .size = 8, .is_v6 = row.first.is_v6};
        const auto after = table.add(test::fragment_view(third), 0, kNow);
        EXPECT_EQ(after.error(), *row.expected) << row.name << ": poisoned";
    }
}

TEST_F(FragmentTableTest, EmptyFragmentsAndTooManyAreRefused) {
    EXPECT_EQ(refused({.offset = 80, .size = 0}), DropReason::fragment_tiny);
    EXPECT_EQ(table_.size(), 0u);
    for (std::uint16_t i = 1; i <= kFragmentsMax; ++i)
        EXPECT_EQ(refused({.offset = static_cast<std::uint16_t>(i * 8), .size = 8}), std::nullopt);
    EXPECT_EQ(refused({.offset = 4000, .size = 8}), DropReason::fragment_table_full);
    EXPECT_EQ(refused({.offset = 8, .size = 8}), DropReason::fragment_duplicate);
}

TEST_F(FragmentTableTest, HeadlessAreGivenUpInTime) {
    const std::uint32_t start = 0xffff'ff00;  // the clock goes through zero meanwhile
    const std::uint32_t a = add({.id = 1, .offset = 80, .size = 8}, start)->datagram;
    const std::uint32_t b = add({.id = 2, .offset = 80, .size = 8}, start + 600)->datagram;
    EXPECT_TRUE(expire(start + 1000).empty());
    EXPECT_EQ(expire(start + 1001), std::vector{a});
    EXPECT_TRUE(expire(start + 1600).empty());
    EXPECT_EQ(expire(start + 1601), std::vector{b});
    EXPECT_EQ(table_.size(), 0u);
}

TEST_F(FragmentTableTest, PoisonOutlivesTheWait) {
    const std::uint32_t a = add({.offset = 80, .size = 8})->datagram;
    EXPECT_EQ(refused({.offset = 80, .size = 16}), DropReason::fragment_overlap);
    EXPECT_EQ(expire(1001), std::vector{a}) << "what waits is given back";
    EXPECT_TRUE(expire(2002).empty()) << "once";
    EXPECT_EQ(refused({.offset = 0, .size = 80}, 2000), DropReason::fragment_overlap);
    EXPECT_TRUE(expire(1001 + 30'001).empty());
    EXPECT_EQ(table_.size(), 0u);
    EXPECT_EQ(refused({.offset = 0, .size = 80}, 40'000), std::nullopt);
}

TEST_F(FragmentTableTest, CompleteOnesMakeRoomOldestFirst) {
    for (std::uint32_t id = 1; id <= 4; ++id) {
        EXPECT_EQ(refused({.id = id, .offset = 0, .size = 80}, id), std::nullopt);
        if (id == 1 || id == 4) continue;
        EXPECT_EQ(refused({.id = id, .offset = 80, .size = 8, .more = false}, id), std::nullopt);
    }
    EXPECT_EQ(refused({.id = 5, .offset = 80, .size = 8}, 20), std::nullopt);
    EXPECT_EQ(refused({.id = 3, .offset = 0, .size = 80}, 21), DropReason::fragment_duplicate);
    EXPECT_EQ(refused({.id = 6, .offset = 80, .size = 8}, 22), std::nullopt);
    EXPECT_EQ(refused({.id = 7, .offset = 80, .size = 8}, 23), DropReason::fragment_table_full);
    EXPECT_EQ(refused({.id = 8, .offset = 80, .size = 8}, 30'002), std::nullopt)
        << "number 1 has timed out by now";
}

TEST_F(FragmentTableTest, IdsAreUsedAgain) {
    EXPECT_EQ(refused({.offset = 0, .size = 80}, 0), std::nullopt);
    EXPECT_EQ(refused({.offset = 80, .size = 8, .more = false}, 0), std::nullopt);
    EXPECT_EQ(refused({.offset = 0, .size = 80}, 100), DropReason::fragment_duplicate);
    EXPECT_EQ(refused({.offset = 0, .size = 160}, 101), std::nullopt) << "another datagram";
    EXPECT_EQ(refused({.offset = 160, .size = 8, .more = false}, 101), std::nullopt);
    EXPECT_EQ(table_.size(), 1u);
}

TEST_F(FragmentTableTest, ExpiryIsBounded) {
    FragmentTable table(1000, 30'000, kKey);
    for (std::uint32_t id = 0; id < 1000; ++id)
        ASSERT_TRUE(table.add(test::fragment_view({.id = id, .offset = 8, .size = 8}), 0, 0));
    unsigned calls = 0, rounds = 0;
    while (table.size() > 0) {
        const unsigned before = calls;
        table.expire(2000, [&](std::uint32_t) noexcept { ++calls; });
        EXPECT_LE(calls - before, 64u);
        ASSERT_LT(++rounds, 100u);
    }
    EXPECT_EQ(calls, 1000u);
}

}  // namespace
}  // namespace sluice::flow

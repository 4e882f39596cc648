// FragmentTable against a list of datagrams kept byte by byte: random fragments in random order.
#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "dataplane/flow/fragment_table.h"
#include "tests/support/fragments.h"
#include "tests/support/seed.h"

namespace sluice::flow {
namespace {

using model::DropReason;
using test::Fragment;

constexpr std::uint32_t kHeadWaitMs = 1'000, kTimeoutMs = 5'000;
constexpr std::size_t kDatagrams = 6;

// One datagram, byte by byte.
struct Naive {
    std::uint32_t id = 0;
    std::set<std::uint32_t> bytes{};
    std::vector<Fragment> fragments{};
    bool has_head = false;
    std::optional<std::uint32_t> total{};
    std::optional<DropReason> poison{};
    bool given_up = false;       // poisoned without a head, and reported
    std::uint32_t since_ms = 0;  // when it last changed between headless, known, complete

    bool complete() const { return has_head && total && bytes.size() == *total; }
    bool headless() const { return !has_head && !given_up; }
};

class Oracle {
  public:
    // What add() must say; nothing = accepted.
    std::optional<DropReason> add(const Fragment& f, std::uint32_t now_ms) {
        auto at = find(f.id);
        if (at != all_.end() && f.offset == 0 && at->complete() && now_ms - at->since_ms > 100) {
            all_.erase(at);
            at = all_.end();
        }
        if (at == all_.end()) {
            if (all_.size() == kDatagrams) make_room(now_ms);
            if (all_.size() == kDatagrams) return DropReason::fragment_table_full;
            all_.push_back(Naive{.id = f.id, .since_ms = now_ms});
            at = std::prev(all_.end());
        }
        return judge(*at, f, now_ms);
    }
    const Naive* known(std::uint32_t id) {
        const auto at = find(id);
        return at == all_.end() ? nullptr : &*at;
    }
    // Ids that must be reported.
    std::set<std::uint32_t> expire(std::uint32_t now_ms) {
        std::set<std::uint32_t> reported;
        for (auto at = all_.begin(); at != all_.end();) {
            const std::uint32_t age = now_ms - at->since_ms;
            if (at->headless() && age > kHeadWaitMs) {
                reported.insert(at->id);
                if (!at->poison) {
                    at = all_.erase(at);
                    continue;
                }
                at->given_up = true;
                at->since_ms = now_ms;
            } else if (!at->headless() && age > kTimeoutMs) {
                at = all_.erase(at);
                continue;
            }
            ++at;
        }
        return reported;
    }

  private:
    std::list<Naive>::iterator find(std::uint32_t id) {
        return std::find_if(all_.begin(), all_.end(), [&](const Naive& n) { return n.id == id; });
    }

    void make_room(std::uint32_t now_ms) {
        const auto oldest = [&](auto&& eligible) {
            auto best = all_.end();
            for (auto at = all_.begin(); at != all_.end(); ++at)
                if (eligible(*at) &&
                    (best == all_.end() || now_ms - at->since_ms > now_ms - best->since_ms))
                    best = at;
            return best;
        };
        auto gone = oldest([](const Naive& e) { return e.complete(); });
        if (gone == all_.end())
            gone = oldest(
                [&](const Naive& e) { return !e.headless() && now_ms - e.since_ms > kTimeoutMs; });
        if (gone != all_.end()) all_.erase(gone);
    }

    static std::optional<DropReason> judge(Naive& n, const Fragment& f, std::uint32_t now_ms) {
        if (n.poison) return n.poison;
        const std::uint32_t end = f.offset + f.size;
        bool same = false, overlap = false;
        for (const Fragment& each : n.fragments)
            same = same || (each.offset == f.offset && each.size == f.size && each.more == f.more);
        for (std::uint32_t byte = f.offset; byte < end; ++byte)
            overlap = overlap || n.bytes.contains(byte);
        bool twin = false;  // the same bytes, but not the same flag
        for (const Fragment& each : n.fragments)
            twin = twin || (each.offset == f.offset && each.size == f.size && each.more != f.more);
        const bool beyond = n.total && end > *n.total;
        const bool before = !f.more && !n.bytes.empty() && end <= *n.bytes.rbegin();
        if (same) return DropReason::fragment_duplicate;
        if (overlap && !twin)
            n.poison = DropReason::fragment_overlap;
        else if (twin || beyond || before || (!f.more && n.total))
            n.poison = DropReason::fragment_oversize;
        if (n.poison) return n.poison;
        const bool was_headless = n.headless();
        n.fragments.push_back(f);
        for (std::uint32_t byte = f.offset; byte < end; ++byte)
            n.bytes.insert(byte);
        if (!f.more) n.total = end;
        n.has_head = n.has_head || f.offset == 0;
        if ((was_headless && n.has_head) || n.complete()) n.since_ms = now_ms;
        return std::nullopt;
    }

    std::list<Naive> all_;
};

TEST(FragmentTableProp, AnswersLikeBytes) {
    std::mt19937_64 random(test::seed());
    std::map<std::optional<DropReason>, unsigned> seen;
    unsigned reported = 0;
    for (unsigned round = 0; round < 40; ++round) {
        FragmentTable table(kDatagrams, kTimeoutMs, random(), kHeadWaitMs);
        Oracle oracle;
        auto now_ms = static_cast<std::uint32_t>(random());
        std::map<std::uint32_t, std::uint32_t> handle_ids;
        for (unsigned step = 0; step < 2000; ++step) {
            now_ms += static_cast<std::uint32_t>(1 + random() % (step % 50 == 0 ? 3000 : 40));
            Fragment f{.id = static_cast<std::uint32_t>(random() % 9)};
            f.offset = static_cast<std::uint16_t>(random() % 4 * 16);
            f.size = random() % 12 == 0 ? 24 : 16;
            f.more = f.offset != 48;
            if (random() % 30 == 0) f.more = !f.more;
            const Naive* before = oracle.known(f.id);
            const bool waited = before != nullptr && !before->has_head && !before->poison;
            const auto expected = oracle.add(f, now_ms);
            const auto actual = table.add(test::fragment_view(f), 0, now_ms);
            ASSERT_EQ(actual.ok(), !expected)
                << "step " << step << ": " << model::name_of(expected ? *expected : actual.error());
            ++seen[expected];
            if (expected) {
                ASSERT_EQ(actual.error(), *expected) << "step " << step;
            } else {
                const Naive& naive = *oracle.known(f.id);
                handle_ids[actual->datagram] = f.id;
                ASSERT_EQ(actual->state == FragmentState::head_known, naive.has_head);
                ASSERT_EQ(actual->head_arrived, f.offset == 0 && waited);
                const std::uint32_t port = naive.has_head ? 1000 + f.id : 0;
                ASSERT_EQ(actual->head.source_port, port);
            }
            if (random() % 20 != 0) continue;
            ++now_ms;  // no two datagrams of one age: which goes first is the table's business
            std::set<std::uint32_t> ids;
            table.expire(now_ms, [&](std::uint32_t d) noexcept { ids.insert(handle_ids[d]); });
            ASSERT_EQ(ids, oracle.expire(now_ms)) << "step " << step;
            reported += static_cast<unsigned>(ids.size());
        }
    }
    for (DropReason each : {DropReason::fragment_overlap, DropReason::fragment_duplicate,
                            DropReason::fragment_oversize, DropReason::fragment_table_full})
        EXPECT_GT(seen[each], 100u) << model::name_of(each);
    EXPECT_GT(seen[std::nullopt], 1000u);
    EXPECT_GT(reported, 100u);
}

}  // namespace
}  // namespace sluice::flow

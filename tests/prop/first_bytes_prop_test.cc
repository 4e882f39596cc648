// FirstBytes against a map from position to byte: random segments, some of which lie.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "dataplane/flow/first_bytes.h"
#include "tests/support/seed.h"

namespace sluice::flow {
namespace {

class Stream {
  public:
    explicit Stream(FirstBytesPool& pool) : pool_(pool) {}

    Added add(std::uint32_t at, const std::vector<std::uint8_t>& bytes) {
        const Added expected = naive(at, bytes);
        const Added actual = real_.add(pool_, at, bytes);
        EXPECT_TRUE(actual == expected || (actual == Added::no_memory && expected == Added::grew));
        if (actual == Added::grew)
            for (std::size_t i = 0; i < bytes.size(); ++i)
                known_[at + static_cast<std::uint32_t>(i)] = bytes[i];
        check();
        return actual;
    }
    void release() {
        real_.release(pool_);
        known_.clear();
        check();
    }
    bool agrees(std::uint32_t at, const std::vector<std::uint8_t>& bytes) const {
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const auto found = known_.find(at + static_cast<std::uint32_t>(i));
            if (found != known_.end() && found->second != bytes[i]) return false;
        }
        return true;
    }

  private:
    Added naive(std::uint32_t at, const std::vector<std::uint8_t>& bytes) const {
        EXPECT_EQ(real_.agrees(pool_, at, bytes), agrees(at, bytes));
        if (bytes.empty()) return Added::duplicate;
        if (!agrees(at, bytes)) return Added::rewritten;
        if (at + bytes.size() > kLargeBuffer) return Added::full;
        auto after = known_;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            after[at + static_cast<std::uint32_t>(i)] = bytes[i];
        if (after.size() == known_.size()) return Added::duplicate;
        return islands(after) > kRangesMax ? Added::full : Added::grew;
    }
    static std::size_t islands(const std::map<std::uint32_t, std::uint8_t>& bytes) {
        std::size_t count = 0;
        for (const auto& [at, byte] : bytes)
            count += at == 0 || !bytes.contains(at - 1);
        return count;
    }
    void check() const {
        std::vector<std::uint8_t> prefix;
        for (auto at = known_.begin(); at != known_.end() && at->first == prefix.size(); ++at)
            prefix.push_back(at->second);
        const Bytes actual = real_.contiguous(pool_);
        ASSERT_EQ(std::vector(actual.begin(), actual.end()), prefix);
        ASSERT_EQ(real_.has_hole(), prefix.size() < known_.size());
    }

    FirstBytesPool& pool_;
    FirstBytes real_{};
    std::map<std::uint32_t, std::uint8_t> known_;
};

TEST(FirstBytesProp, AnswersLikeAMap) {
    std::mt19937_64 random(test::seed());
    FirstBytesPool pool(2, 2);
    std::map<Added, unsigned> seen;
    for (unsigned round = 0; round < 15; ++round) {
        std::vector<Stream> streams(3, Stream(pool));
        // Short streams make many touching segments, long ones leave the small buffer.
        const std::uint32_t span = round % 3 == 0 ? 22'000 : round % 3 == 1 ? 2'500 : 60;
        for (unsigned step = 0; step < 60 && !testing::Test::HasFailure(); ++step) {
            Stream& stream = streams[random() % streams.size()];
            const auto at = static_cast<std::uint32_t>(random() % span);
            std::vector<std::uint8_t> bytes(random() % (span / 6));
            for (std::size_t i = 0; i < bytes.size(); ++i)
                bytes[i] = static_cast<std::uint8_t>((at + i) * 7);
            if (random() % 8 == 0 && !bytes.empty()) bytes[random() % bytes.size()] ^= 1;
            ++seen[stream.add(at, bytes)];
            if (random() % 40 == 0) stream.release();
        }
        for (Stream& stream : streams)
            stream.release();
        ASSERT_EQ(pool.used(), 0u);
    }
    for (Added each :
         {Added::grew, Added::duplicate, Added::rewritten, Added::full, Added::no_memory})
        EXPECT_GT(seen[each], 0u) << "the walk came by answer " << static_cast<int>(each);
}

}  // namespace
}  // namespace sluice::flow

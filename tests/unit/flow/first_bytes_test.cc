// FirstBytes: every two-way and three-way split in every order, limits, retransmissions that lie.
#include "dataplane/flow/first_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::flow {
namespace {

std::vector<std::uint8_t> pattern(std::size_t size) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    return bytes;
}

class FirstBytesTest : public testing::Test {
  protected:
    Added add(std::uint32_t at, Bytes from) { return bytes_.add(pool_, at, from); }
    Added add_slice(std::uint32_t from, std::uint32_t to) {
        return add(from, Bytes(stream_).subspan(from, to - from));
    }
    bool is_prefix(std::size_t size) {
        const Bytes known = bytes_.contiguous(pool_);
        return known.size() == size && std::equal(known.begin(), known.end(), stream_.begin());
    }
    std::vector<std::uint8_t> stream_ = pattern(kLargeBuffer);
    FirstBytesPool pool_{2, 1};
    FirstBytes bytes_{};
};

TEST_F(FirstBytesTest, EverySplitInEveryOrder) {
    constexpr std::uint32_t kSize = 24;
    for (std::uint32_t a = 0; a <= kSize; ++a) {
        for (std::uint32_t b = a; b <= kSize; ++b) {
            std::array<std::pair<std::uint32_t, std::uint32_t>, 3> parts = {
                {{0, a}, {a, b}, {b, kSize}}};
            std::sort(parts.begin(), parts.end());
            do {
                for (const auto& [from, to] : parts)
                    EXPECT_EQ(add_slice(from, to), from == to ? Added::duplicate : Added::grew);
                EXPECT_TRUE(is_prefix(kSize));
                EXPECT_FALSE(bytes_.has_hole());
                EXPECT_EQ(add_slice(0, kSize), Added::duplicate);
                bytes_.release(pool_);
                EXPECT_EQ(pool_.used(), 0u);
            } while (std::next_permutation(parts.begin(), parts.end()));
        }
    }
}

TEST_F(FirstBytesTest, SaysWhatIsMissing) {
    EXPECT_FALSE(bytes_.has_hole());
    EXPECT_TRUE(bytes_.contiguous(pool_).empty());
    EXPECT_EQ(add_slice(10, 20), Added::grew);
    EXPECT_TRUE(bytes_.has_hole());
    EXPECT_TRUE(bytes_.contiguous(pool_).empty());
    EXPECT_EQ(add_slice(0, 5), Added::grew);
    EXPECT_TRUE(is_prefix(5));
    EXPECT_TRUE(bytes_.has_hole());
    EXPECT_EQ(add_slice(3, 15), Added::grew);
    EXPECT_TRUE(is_prefix(20));
    EXPECT_FALSE(bytes_.has_hole());
}

TEST_F(FirstBytesTest, RetransmissionWithOtherContentChangesNothing) {
    add_slice(0, 100);
    add_slice(200, 300);
    for (std::uint32_t at : {0u, 99u, 200u, 299u}) {
        std::vector<std::uint8_t> lie(stream_.begin(), stream_.begin() + 400);
        lie[at] ^= 0x20;
        EXPECT_FALSE(bytes_.agrees(pool_, 0, lie)) << at;
        EXPECT_EQ(add(0, lie), Added::rewritten) << at;
        EXPECT_TRUE(is_prefix(100));
    }
    std::vector<std::uint8_t> other_hole(stream_.begin(), stream_.begin() + 400);
    other_hole[150] ^= 0x20;  // nothing is known there
    EXPECT_TRUE(bytes_.agrees(pool_, 0, other_hole));
    EXPECT_TRUE(bytes_.agrees(pool_, 0xffff'fff0u, stream_));
}

TEST_F(FirstBytesTest, GrowsFromSmallToLargeWithItsBytes) {
    EXPECT_EQ(add_slice(0, 1000), Added::grew);
    EXPECT_EQ(add_slice(1500, kSmallBuffer), Added::grew);
    EXPECT_EQ(add_slice(3000, kLargeBuffer), Added::grew);
    EXPECT_EQ(pool_.used(), 1u);
    EXPECT_EQ(add_slice(1000, 1500), Added::grew);
    EXPECT_TRUE(is_prefix(kSmallBuffer));
    EXPECT_EQ(add_slice(kSmallBuffer, 3000), Added::grew);
    EXPECT_TRUE(is_prefix(kLargeBuffer));
}

TEST_F(FirstBytesTest, RefusesBeyondItsLimits) {
    EXPECT_EQ(add(kLargeBuffer, Bytes(stream_).first(1)), Added::full);
    EXPECT_EQ(add(kLargeBuffer - 1, Bytes(stream_).first(2)), Added::full);
    EXPECT_EQ(add(0xffff'ffffu, Bytes(stream_).first(2)), Added::full);
    EXPECT_EQ(pool_.used(), 0u);
    for (std::uint32_t i = 0; i < kRangesMax; ++i)
        EXPECT_EQ(add_slice(i * 10, i * 10 + 5), Added::grew);
    EXPECT_EQ(add_slice(500, 501), Added::full);
    EXPECT_EQ(add_slice(5, 10), Added::grew) << "joins two: there is room again";
    EXPECT_EQ(add_slice(500, 501), Added::grew);
}

TEST_F(FirstBytesTest, EmptyPoolsTakeNothing) {
    std::array<FirstBytes, 3> others{};
    for (FirstBytes& other : others)  // two small and, in want of a third, the large one
        EXPECT_EQ(other.add(pool_, 0, Bytes(stream_).first(10)), Added::grew);
    EXPECT_EQ(pool_.used(), 3u);
    EXPECT_EQ(add_slice(0, 10), Added::no_memory);
    EXPECT_EQ(others[0].add(pool_, 10, Bytes(stream_).subspan(10, 3000)), Added::no_memory);
    EXPECT_EQ(others[0].contiguous(pool_).size(), 10u);
    others[2].release(pool_);
    EXPECT_EQ(others[0].add(pool_, 10, Bytes(stream_).subspan(10, 3000)), Added::grew);
    EXPECT_EQ(others[0].contiguous(pool_).size(), 3010u);
    EXPECT_EQ(add_slice(0, 10), Added::grew) << "the small buffer came back";
}

TEST_F(FirstBytesTest, ReleaseTwiceIsHarmless) {
    add_slice(0, 10);
    bytes_.release(pool_);
    bytes_.release(pool_);
    EXPECT_EQ(pool_.used(), 0u);
    EXPECT_EQ(add_slice(5, 10), Added::grew);
}

}  // namespace
}  // namespace sluice::flow

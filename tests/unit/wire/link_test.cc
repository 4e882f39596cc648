// Link types: every number people meet in captures, and none besides.
#include "dataplane/wire/link.h"

#include <gtest/gtest.h>

namespace sluice::wire {
namespace {

struct Row {
    std::uint32_t number;
    Link link;
};
constexpr Row kRows[] = {
    {0, Link::null_loop},   {1, Link::ethernet}, {9, Link::ppp},      {12, Link::raw_ip},
    {14, Link::raw_ip},     {50, Link::ppp},     {101, Link::raw_ip}, {108, Link::null_loop},
    {113, Link::linux_sll}, {228, Link::raw_ip}, {229, Link::raw_ip}, {276, Link::linux_sll2},
};

TEST(Link, KnowsExactlyItsNumbers) {
    std::size_t known = 0;
    for (std::uint32_t number = 0; number < 70'000; ++number) {
        const auto link = link_of_type(number);
        if (!link) continue;
        ASSERT_LT(known, std::size(kRows));
        EXPECT_EQ(number, kRows[known].number);
        EXPECT_EQ(*link, kRows[known].link) << number;
        ++known;
    }
    EXPECT_EQ(known, std::size(kRows));
    EXPECT_FALSE(link_of_type(~0u));
}

TEST(Link, NamesDiffer) {
    for (unsigned a = 0; a < kLinkCount; ++a)
        for (unsigned b = 0; b < a; ++b)
            EXPECT_NE(name_of(static_cast<Link>(a)), name_of(static_cast<Link>(b)));
}

}  // namespace
}  // namespace sluice::wire

// References survive being written, read out and typed in again.
#include "rules/ipc/reference.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::ipc {
namespace {

TEST(Reference, IsReadBackAsWritten) {
    for (std::uint64_t n = 1; n != 0; n = n * 3 + 1 < n ? 0 : n * 3 + 1)
        EXPECT_EQ(parse_reference(reference_text(n).view()), n);
    for (std::uint64_t n : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 63})
        EXPECT_EQ(parse_reference(reference_text(n).view()), n);
}

TEST(Reference, Shape) {
    EXPECT_EQ(reference_text(0).view(), "0000-0000-00000");
    EXPECT_EQ(reference_text(~std::uint64_t{0}).view(), "FZZZ-ZZZZ-ZZZZZ");
    EXPECT_EQ(reference_text(32 * 10 + 31).view(), "0000-0000-000AZ");
}

TEST(Reference, ForgivesWhatPeopleDo) {
    EXPECT_EQ(parse_reference("0000-0000-000az"), 351u);
    EXPECT_EQ(parse_reference("00000000000AZ"), 351u);
    EXPECT_EQ(parse_reference("oooo-oooo-oooIl"), 33u);
}

TEST(Reference, RefusesEverythingElse) {
    for (const char* bad : {"", "-", "0000-0000-0000", "0000-0000-000000", "G000-0000-00000",
                            "0000-0000-0000U", "00000-000-00000", "0000_0000_00000"})
        EXPECT_FALSE(parse_reference(bad)) << bad;
}

}  // namespace
}  // namespace sluice::ipc

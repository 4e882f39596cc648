// Blame: lines that stay keep their commit, in small and in large changes.
#include "control/commit/blame.h"

#include <gtest/gtest.h>

namespace sluice::control {
namespace {

std::string told(const std::vector<BlamedLine>& lines) {
    std::string out;
    for (const BlamedLine& line : lines)
        out += std::to_string(line.serial) + line.text + " ";
    return out;
}

TEST(Blame, LinesThatStayKeepTheirCommit) {
    auto lines = blame({}, {1, "a\nb\nc\n"});
    EXPECT_EQ(told(lines), "1a 1b 1c ");
    lines = blame(lines, {2, "a\nx\nc\nd\n"});
    EXPECT_EQ(told(lines), "1a 2x 1c 2d ");
    lines = blame(lines, {3, "x\nc\ny\nd\na"});
    EXPECT_EQ(told(lines), "2x 1c 3y 2d 3a ");
    EXPECT_EQ(told(blame(lines, {4, ""})), "");
    EXPECT_EQ(told(blame({}, {5, "\n\nz"})), "5 5 5z ");
}

TEST(Blame, ALargeListMayBeReordered) {
    std::string up, down;
    for (int i = 0; i < 5'000; ++i) {
        up += std::to_string(i) + "\n";
        down += std::to_string(4'999 - i) + "\n";
    }
    const auto lines = blame(blame({}, {1, up}), {2, down + "new\n"});
    ASSERT_EQ(lines.size(), 5'001u);
    EXPECT_EQ(lines.front().serial, 1u);
    EXPECT_EQ(lines.back().serial, 2u);
    EXPECT_EQ(lines[4'999].serial, 1u);
}

}  // namespace
}  // namespace sluice::control

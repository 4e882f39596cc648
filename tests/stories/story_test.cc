// Runs every tests/stories/*/*.story: packets in, fates out, flows and counters in words. A failure
// prints file:line. To accept new behaviour, edit the story; it is reviewed as a specification.
// The language is described in README.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules/load/load_policy.h"
#include "tests/stories/story_player.h"

namespace sluice::testing {
namespace {

namespace fs = std::filesystem;

class StoryTest : public ::testing::TestWithParam<fs::path> {};

TEST_P(StoryTest, PlaysAsWritten) {
    std::ifstream file(GetParam());
    ASSERT_TRUE(file) << GetParam();
    StoryPlayer player(fs::path(SLUICE_STORIES) / "policy");
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        SCOPED_TRACE(GetParam().filename().string() + ":" + std::to_string(number) + ": " + line);
        const std::string problem = player.play(line);
        EXPECT_EQ(problem, "");
    }
    EXPECT_EQ(player.finish(), "");
    EXPECT_TRUE(player.saw_packets()) << "a story without packets tests nothing";
}

std::vector<fs::path> stories() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(SLUICE_STORIES))
        if (entry.path().extension() == ".story") found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

INSTANTIATE_TEST_SUITE_P(All, StoryTest, ::testing::ValuesIn(stories()), [](const auto& story) {
    const fs::path name = fs::relative(story.param, SLUICE_STORIES);
    return name.parent_path().string() + "_" + name.stem().string();
});

}  // namespace
}  // namespace sluice::testing

// Request bodies: what is taken, what is refused, and paths that would leave the policy.
#include "control/api/body.h"

#include <gtest/gtest.h>

namespace sluice::control {
namespace {

TEST(Body, Commit) {
    const auto b = parse_commit_body(
        R"({"files":{"a.yaml":"x","lists/b":""},"reason":"r","base":"HEAD","confirm_seconds":600})");
    ASSERT_TRUE(b.ok()) << b.error().message;
    EXPECT_EQ(b->sent.files, (FileSet{{"a.yaml", "x"}, {"lists/b", ""}}));
    EXPECT_EQ(b->base, "HEAD");
    EXPECT_EQ(b->confirm_seconds, 600);
}

TEST(Body, EveryBadCommitIsRefusedAsUsage) {
    const std::string hash(64, 'a');
    const std::string cases[] = {
        "",
        "{",
        "[]",
        "null",
        "7",
        R"({"files":{"a":"x"}})",
        R"({"files":{"a":"x"},"reason":"  "})",
        R"({"files":{"a":"x"},"reason":7})",
        R"({"files":{},"reason":"r"})",
        R"({"reason":"r"})",
        R"({"files":[],"reason":"r"})",
        R"({"files":{"a":7},"reason":"r"})",
        R"({"files":{"../a":"x"},"reason":"r"})",
        R"({"files":{"a":"x"},"reason":"r","mistyped":1})",
        R"({"files":{"a":"x"},"reason":"r","confirm_seconds":0})",
        R"({"files":{"a":"x"},"reason":"r","confirm_seconds":-5})",
        R"({"files":{"a":"x"},"reason":"r","confirm_seconds":1.5})",
        R"({"files":{"a":"x"},"reason":"r","confirm_seconds":86401})",
        R"({"files":{"a":"x"},"unchanged":{"b":"short"},"reason":"r"})",
        R"({"files":{"a":"x"},"unchanged":{"a":")" + hash + R"("},"reason":"r"})",
        R"({"files":{"a":"x"},"reason":")" + std::string(1001, 'r') + R"("})",
        std::string(100'000, '[')};
    for (const std::string& text : cases) {
        const auto b = parse_commit_body(text);
        ASSERT_FALSE(b.ok()) << text.substr(0, 100);
        EXPECT_EQ(b.error().code, ErrorCode::usage) << text.substr(0, 100);
    }
}

TEST(Body, PathsStayInside) {
    for (const char* good : {"policy.yaml", "lists/a.txt", "a/b/c", "..a", "a..", ".hidden"})
        EXPECT_TRUE(is_inside_path(good)) << good;
    for (const char* bad : {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "./a",
                            "a\nb", "a\\b", "a\x7f"})
        EXPECT_FALSE(is_inside_path(bad)) << bad;
    EXPECT_FALSE(is_inside_path(std::string(256, 'a')));
    EXPECT_FALSE(is_inside_path(std::string_view("a\0b", 3)));
}

TEST(Body, Explain) {
    EXPECT_TRUE(parse_explain_body(R"({"subject":"a.kz","organisation":"o"})").ok());
    EXPECT_FALSE(parse_explain_body(R"({"organisation":"o"})").ok());
    EXPECT_FALSE(parse_explain_body(R"({"subject":")" + std::string(601, 'a') + R"("})").ok());
}

TEST(Body, Diff) {
    EXPECT_EQ(parse_diff_body("{}")->from, "HEAD");
    EXPECT_TRUE(parse_diff_body(R"({"from":"r1","files":{"a":"x"}})")->sent.has_value());
    EXPECT_FALSE(parse_diff_body(R"({"files":{}})").ok());
}

}  // namespace
}  // namespace sluice::control

// Publishing and loading bundles: sharing, every kind of damage, and what pruning may take.
#include "rules/ipc/bundle_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "rules/compile/compile.h"
#include "tests/unit/lookup/small_policy.h"

namespace sluice::ipc {
namespace {

namespace fs = std::filesystem;

class BundleFile : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "sluice-bundle-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        home_ = name;
        dir_ = home_ / "bundles";
    }
    void TearDown() override { fs::remove_all(home_); }

    CompiledBundle compiled(const model::Policy& policy, const CompiledBundle* previous = nullptr) {
        compile::CompileOptions options;
        options.previous = previous;
        auto result = compile::compile(policy, options);
        EXPECT_TRUE(result.ok());
        return std::move(result).value().bundle;
    }
    static std::string contents(const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static void overwrite(const fs::path& file, const std::string& text) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
    }
    fs::path section(const CompiledSection& s) const {
        return dir_ / "sections" / to_hex(s.sha256);
    }
    BundleFault fault() const {
        auto loaded = load_current(dir_);
        EXPECT_FALSE(loaded.ok());
        return loaded.ok() ? BundleFault::io : loaded.error().fault;
    }
    static std::size_t files(const fs::path& dir) {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(dir), fs::directory_iterator()));
    }

    fs::path home_, dir_;
};

TEST_F(BundleFile, WhatIsPublishedIsLoaded) {
    EXPECT_EQ(fault(), BundleFault::no_current);
    const auto bundle = compiled(test::small_policy());
    const auto hash = publish(dir_, bundle, 7, UtcTime{1'800'000'000});
    ASSERT_TRUE(hash.ok()) << hash.error().message;
    EXPECT_EQ(*hash, bundle.hash());
    const auto loaded = load_current(dir_);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded->hash, *hash);
    EXPECT_EQ(loaded->serial, 7u);
    EXPECT_EQ(loaded->created, UtcTime{1'800'000'000});
    EXPECT_EQ(loaded->view.title(), "Small");
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(loaded->catalog->memory.bytes().data()) % 64, 0u);
}

TEST_F(BundleFile, UnchangedSectionsAreSharedWithoutReading) {
    auto policy = test::small_policy();
    const auto first = compiled(policy);
    ASSERT_TRUE(publish(dir_, first, 1, UtcTime{1}).ok());
    const auto before = load_current(dir_);
    policy.title = "Another";
    const auto second = compiled(policy, &first);
    EXPECT_EQ(second.catalog.bytes, first.catalog.bytes);
    EXPECT_EQ(second.names.bytes, first.names.bytes);
    ASSERT_TRUE(publish(dir_, second, 2, UtcTime{2}).ok());
    overwrite(section(second.catalog), "no longer read");
    overwrite(section(second.names), "no longer read");
    const auto after = load_current(dir_, &*before);
    ASSERT_TRUE(after.ok()) << after.error().message;
    EXPECT_EQ(after->catalog, before->catalog);
    EXPECT_EQ(after->names, before->names);
    EXPECT_EQ(after->view.title(), "Another");
    EXPECT_EQ(before->view.title(), "Small");
    EXPECT_EQ(fault(), BundleFault::bad_section);
    // Publishing the same bundle again mends the files.
    ASSERT_TRUE(publish(dir_, second, 3, UtcTime{3}).ok());
    EXPECT_TRUE(load_current(dir_).ok());
}

TEST_F(BundleFile, EveryCutAndEveryFlippedByteIsRefused) {
    const auto bundle = compiled(test::small_policy());
    const auto hash = publish(dir_, bundle, 1, UtcTime{1});
    const fs::path manifest = dir_ / "manifests" / to_hex(*hash);
    for (const fs::path& file : {manifest, dir_ / "current", section(bundle.policy)}) {
        const std::string good = contents(file);
        const std::size_t step = good.size() > 400 ? good.size() / 97 : 1;
        for (std::size_t at = 0; at < good.size(); at += step) {
            overwrite(file, good.substr(0, at));
            ASSERT_FALSE(load_current(dir_).ok()) << file << " cut to " << at;
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x10);
            overwrite(file, bad);
            ASSERT_FALSE(load_current(dir_).ok()) << file << " flipped at " << at;
        }
        overwrite(file, good + "x");
        ASSERT_FALSE(load_current(dir_).ok());
        fs::remove(file);
        ASSERT_FALSE(load_current(dir_).ok());
        overwrite(file, good);
        ASSERT_TRUE(load_current(dir_).ok());
    }
    fs::remove(section(bundle.names));
    ASSERT_EQ(mkfifo(section(bundle.names).c_str(), 0600), 0);
    EXPECT_EQ(fault(), BundleFault::bad_section);  // and it did not wait for a writer
}

TEST_F(BundleFile, SectionsOfDifferentBundlesDoNotMix) {
    auto policy = test::small_policy();
    const auto first = compiled(policy);
    CompiledBundle mixed = compiled(policy);  // another name key
    mixed.names = first.names;
    ASSERT_TRUE(publish(dir_, mixed, 1, UtcTime{1}).ok());
    EXPECT_EQ(fault(), BundleFault::refused);
}

TEST_F(BundleFile, PruneKeepsWhatIsNamed) {
    auto policy = test::small_policy();
    CompiledBundle bundle = compiled(policy);
    std::vector<Sha256> hashes;
    for (std::uint64_t serial = 1; serial <= 5; ++serial) {
        policy.title = "Serial " + std::to_string(serial);
        bundle = compiled(policy, &bundle);
        hashes.push_back(*publish(dir_, bundle, serial, UtcTime{1}));
    }
    overwrite(dir_ / "sections" / ".new-interrupted", "half a section");
    EXPECT_EQ(files(dir_ / "sections"), 4u + 5 + 1);  // the policy is new each time
    EXPECT_EQ(prune(dir_, 2), 3u + 3 + 1);
    EXPECT_EQ(files(dir_ / "manifests"), 2u);
    EXPECT_EQ(files(dir_ / "sections"), 4u + 2);
    ASSERT_TRUE(load_current(dir_).ok());
    EXPECT_EQ(load_current(dir_)->serial, 5u);
    const auto left = list_manifests(dir_);
    ASSERT_EQ(left.size(), 2u);
    EXPECT_EQ(left[0].hash, hashes[4]);
    EXPECT_EQ(left[1].serial, 4u);
}

}  // namespace
}  // namespace sluice::ipc

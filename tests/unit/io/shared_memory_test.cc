// Shared files as the data plane makes them and as readers see them.
#include "dataplane/io/shared_memory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "rules/ipc/shm_layout.h"
#include "rules/ipc/shm_reader.h"

namespace sluice::io {
namespace {

class SharedMemoryTest : public ::testing::Test {
  protected:
    SharedMemoryTest() {
        std::string pattern = ::testing::TempDir() + "sluice-shared-XXXXXX";
        SLUICE_ASSERT(mkdtemp(pattern.data()) != nullptr);
        dir_ = pattern + "/run";  // made by create()
    }
    ~SharedMemoryTest() override {
        std::filesystem::remove_all(std::filesystem::path(dir_).parent_path());
    }
    std::string dir_;
};

unsigned mode_of(const std::string& path) {
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

TEST_F(SharedMemoryTest, WhatIsPublishedIsRead) {
    auto shared = SharedMemory::create(dir_, 2, 1234);
    ASSERT_TRUE(shared.ok());
    ipc::CounterBlock block;
    block.rx = 42;
    shared->counters(1).publish(block);
    ipc::Event event;
    event.reference = 77;
    ASSERT_TRUE(shared->events(1).push(event));

    const auto counters = ipc::CountersReader::open(dir_);
    ASSERT_TRUE(counters.ok());
    EXPECT_EQ(counters->workers(), 2u);
    EXPECT_EQ(counters->header().started_utc_ns, 1234u);
    EXPECT_EQ(counters->read(0)->rx, 0u);
    EXPECT_EQ(counters->read(1)->rx, 42u);
    auto events = ipc::EventReader::open(dir_, 1);
    ASSERT_TRUE(events.ok());
    ipc::Event seen;
    ASSERT_TRUE(events->pop(seen));
    EXPECT_EQ(seen.reference, 77u);
}

TEST_F(SharedMemoryTest, ModesAreForTheGroup) {
    ASSERT_TRUE(SharedMemory::create(dir_, 1, 0).ok());
    EXPECT_EQ(mode_of(dir_), 0750u);
    EXPECT_EQ(mode_of(ipc::counters_path(dir_)), 0640u);
    EXPECT_EQ(mode_of(ipc::events_path(dir_, 0)), 0660u);
}

TEST_F(SharedMemoryTest, AStartIsSeenByReadersOfTheLastOne) {
    auto first = SharedMemory::create(dir_, 1, 0);
    ASSERT_TRUE(first.ok());
    first->counters(0).publish({.rx = 5});
    const auto reader = ipc::CountersReader::open(dir_);
    const auto events = ipc::EventReader::open(dir_, 0);
    ASSERT_TRUE(reader.ok() && events.ok());
    EXPECT_FALSE(reader->replaced());
    auto second = SharedMemory::create(dir_, 1, 0);
    ASSERT_TRUE(second.ok());
    EXPECT_TRUE(reader->replaced());
    EXPECT_TRUE(events->replaced());
    EXPECT_EQ(ipc::CountersReader::open(dir_)->read(0)->rx, 0u);
}

TEST_F(SharedMemoryTest, ADirectoryThatCannotBeMadeIsSaid) {
    const auto none = SharedMemory::create("/proc/sluice", 1, 0);
    ASSERT_FALSE(none.ok());
    EXPECT_NE(none.error().find("/proc/sluice"), std::string::npos);
}

}  // namespace
}  // namespace sluice::io

// Shared files: what is ours is mapped and read, everything else is refused by name.
#include "rules/ipc/shm_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "rules/ipc/shm_layout.h"

namespace sluice::ipc {
namespace {

class ShmReaderTest : public ::testing::Test {
  protected:
    ShmReaderTest() {
        std::string pattern = ::testing::TempDir() + "sluice-shm-XXXXXX";
        SLUICE_ASSERT(mkdtemp(pattern.data()) != nullptr);
        dir_ = pattern;
    }
    ~ShmReaderTest() override { std::filesystem::remove_all(dir_); }

    void write(const std::string& path, const void* data, std::size_t size) {
        std::filesystem::remove(path);
        std::ofstream file(path, std::ios::binary);
        file.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
        ASSERT_TRUE(file.good());
    }
    // A counters file in which worker i has received 100 + i packets.
    std::vector<std::uint8_t> counters(CountersHeader header) {
        std::vector<std::uint8_t> bytes(counters_file_bytes(header.workers));
        std::memcpy(bytes.data(), &header, sizeof(header));
        for (std::uint32_t i = 0; i < header.workers; ++i) {
            auto slot = std::make_unique<CounterSlot>();
            CounterBlock block;
            block.rx = 100 + i;
            block.decided.back() = 7;
            slot->publish(block);
            std::memcpy(bytes.data() + kCounterSlotsOffset + i * sizeof(CounterSlot),
                        static_cast<const void*>(slot.get()), sizeof(CounterSlot));
        }
        return bytes;
    }
    std::string dir_;
};

TEST_F(ShmReaderTest, CountersOfEveryWorker) {
    CountersHeader header;
    header.workers = 3;
    const auto bytes = counters(header);
    write(counters_path(dir_), bytes.data(), bytes.size());
    const auto reader = CountersReader::open(dir_);
    ASSERT_TRUE(reader.ok());
    ASSERT_EQ(reader->workers(), 3u);
    CounterBlock sum;
    for (std::uint32_t i = 0; i < 3; ++i) {
        const auto block = reader->read(i);
        ASSERT_TRUE(block.has_value());
        EXPECT_EQ(block->rx, 100u + i);
        add(sum, *block);
    }
    EXPECT_EQ(sum.rx, 303u);
    EXPECT_EQ(sum.decided.back(), 21u);
    EXPECT_FALSE(reader->replaced());
}

TEST_F(ShmReaderTest, ReplacementIsSeen) {
    CountersHeader header;
    header.workers = 1;
    const auto bytes = counters(header);
    write(counters_path(dir_), bytes.data(), bytes.size());
    const auto reader = CountersReader::open(dir_);
    ASSERT_TRUE(reader.ok());
    const std::string fresh = dir_ + "/fresh";
    write(fresh, bytes.data(), bytes.size());
    std::filesystem::rename(fresh, counters_path(dir_));
    EXPECT_TRUE(reader->replaced());
    std::filesystem::remove(counters_path(dir_));
    EXPECT_TRUE(reader->replaced());
    EXPECT_EQ(reader->read(0)->rx, 100u);  // the old mapping stays readable
}

TEST_F(ShmReaderTest, WriterThatDiedMidWayIsGivenUp) {
    CountersHeader header;
    header.workers = 1;
    auto bytes = counters(header);
    bytes[kCounterSlotsOffset] |= 1;  // the sequence number stays odd
    write(counters_path(dir_), bytes.data(), bytes.size());
    const auto reader = CountersReader::open(dir_);
    ASSERT_TRUE(reader.ok());
    EXPECT_FALSE(reader->read(0).has_value());
}

TEST_F(ShmReaderTest, ForeignCountersAreRefused) {
    EXPECT_EQ(CountersReader::open(dir_).error().failure, ShmFailure::missing);

    CountersHeader header;
    header.workers = 2;
    const auto good = counters(header);
    for (const std::size_t size : {std::size_t{0}, sizeof(CountersHeader), good.size() - 1}) {
        write(counters_path(dir_), good.data(), size);
        EXPECT_EQ(CountersReader::open(dir_).error().failure, ShmFailure::not_ours) << size;
    }
    CountersHeader other = header;
    other.layout += 8;
    const auto other_build = counters(other);
    write(counters_path(dir_), other_build.data(), other_build.size());
    EXPECT_EQ(CountersReader::open(dir_).error().failure, ShmFailure::other_build);
    other = header;
    other.magic ^= 1;
    const auto other_magic = counters(other);
    write(counters_path(dir_), other_magic.data(), other_magic.size());
    EXPECT_EQ(CountersReader::open(dir_).error().failure, ShmFailure::not_ours);
    other = header;
    other.workers = kWorkersMax + 1;
    const auto too_many = counters(other);
    write(counters_path(dir_), too_many.data(), too_many.size());
    EXPECT_EQ(CountersReader::open(dir_).error().failure, ShmFailure::not_ours);
}

TEST_F(ShmReaderTest, EventsComeOutInOrderAndTheTailIsShared) {
    auto ring = std::make_unique<EventRing>();
    for (std::uint64_t i = 1; i <= 3; ++i) {
        Event event;
        event.reference = i;
        ASSERT_TRUE(ring->push(event));
    }
    write(events_path(dir_, 5), ring.get(), sizeof(EventRing));
    Event event;
    {
        auto reader = EventReader::open(dir_, 5);
        ASSERT_TRUE(reader.ok());
        ASSERT_TRUE(reader->pop(event));
        EXPECT_EQ(event.reference, 1u);
    }
    auto next = EventReader::open(dir_, 5);  // a consumer that restarts goes on where it was
    ASSERT_TRUE(next.ok());
    ASSERT_TRUE(next->pop(event));
    EXPECT_EQ(event.reference, 2u);
    ASSERT_TRUE(next->pop(event));
    EXPECT_FALSE(next->pop(event));
}

TEST_F(ShmReaderTest, EventsThatCannotBeAreSkipped) {
    auto ring = std::make_unique<EventRing>();
    for (std::uint64_t i = 0; i < 8; ++i) {
        Event event;
        event.reference = i;
        if (i == 1) event.name_size = kNameSizeMax + 1;
        if (i == 2) event.kind = static_cast<EventKind>(3);
        if (i == 3) event.reason = static_cast<model::Reason>(model::kReasonCount);
        if (i == 4) event.protocol = static_cast<model::Protocol>(model::kProtocols.size());
        if (i == 5) event.name_size = kNameSizeMax;
        if (i == 6) event.alarm = static_cast<Alarm>(kAlarmCount);
        if (i == 7) std::memset(&event.raised, 2, 1);
        ASSERT_TRUE(ring->push(event));
    }
    write(events_path(dir_, 0), ring.get(), sizeof(EventRing));
    auto reader = EventReader::open(dir_, 0);
    Event event;
    ASSERT_TRUE(reader->pop(event));
    EXPECT_EQ(event.reference, 0u);
    ASSERT_TRUE(reader->pop(event));
    EXPECT_EQ(event.reference, 5u);
    EXPECT_EQ(event.name().size(), kNameSizeMax);
    EXPECT_FALSE(reader->pop(event));
}

TEST_F(ShmReaderTest, ForeignRingsAreRefused) {
    EXPECT_EQ(EventReader::open(dir_, 0).error().failure, ShmFailure::missing);
    auto ring = std::make_unique<EventRing>();
    write(events_path(dir_, 0), ring.get(), sizeof(EventRing) - 1);
    EXPECT_EQ(EventReader::open(dir_, 0).error().failure, ShmFailure::not_ours);
    ring->layout += 8;
    write(events_path(dir_, 0), ring.get(), sizeof(EventRing));
    EXPECT_EQ(EventReader::open(dir_, 0).error().failure, ShmFailure::other_build);
    ring->magic ^= 1;
    write(events_path(dir_, 0), ring.get(), sizeof(EventRing));
    EXPECT_EQ(EventReader::open(dir_, 0).error().failure, ShmFailure::not_ours);
}

}  // namespace
}  // namespace sluice::ipc

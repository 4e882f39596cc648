// parse_packet against the reference on hundreds of thousands of packets: rows of the table
// mutated, cut and glued, and noise behind every kind of type. Same outcome, field by field, every
// time.
//   SLUICE_SEED=n replays, SLUICE_ROUNDS=n runs longer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>

#include "tests/prop/packet_reference.h"
#include "tests/support/packet_text.h"
#include "tests/support/view_text.h"
#include "tests/unit/wire/packet_rows.h"

namespace sluice::wire {
namespace {

using testing::Frame;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

struct Sample {
    Frame bytes;
    std::uint32_t wire_size = 0;
    Link link = Link::ethernet;
};

class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {
        for (const auto& part : {link_rows(), ip_rows(), fragment_rows(), transport_rows()})
            for (const PacketRow& row : part) {
                testing::PacketFrame packet = testing::packet_of(row.line);
                rows_.push_back({std::move(packet.bytes), packet.wire_size, packet.link});
            }
    }

    Sample next() {
        Sample sample = below(20) == 0 ? noise() : rows_[below(rows_.size())];
        const std::uint32_t missing =
            sample.wire_size - static_cast<std::uint32_t>(sample.bytes.size());
        for (std::size_t n = below(4); n > 0; --n)
            mutate(sample.bytes);
        sample.wire_size = static_cast<std::uint32_t>(sample.bytes.size()) + missing;
        if (below(8) == 0) sample.wire_size += static_cast<std::uint32_t>(below(100));
        if (below(16) == 0) sample.wire_size += static_cast<std::uint32_t>(below(70'000));
        if (below(50) == 0) sample.link = static_cast<Link>(below(kLinkCount));
        return sample;
    }

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    std::uint8_t byte() { return static_cast<std::uint8_t>(random_()); }
    // Values that mean something somewhere: next headers, versions, tag types, lengths.
    std::uint8_t telling_byte() {
        constexpr std::uint8_t kValues[] = {0,    1,    2,    4,    5,    6,    8,    17,
                                            33,   43,   44,   50,   51,   58,   59,   60,
                                            132,  135,  139,  255,  0x45, 0x46, 0x4f, 0x60,
                                            0x81, 0x88, 0x91, 0xa8, 0x47, 0x64, 0xdd, 0x86};
        return kValues[below(std::size(kValues))];
    }
    void mutate(Frame& f) {
        if (f.empty()) return;
        const std::size_t at = below(std::min<std::size_t>(f.size(), 110));
        switch (below(8)) {
            case 0:
                f[at] = static_cast<std::uint8_t>(f[at] ^ 1u << below(8));
                break;
            case 1:
                f[at] = byte();
                break;
            case 2:
            case 3:
                f[at] = telling_byte();
                break;
            case 4:
                f.resize(below(f.size() + 1));
                break;
            case 5:
                f.resize(f.size() + below(40), telling_byte());
                break;
            case 6:
                f.erase(f.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            default: {
                const Frame& other = rows_[below(rows_.size())].bytes;
                const std::size_t from = below(other.size() + 1);
                f.resize(at);
                f.insert(f.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
            }
        }
    }
    Sample noise() {
        constexpr std::uint16_t kTypes[] = {0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 40};
        Sample sample;
        sample.bytes.resize(below(200));
        for (auto& b : sample.bytes)
            b = below(3) == 0 ? telling_byte() : byte();
        if (sample.bytes.size() >= 14)
            testing::set16(sample.bytes, 12, kTypes[below(std::size(kTypes))]);
        sample.wire_size = static_cast<std::uint32_t>(sample.bytes.size());
        sample.link = static_cast<Link>(below(2) == 0 ? 0 : below(kLinkCount));
        return sample;
    }

    std::mt19937_64 random_;
    std::vector<Sample> rows_;
};

TEST(PacketProperty, SameAsTheReference) {
    const std::uint64_t seed = from_environment("SLUICE_SEED", std::random_device{}());
    const std::uint64_t rounds = from_environment("SLUICE_ROUNDS", 300'000);
    Mutator mutator(seed);
    std::map<std::string, std::uint64_t> outcomes;
    for (std::uint64_t i = 0; i < rounds; ++i) {
        const Sample sample = mutator.next();
        const auto got = parse_packet(sample.bytes, sample.wire_size, sample.link);
        const auto want = reference::parse_packet(sample.bytes, sample.wire_size, sample.link);
        ASSERT_EQ(testing::to_text(got), testing::to_text(want))
            << "seed " << seed << " round " << i << " link " << name_of(sample.link)
            << " wire size " << sample.wire_size << "\n"
            << testing::to_hex(sample.bytes);
        const std::string text = testing::to_text(got);
        ++outcomes[got.ok() ? text.substr(0, text.find(' ')) : text];
    }
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    for (const auto& [outcome, count] : outcomes)
        std::printf("%10llu  %s\n", static_cast<unsigned long long>(count), outcome.c_str());
    // The mutations reach every outcome the parser has: 5 kinds and 17 reasons.
    if (rounds >= 300'000) {
        EXPECT_EQ(outcomes.size(), 5u + 17u);
    }
}

TEST(PacketProperty, ReferenceAgreesWithTheTable) {
    for (const auto& part : {link_rows(), ip_rows(), fragment_rows(), transport_rows()})
        for (const PacketRow& row : part) {
            const testing::PacketFrame packet = testing::packet_of(row.line);
            EXPECT_EQ(testing::to_text(
                          reference::parse_packet(packet.bytes, packet.wire_size, packet.link)),
                      row.expected)
                << row.name;
        }
}

}  // namespace
}  // namespace sluice::wire

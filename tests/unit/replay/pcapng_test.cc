// PcapngFile: interfaces of several link types, both byte orders, resolutions of time, and files
// that end or break anywhere.
#include "tools/replay/pcapng.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::replay {
namespace {

// Writes blocks in one byte order.
class Writer {
  public:
    explicit Writer(bool big) : big_(big) {}

    std::string number(std::uint64_t value, unsigned size) const {
        std::string out;
        for (unsigned i = 0; i < size; ++i)
            out += static_cast<char>(value >> 8 * (big_ ? size - 1 - i : i));
        return out;
    }
    std::string block(std::uint32_t type, std::string body) const {
        body.resize((body.size() + 3) / 4 * 4);
        const auto size = static_cast<std::uint32_t>(body.size() + 12);
        return number(type, 4) + number(size, 4) + body + number(size, 4);
    }
    std::string section() const {
        return block(PcapngFile::kMagic,
                     number(0x1a2b3c4d, 4) + number(1, 2) + number(0, 2) + number(~0ull, 8));
    }
    std::string interface(unsigned link, const std::string& options = "", unsigned snap = 0) const {
        return block(1, number(link, 2) + number(0, 2) + number(snap, 4) + options);
    }
    std::string option(unsigned code, std::string value) const {
        const std::string head = number(code, 2) + number(value.size(), 2);
        value.resize((value.size() + 3) / 4 * 4);
        return head + value;
    }
    std::string packet(unsigned interface, std::uint64_t units, const std::string& bytes,
                       unsigned wire_size) const {
        return block(6, number(interface, 4) + number(units >> 32, 4) +
                            number(units & 0xffffffff, 4) + number(bytes.size(), 4) +
                            number(wire_size, 4) + bytes);
    }

  private:
    bool big_;
};

struct Read {
    std::vector<std::string> packets;  // "link time size wire bytes"
    std::string damage;
};
Read read(const std::string& file) {
    PcapngFile::File stream(std::tmpfile());
    EXPECT_TRUE(file.empty() || std::fwrite(file.data(), file.size(), 1, stream.get()) == 1);
    std::rewind(stream.get());
    PcapngFile reader(std::move(stream));
    Read result;
    while (const auto p = reader.next())
        result.packets.push_back(std::to_string(p->link_type) + " " + std::to_string(p->time_ns) +
                                 " " + std::to_string(p->wire_size) + " " +
                                 std::string(as_text(p->bytes)));
    result.damage = reader.damage();
    return result;
}

TEST(Pcapng, InterfacesOfSeveralLinkTypes) {
    for (const bool big : {false, true}) {
        const Writer w(big);
        const std::string file = w.section() + w.interface(1) + w.interface(101) +
                                 w.block(5, "statistics") +
                                 w.packet(0, 1'700'000'000'000'001, "ether", 60) +
                                 w.packet(1, 1'700'000'000'000'002, "raw", 3);
        const Read r = read(file);
        EXPECT_EQ(r.packets, (std::vector<std::string>{"1 1700000000000001000 60 ether",
                                                       "101 1700000000000002000 3 raw"}));
        EXPECT_EQ(r.damage, "");
    }
}

TEST(Pcapng, SectionsBeginAnew) {
    const Writer little(false), big(true);
    const Read r = read(little.section() + little.interface(1) + little.packet(0, 1, "a", 1) +
                        big.section() + big.interface(101) + big.packet(0, 2, "b", 1));
    EXPECT_EQ(r.packets, (std::vector<std::string>{"1 1000 1 a", "101 2000 1 b"}));
    const Read lost =
        read(little.section() + little.interface(1) + big.section() + big.packet(0, 2, "b", 1));
    EXPECT_TRUE(lost.packets.empty());
    EXPECT_NE(lost.damage, "");
}

TEST(Pcapng, ResolutionAndOffsetOfTimes) {
    const Writer w(false);
    const auto time_of = [&](const std::string& options, std::uint64_t units) {
        const Read r = read(w.section() + w.interface(1, options) + w.packet(0, units, "", 0));
        return r.packets.size() == 1 ? r.packets[0] : r.damage;
    };
    EXPECT_EQ(time_of(w.option(9, "\x09"), 1'500'000'000), "1 1500000000 0 ");
    EXPECT_EQ(time_of(w.option(9, std::string(1, '\0')), 7), "1 7000000000 0 ");
    EXPECT_EQ(time_of(w.option(9, "\x8a"), 1536), "1 1500000000 0 ") << "2^-10 s";
    EXPECT_EQ(time_of(w.option(2, "eth0") + w.option(14, w.number(100, 8)), 5),
              "1 100000005000 0 ");
    EXPECT_EQ(time_of(w.option(14, w.number(static_cast<std::uint64_t>(-1), 8)), 5), "1 5000 0 ")
        << "before 1970 is 1970";
}

TEST(Pcapng, SimpleAndOldPackets) {
    const Writer w(false);
    const std::string simple = w.block(3, w.number(9, 4) + "abcdefghi");
    const std::string old =
        w.block(2, w.number(0, 2) + w.number(3, 2) + w.number(0, 4) + w.number(4, 4) +
                       w.number(2, 4) + w.number(70, 4) + "xy");
    const Read r = read(w.section() + w.interface(1, "", 4) + old + simple);
    EXPECT_EQ(r.packets, (std::vector<std::string>{"1 4000 70 xy", "1 4000 9 abcd"}));
}

TEST(Pcapng, CutAnywhereGivesWhatWasWhole) {
    const Writer w(true);
    const std::string start = w.section() + w.interface(1);
    const std::string one = w.packet(0, 1, "first", 5),
                      file = start + one + w.packet(0, 2, "second", 6);
    for (std::size_t size = 4; size < file.size(); ++size) {
        const Read r = read(file.substr(0, size));
        EXPECT_EQ(r.packets.size(), size < start.size() + one.size() ? 0u : 1u) << size;
        const bool between =
            size == w.section().size() || size == start.size() || size == start.size() + one.size();
        EXPECT_EQ(r.damage.empty(), between) << size;
    }
}

TEST(Pcapng, DamageIsSaid) {
    const Writer w(false);
    const std::string start = w.section() + w.interface(1);
    std::string sizes_differ = start + w.packet(0, 1, "a", 1);
    sizes_differ.back() = 1;
    const std::string bad[] = {
        start + w.packet(1, 1, "a", 1),                                   // no such interface
        start + w.number(6, 4) + w.number(8, 4),                          // smaller than a block is
        start + w.number(6, 4) + w.number(33, 4) + std::string(40, 'x'),  // no multiple of 4
        start + w.number(6, 4) + w.number(0x7ffffffc, 4),                 // larger than is believed
        start + w.block(6, "short"),
        start + w.block(1, "abc"),
        start + w.block(6, std::string(12, '\0') + w.number(50, 4) + w.number(50, 4) + "abc"),
        w.block(PcapngFile::kMagic, "nothing here"),
        w.section() + w.block(3, w.number(1, 4) + "a"),
        sizes_differ,
    };
    for (const std::string& file : bad) {
        const Read r = read(file);
        EXPECT_TRUE(r.packets.empty());
        EXPECT_NE(r.damage, "");
    }
}

}  // namespace
}  // namespace sluice::replay

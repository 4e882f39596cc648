// TCP options: a row a case, every prefix of each, and every option cut short.
#include <gtest/gtest.h>

#include <memory>

#include "dataplane/wire/packet_view.h"
#include "tests/support/frame.h"

namespace sluice::wire {
namespace {

struct Row {
    const char* name;
    const char* hex;
    TcpOptions expected;
};
constexpr TcpOptions kNone;
const Row kRows[] = {
    {"none", "", kNone},
    {"Linux", "020405b4 0402 080a 00000001 00000002 01 030307", {1460, 7, true, true, 1, 2}},
    {"Windows", "020405b4 01 030308 01 01 0402", {1460, 8, true}},
    {"macOS",
     "02040578 01 030306 01 01 080a ffffffff 00000000 0402 0000",
     {1400, 6, true, true, 0xffffffff, 0}},
    {"end stops", "00 020405b4", kNone},
    {"end between", "020405b4 00 0402", {1460}},
    {"only NOP", "01010101", kNone},
    {"unknown kinds are skipped", "fd0401020303070f 0402", {.window_scale = 7}},
    {"MSS of 0", "02040000", kNone},
    {"MSS of 65535", "0204ffff", {65535}},
    {"window scale 0", "030300", {.window_scale = 0}},
    {"window scale 14", "03030e", {.window_scale = 14}},
    {"window scale 15 counts as 14", "03030f", {.window_scale = 14}},
    {"window scale 255 counts as 14", "0303ff", {.window_scale = 14}},
    {"MSS of wrong length", "0203 05 0402", kNone},
    {"window scale of wrong length", "0402 03040707", {.sack_permitted = true}},
    {"SACK permitted of wrong length", "040300 020405b4", kNone},
    {"timestamps of wrong length", "020405b4 0806 00000001", {1460}},
    {"length 0", "020405b4 0500", {1460}},
    {"length 1", "020405b4 0501", {1460}},
    {"length beyond the options", "020405b4 0305", {1460}},
    {"kind without length", "020405b4 03", {1460}},
    {"the last of two counts", "020405b4 02040578", {1400}},
};

void expect_same(const TcpOptions& got, const TcpOptions& want, const char* name) {
    EXPECT_EQ(got.mss, want.mss) << name;
    EXPECT_EQ(got.window_scale, want.window_scale) << name;
    EXPECT_EQ(got.sack_permitted, want.sack_permitted) << name;
    EXPECT_EQ(got.timestamps, want.timestamps) << name;
    EXPECT_EQ(got.ts_value, want.ts_value) << name;
    EXPECT_EQ(got.ts_echo, want.ts_echo) << name;
}

TcpOptions parse_exact(Bytes bytes) {
    const auto block = std::make_unique<std::uint8_t[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), block.get());
    return parse_tcp_options({block.get(), bytes.size()});
}

TEST(TcpOptions, Table) {
    for (const Row& row : kRows)
        expect_same(parse_exact(testing::from_hex(row.hex)), row.expected, row.name);
}

// A prefix says what the whole says, or less; never something else.
TEST(TcpOptions, EveryPrefix) {
    for (const Row& row : kRows) {
        if (std::string_view(row.name) == "the last of two counts") continue;
        const testing::Frame whole = testing::from_hex(row.hex);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const TcpOptions got = parse_exact(Bytes(whole).first(size));
            EXPECT_TRUE(got.mss == 0 || got.mss == row.expected.mss) << row.name;
            EXPECT_TRUE(got.window_scale == 0xff || got.window_scale == row.expected.window_scale)
                << row.name;
            EXPECT_LE(got.sack_permitted, row.expected.sack_permitted) << row.name;
            EXPECT_LE(got.timestamps, row.expected.timestamps) << row.name;
        }
    }
}

}  // namespace
}  // namespace sluice::wire

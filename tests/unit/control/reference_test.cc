// References read out on the phone: round trip, and every slip of the tongue noticed.
#include "rules/ipc/reference.h"

#include <gtest/gtest.h>

#include <random>

namespace sluice::ipc {
namespace {

TEST(Reference, RoundTripsAndHasOneForm) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t value = i < 64 ? std::uint64_t{1} << i : random() >> (i % 64);
        const std::string text(reference_text(value).view());
        ASSERT_EQ(text.size(), 16u);
        ASSERT_EQ(text[5], '-');
        ASSERT_EQ(text[11], '-');
        ASSERT_EQ(parse_reference(text), value) << text;
    }
    EXPECT_EQ(reference_text(0).view(), "00000-00000-0000");
    EXPECT_EQ(reference_text(1).view(), "00000-00000-0012");
    EXPECT_EQ(reference_text(~0ull).view(), "FZZZZ-ZZZZZ-ZZZX");
    EXPECT_EQ(parse_reference(reference_text(~0ull).view()), ~0ull);
}

TEST(Reference, IsReadAsPeopleWriteIt) {
    const std::string text(reference_text(0x0123456789abcdef).view());
    std::string spoken;
    for (char c : text)
        spoken += c == '0'   ? 'o'
                  : c == '1' ? 'l'
                  : c == '-' ? ' '
                             : static_cast<char>(std::tolower(c));
    EXPECT_EQ(parse_reference(spoken), 0x0123456789abcdefu);
}

TEST(Reference, NoticesEverySlip) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 50; ++round) {
        const std::string good(reference_text(random()).view());
        for (std::size_t i = 0; i < good.size(); ++i) {
            if (good[i] == '-') continue;
            for (char digit : kReferenceAlphabet) {
                std::string bad = good;
                bad[i] = digit;
                if (digit != good[i]) {
                    ASSERT_FALSE(parse_reference(bad)) << bad;
                }
            }
            for (std::size_t j = i + 1; j < good.size(); ++j) {
                std::string bad = good;
                std::swap(bad[i], bad[j]);
                if (good[j] != '-' && good[i] != good[j]) {
                    ASSERT_FALSE(parse_reference(bad)) << bad;
                }
            }
        }
        for (std::size_t size = 0; size < good.size(); ++size)
            ASSERT_FALSE(parse_reference(good.substr(0, size)));
        ASSERT_FALSE(parse_reference(good + "0"));
    }
    EXPECT_FALSE(parse_reference("U0000-00000-0000"));
    EXPECT_FALSE(parse_reference("00000*00000*0000"));
    EXPECT_FALSE(parse_reference("ZZZZZ-ZZZZZ-ZZZZ"));
}

}  // namespace
}  // namespace sluice::ipc

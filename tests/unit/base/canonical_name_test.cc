// The one spelling of names: a table of spellings, every byte value, every length at the limits.
#include "rules/base/canonical_name.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>

namespace sluice {
namespace {

std::optional<std::string> canonical(std::string_view in) {
    char out[kNameBufferBytes];
    std::memset(out, '#', sizeof out);
    std::size_t size = 777;
    if (!canonical_name(in, out, size)) {
        EXPECT_EQ(size, 777u) << "size is untouched when there is no name";
        return std::nullopt;
    }
    EXPECT_EQ(out[size], '\0');
    return std::string(out, size);
}

TEST(CanonicalName, SpellsNamesOneWay) {
    const struct {
        const char* in;
        const char* out;
    } kRows[] = {
        {"bank.example", "bank.example"},
        {"BANK.Example", "bank.example"},
        {"bank.example.", "bank.example"},
        {"localhost", "localhost"},
        {"_dmarc.bank.example", "_dmarc.bank.example"},
        {"r3---sn-x.cdn.example", "r3---sn-x.cdn.example"},
        {"-odd-.example", "-odd-.example"},
        {"xn--80ak6aa92e.example", "xn--80ak6aa92e.example"},
        {"1.2.3.4.example", "1.2.3.4.example"},
        {"1.2.3.a4", "1.2.3.a4"},
        {"4.in-addr.arpa", "4.in-addr.arpa"},
        {"AZaz09-_", "azaz09-_"},
    };
    for (const auto& row : kRows)
        EXPECT_EQ(canonical(row.in), row.out) << row.in;
}

TEST(CanonicalName, RefusesWhatIsNoName) {
    for (std::string_view in :
         {"", ".", "..", ".example", "a..b", "a..", "192.0.2.1", "192.0.2.1.", "7", "example.7",
          "2001:db8::1", "[::1]", "*.example", "a b.example", "a/b", "b\xc3\xa4nk.example",
          "bank.example:443", "bank,example"})
        EXPECT_EQ(canonical(in), std::nullopt) << in;
    EXPECT_EQ(canonical(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(CanonicalName, EveryByteIsALetterADigitOrRefused) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool wanted = std::isalnum(byte) || c == '-' || c == '_' || c == '.';
        EXPECT_EQ(canonical(std::string("a") + c + "b").has_value(), wanted) << byte;
    }
}

TEST(CanonicalName, LabelsAndNamesHaveLimits) {
    EXPECT_TRUE(canonical(std::string(63, 'a') + ".example"));
    EXPECT_FALSE(canonical(std::string(64, 'a') + ".example"));
    EXPECT_TRUE(canonical("example." + std::string(63, 'a')));
    EXPECT_FALSE(canonical("example." + std::string(64, 'a')));
    std::string name = "a";
    while (name.size() < 252)
        name += ".a";
    EXPECT_EQ(name.size(), 253u);
    EXPECT_TRUE(canonical(name));
    EXPECT_TRUE(canonical(name + ".")) << "the final dot does not count";
    EXPECT_FALSE(canonical(name + "a"));
    EXPECT_FALSE(canonical(name + "a."));
}

TEST(CanonicalName, IsItsOwnCanonicalForm) {
    const auto once = canonical("WwW.BaNk.ExAmPlE.");
    ASSERT_TRUE(once);
    EXPECT_EQ(canonical(*once), once);
}

}  // namespace
}  // namespace sluice

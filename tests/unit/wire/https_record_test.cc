// ech_public_name: HTTPS records as zones have them, cut anywhere, and what is none of our
// business.
#include "dataplane/wire/https_record.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/wire/hello_builder.h"

namespace sluice::wire {
namespace {

using namespace sluice::test;
using namespace std::string_literals;

std::string config(std::string_view name, unsigned version = 0xfe0d) {
    const std::string contents = u8(7) + u16(0x0020) + block16(std::string(32, 'K')) +
                                 block16(u16(1) + u16(1)) + u8(64) + block8(name) + u16(0);
    return u16(version) + block16(contents);
}
std::string param(unsigned key, std::string_view value) { return u16(key) + block16(value); }
std::string record(const std::string& params, unsigned priority = 1,
                   const std::string& target = "\0"s) {
    return u16(priority) + target + params;
}
const std::string kAlpn = param(1, block8("h2") + block8("http/1.1"));

std::string name_in(const std::string& data) {
    return std::string(ech_public_name(as_bytes(data)));
}

TEST(HttpsRecord, PublicName) {
    EXPECT_EQ(
        name_in(record(kAlpn + param(4, u32(1)) + param(5, block16(config("Cover.example"))))),
        "Cover.example");
    const std::string target = block8("svc") + block8("example") + "\0"s;
    EXPECT_EQ(name_in(record(param(5, block16(config("a.example"))), 16, target)), "a.example");
    // A list begins with what its owner prefers; versions we do not know are passed over.
    EXPECT_EQ(name_in(record(param(5, block16(config("old.example", 0xfe0a) + config("b.example") +
                                              config("c.example"))))),
              "b.example");
}

TEST(HttpsRecord, NothingToSay) {
    EXPECT_EQ(name_in(record(kAlpn)), "");
    EXPECT_EQ(name_in(record(param(5, block16(config("a.example"))), 0)), "") << "an alias";
    EXPECT_EQ(name_in(record(param(5, block16(config("a.example", 0xfe0a))))), "");
    EXPECT_EQ(name_in(record(param(5, block16(config("a.example")) + "x"))), "")
        << "a list too short";
    EXPECT_EQ(name_in(record(param(5, block16(config(""))))), "");
    EXPECT_EQ(name_in(record(param(5, block16(config("a.example"))), 1, "\xc0\x0c"s)), "")
        << "compression is not allowed here";
    EXPECT_EQ(name_in(""), "");
}

TEST(HttpsRecord, EveryPrefix) {
    const std::string whole = record(kAlpn + param(5, block16(config("a.example"))));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(name_in(whole.substr(0, size)), "") << size;
    // Behind it anything may come.
    EXPECT_EQ(name_in(whole + "x"), "a.example");
}

}  // namespace
}  // namespace sluice::wire

// TLS is told by its hello records, from either side.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

using test::hello_message;
using test::record;
using test::records;

TEST(DetectTls, Hellos) {
    const std::string hello = hello_message("a.example");
    EXPECT_EQ(expect_tcp(record(hello), Protocol::tls), 6u);
    EXPECT_EQ(expect_tcp(records(hello, 1), Protocol::tls, to(8443)), 6u);
    expect_tcp(record("\x02"s + hello.substr(1)), Protocol::tls, to(443), false);
    for (unsigned version = 0x0300; version <= 0x0304; ++version)
        expect_tcp(record(hello, 22, version), Protocol::tls);
    EXPECT_EQ(expect_tcp(record("") + record("") + record(hello), Protocol::tls), 16u);
}

TEST(DetectTls, NotTls) {
    const std::string hello = hello_message("a.example");
    EXPECT_EQ(tcp(record(hello, 23)).confidence, model::Confidence::likely) << "no hello";
    EXPECT_EQ(tcp(record(hello)).confidence, model::Confidence::certain);
    expect_tcp(record(hello, 22, 0x0305), Protocol::unknown);
    expect_tcp(record(hello, 22, 0x0401), Protocol::unknown);
    EXPECT_EQ(tcp(record("\x0b"s + hello.substr(1))).confidence, model::Confidence::likely);
    expect_tcp("\x16\x03\x01\x41"s, Protocol::unknown);
    EXPECT_NE(tcp("\x16\x03\x01\x40\x01"s).confidence, model::Confidence::certain);
    expect_tcp("\x80\x2e\x01\x03\x01"s, Protocol::unknown);
    std::string empty;
    for (int i = 0; i < 9; ++i)
        empty += record("");
    expect_tcp(empty + record(hello), Protocol::unknown);
    EXPECT_EQ(udp(record(hello)), Protocol::unknown);
}

}  // namespace
}  // namespace sluice::detect

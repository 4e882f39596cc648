// parse_server_hello: versions, suites and certificate names, over any cut into records and pieces.
#include "dataplane/wire/tls_server_hello.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/client_hello.h"

namespace sluice::wire {
namespace {

using testing::Frame;
using testing::put16;
using testing::put24;
using testing::put8;
using testing::put_all;
using testing::put_fill;
using testing::put_text;

Frame der(std::uint8_t tag, const Frame& content) {
    Frame out;
    put8(out, tag);
    if (content.size() < 0x80)
        put8(out, content.size());
    else
        put8(out, 0x82), put16(out, content.size());
    put_all(out, content);
    return out;
}
Frame joined(std::initializer_list<Frame> parts) {
    Frame out;
    for (const Frame& part : parts)
        put_all(out, part);
    return out;
}
Frame text(std::uint8_t tag, std::string_view words) {
    Frame content;
    put_text(content, std::string(words));
    return der(tag, content);
}

// Only the fields that stand before the names, empty where nobody looks.
Frame certificate(std::string_view common, const std::vector<std::string>& names) {
    const Frame oid_cn = {0x06, 3, 0x55, 4, 3};
    const Frame subject = der(0x30, der(0x31, der(0x30, joined({oid_cn, text(0x0c, common)}))));
    Frame alternative;
    for (const std::string& name : names)
        put_all(alternative, text(0x82, name));
    const Frame san =
        der(0x30, joined({{0x06, 3, 0x55, 0x1d, 0x11}, der(0x04, der(0x30, alternative))}));
    Frame fields = joined({der(0xa0, {2, 1, 2}),
                           {2, 1, 7},
                           der(0x30, {}),
                           der(0x30, {}),
                           der(0x30, {}),
                           subject,
                           der(0x30, Frame(200, 0x44))});
    if (!names.empty()) put_all(fields, der(0xa3, der(0x30, san)));
    return der(0x30, joined({der(0x30, fields), der(0x30, {}), Frame(64, 0x55)}));
}

Frame message(std::uint8_t type, const Frame& body) {
    Frame out;
    put8(out, type), put24(out, body.size()), put_all(out, body);
    return out;
}
Frame hello(bool tls13) {
    Frame body;
    put16(body, 0x0303), put_fill(body, 32, 9), put8(body, 0);
    put16(body, tls13 ? 0x1301 : 0xc02f), put8(body, 0);
    if (tls13) put16(body, 6), put16(body, 43), put16(body, 2), put16(body, 0x0304);
    return message(2, body);
}
Frame flight(const Frame& first, const Frame& cert) {
    Frame list, body;
    put24(list, cert.size()), put_all(list, cert);
    put24(body, list.size()), put_all(body, list);
    return joined({first, message(11, body), message(14, {})});
}

Result<ServerHello, Stop> parse(Bytes stream, bool want) {
    static std::vector<std::uint8_t> scratch(kServerFlightMax);
    return parse_server_hello(stream, scratch, want);
}

TEST(ServerHello, VersionAndSuite) {
    const Frame old = testing::tls_records(flight(hello(false), certificate("a.example", {})), 0);
    const auto twelve = parse(old, false);
    ASSERT_TRUE(twelve);
    EXPECT_EQ(twelve->version, 0x0303);
    EXPECT_EQ(twelve->cipher, 0xc02f);
    EXPECT_TRUE(twelve->certificate_name.empty());
    Frame now = testing::tls_records(hello(true), 0);
    put8(now, 20), put16(now, 0x0303), put16(now, 1), put8(now, 1);
    const auto thirteen = parse(now, true);
    ASSERT_TRUE(thirteen);
    EXPECT_EQ(thirteen->version, 0x0304);
    EXPECT_EQ(thirteen->cipher, 0x1301);
}

TEST(ServerHello, CertificateNames) {
    struct Row {
        Frame cert;
        const char* name;
    };
    const Row rows[] = {
        {certificate("common.example", {}), "common.example"},
        {certificate("common.example", {"first.example", "second.example"}), "first.example"},
        {certificate("", {"*.wild.example"}), "*.wild.example"},
        {certificate("", {}), ""},
    };
    for (const Row& row : rows)
        for (const std::size_t record : {0u, 100u, 7u}) {
            const Frame stream = testing::tls_records(flight(hello(false), row.cert), record);
            const auto answer = parse(stream, true);
            if (record == 7) continue;  // more records than are joined: no crash is all
            ASSERT_TRUE(answer) << row.name;
            EXPECT_EQ(answer->certificate_name, row.name);
        }
}

TEST(ServerHello, EveryPrefixNeedsMoreAndTheAnswerStays) {
    const Frame stream =
        testing::tls_records(flight(hello(false), certificate("a.example", {"b.example"})), 200);
    bool answered = false;
    for (std::size_t size = 0; size <= stream.size(); ++size) {
        const auto answer = parse(Bytes(stream).first(size), true);
        if (!answer) {
            EXPECT_EQ(answer.error(), Stop::need_more) << size;
            EXPECT_FALSE(answered) << size;
            continue;
        }
        answered = true;
        EXPECT_EQ(answer->certificate_name, "b.example") << size;
    }
    EXPECT_TRUE(answered);
}

TEST(ServerHello, WhatIsNoneIsOther) {
    EXPECT_EQ(parse(Frame{21, 3, 3, 0, 2, 2, 40}, true).error(), Stop::other);  // alert
    EXPECT_EQ(parse(testing::client_hello(testing::HelloSpec{}), true).error(), Stop::other);
    EXPECT_EQ(parse(Frame{'2', '2', '0'}, true).error(), Stop::other);
}

TEST(ServerHello, BrokenCertificatesHaveNoName) {
    const Frame whole = certificate("a.example", {"b.example"});
    for (std::size_t size = 0; size < whole.size(); ++size)
        (void)certificate_name(Bytes(whole).first(size));  // under sanitizers: nothing beyond it
    EXPECT_EQ(certificate_name(Bytes(whole).first(40)), "");
    EXPECT_EQ(certificate_name(Frame{0x30, 0x84, 1, 0, 0, 0}), "");
}

}  // namespace
}  // namespace sluice::wire

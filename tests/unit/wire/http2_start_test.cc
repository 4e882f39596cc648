// parse_http2_start and find_authority: the examples of RFC 7541, frames in every arrangement, and
// what cannot be there.
#include "dataplane/wire/http2_start.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/unit/wire/hello_builder.h"

namespace sluice::wire {
namespace {

using namespace sluice::test;
using namespace std::string_literals;

std::string u24(std::size_t v) {
    return {static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)};
}
std::string frame(unsigned type, unsigned flags, std::uint32_t stream, const std::string& payload) {
    return u24(payload.size()) + u8(type) + u8(flags) + u32(stream) + payload;
}
constexpr unsigned kHeaders = 1, kSettings = 4, kWindowUpdate = 8, kContinuation = 9;
constexpr unsigned kEndHeaders = 4, kPadded = 8, kPriority = 0x20;
const std::string kStart = std::string(kHttp2Preface) + frame(kSettings, 0, 0, "");

// RFC 7541 C.3.1 (plain) and C.4.1 (Huffman): GET http www.example.com.
const std::string kPlain = "\x82\x86\x84\x41\x0fwww.example.com";
const std::string kCoded = "\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff";

Result<Authority, Stop> parse(const std::string& stream) {
    std::array<std::uint8_t, kHttp2StartMax> scratch;
    return parse_http2_start(as_bytes(stream), scratch);
}
std::string authority_of(const std::string& stream) {
    const auto found = parse(stream);
    return found ? std::string(found->bytes, found->size)
                 : "error " + std::to_string(static_cast<int>(found.error()));
}
std::string in_block(const std::string& block) {
    const auto found = find_authority(as_bytes(block));
    return found ? std::string(found->bytes, found->size)
                 : "error " + std::to_string(static_cast<int>(found.error()));
}
const std::string kMalformed = "error " + std::to_string(static_cast<int>(Stop::malformed));

TEST(Http2Start, GoodOnesWithEveryPrefix) {
    const std::string a = kPlain.substr(0, 7), b = kPlain.substr(7);
    const std::string good[] = {
        kStart + frame(kHeaders, kEndHeaders, 1, kPlain),
        kStart + frame(kHeaders, kEndHeaders, 1, kCoded),
        kStart + frame(kWindowUpdate, 0, 0, u32(65535)) + frame(kHeaders, kEndHeaders, 1, kCoded),
        kStart + frame(kHeaders, kEndHeaders | kPadded, 1, u8(3) + kPlain + "\0\0\0"s),
        kStart + frame(kHeaders, kEndHeaders | kPriority, 1, u32(0) + u8(15) + kPlain),
        kStart + frame(kHeaders, 0, 3, a) + frame(kContinuation, 0, 3, "") +
            frame(kContinuation, kEndHeaders, 3, b),
    };
    for (const std::string& stream : good) {
        for (std::size_t size = 0; size < stream.size(); ++size) {
            const auto cut = parse(stream.substr(0, size));
            ASSERT_FALSE(cut.ok()) << size;
            EXPECT_EQ(cut.error(), Stop::need_more) << size;
        }
        EXPECT_EQ(authority_of(stream), "www.example.com");
        EXPECT_EQ(authority_of(stream + "more"), "www.example.com");
    }
}

TEST(Http2Start, WhatCannotBeThere) {
    EXPECT_EQ(parse("PRI * HTTP/1.1\r\n").error(), Stop::other);
    EXPECT_EQ(parse("G").error(), Stop::other);
    const std::string bad[] = {
        std::string(kHttp2Preface) + frame(kHeaders, kEndHeaders, 1, kPlain),
        kStart + frame(kContinuation, kEndHeaders, 1, kPlain),
        kStart + frame(kHeaders, kEndHeaders, 0, kPlain),
        kStart + frame(kHeaders, 0, 1, "") + frame(kContinuation, kEndHeaders, 3, kPlain),
        kStart + frame(kHeaders, 0, 1, "") + frame(kWindowUpdate, 0, 0, u32(1)),
        kStart + frame(kHeaders, kEndHeaders | kPadded, 1, u8(200) + kPlain),
        kStart + frame(kHeaders, kEndHeaders | kPadded, 1, ""),
        kStart + frame(kHeaders, kEndHeaders | kPriority, 1, "abc"),
        kStart + frame(kHeaders, kEndHeaders, 1, kPlain + "\x41"s),
    };
    for (const std::string& stream : bad)
        EXPECT_EQ(authority_of(stream), kMalformed) << testing::PrintToString(stream);
}

TEST(Http2Start, Limits) {
    std::string frames = kStart;
    for (unsigned i = 0; i < kHttp2FramesMax; ++i)
        frames += frame(kWindowUpdate, 0, 0, u32(1));
    EXPECT_EQ(parse(frames).error(), Stop::too_large);
    EXPECT_EQ(parse(kStart + frame(kSettings, 0, 0, std::string(kHttp2StartMax, 'x'))).error(),
              Stop::too_large);
}

TEST(Hpack, Fields) {
    struct Case {
        const char* what;
        std::string block, authority;
    };
    const std::string literal = "\x00\x0a:authority\x09"s;  // never indexed, its name spelt out
    for (const Case& c : {
             Case{"none", "\x82\x84"s, ""},
             Case{"host where there is no authority",
                  "\x66\x09"s
                  "a.example"s,
                  "a.example"},
             Case{"authority before host",
                  "\x66\x09"s
                  "a.example\x41\x09"s
                  "b.example"s,
                  "b.example"},
             Case{"its name spelt out", literal + "a.example", "a.example"},
             Case{"spelt out, other names", "\x00\x04pathx\x01y"s.substr(0, 8), "error 2"},
             Case{"added, then by its index",
                  "\x41\x09"s
                  "a.example\xbe"s,
                  "a.example"},
             Case{"name of an added entry",
                  "\x41\x09"s
                  "a.example\x7e\x09"s
                  "a.example"s,
                  "a.example"},
             Case{"two different",
                  "\x41\x09"s
                  "a.example\x41\x09"s
                  "b.example"s,
                  kMalformed},
             Case{"size of the table changes",
                  "\x3f\xe1\x1f\x41\x09"s
                  "a.example"s,
                  "a.example"},
             Case{"index 0", "\x80"s, kMalformed},
             Case{"index nobody added", "\xbe"s, kMalformed},
             Case{"a value longer than the block",
                  "\x41\x20"s
                  "a.example"s,
                  kMalformed},
             Case{"an endless number", "\x41\x7f\xff\xff\xff\xff\xff"s, kMalformed},
         })
        EXPECT_EQ(in_block(c.block), c.authority) << c.what;
    EXPECT_EQ(in_block("\x41\x7f\x7e"s + std::string(253, 'a')), std::string(253, 'a'));
    EXPECT_EQ(in_block("\x41\x7f\x7f"s + std::string(254, 'a')), kMalformed);
    std::string many;
    for (std::size_t i = 0; i <= kHeaderFieldsMax; ++i)
        many += "\x82"s;
    EXPECT_EQ(find_authority(as_bytes(many)).error(), Stop::too_large);
    std::string added;
    for (std::size_t i = 0; i <= kDynamicEntriesMax; ++i)
        added += "\x44\x01x"s;
    EXPECT_EQ(find_authority(as_bytes(added)).error(), Stop::too_large);
}

TEST(Hpack, Huffman) {
    std::array<char, 16> out;
    const auto decode = [&](const std::string& coded) -> std::string {
        const auto size = decode_huffman(as_bytes(coded), out);
        return size ? std::string(out.data(), *size) : "error";
    };
    EXPECT_EQ(decode(""), "");
    EXPECT_EQ(decode("\xa8\xeb\x10\x64\x9c\xbf"), "no-cache");            // RFC 7541 C.4.2
    EXPECT_EQ(decode("\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f"), "custom-key");  // C.4.3
    EXPECT_EQ(decode("\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf"), "custom-value");
    EXPECT_EQ(decode("\xff\xc7"), "\0"s) << "13 bits of a zero byte, three ones";
    EXPECT_EQ(decode("\x1f\xff"), "error") << "more than 7 bits of padding";
    EXPECT_EQ(decode("\x18"), "error") << "padding of zeros";
    EXPECT_EQ(decode("\xff\xff\xff\xff"), "error") << "EOS";
    EXPECT_EQ(decode("\xa8\xeb\x10\x64\x9c\xbf\xa8\xeb\x10\x64\x9c\xbf\xa8\xeb\x10\x64\x9c\xbf"),
              "error");
}

}  // namespace
}  // namespace sluice::wire

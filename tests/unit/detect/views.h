// What tests of recognisers share: views made of text, and what every answer must keep.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/detect/detect.h"
#include "dataplane/detect/past.h"
#include "tests/unit/wire/hello_builder.h"

namespace sluice::detect {

using model::Protocol;
using namespace std::string_literals;
using test::block16;
using test::block8;
using test::u16;
using test::u32;
using test::u8;

inline constexpr std::uint16_t kAnyPort = 40'000;

struct Ports {
    std::uint16_t user = kAnyPort, remote = kAnyPort;
};
constexpr Ports to(std::uint16_t remote) { return {kAnyPort, remote}; }

inline Protocol udp(std::string_view payload, Ports ports = {}, bool from_user = true) {
    FirstBytesView view{17, ports.user, ports.remote, from_user, as_bytes(payload)};
    return detect_udp(view).protocol;
}
// The answer to the last of several datagrams, with what was kept of those before it.
struct Datagram {
    bool from_user;
    std::string payload;
};
inline DetectResult udp_after(const std::vector<Datagram>& datagrams) {
    PastTable past;
    DetectResult last;
    for (const Datagram& d : datagrams) {
        FirstBytesView view{17, kAnyPort, kAnyPort, d.from_user, as_bytes(d.payload)};
        view.past = past.find(1);
        last = detect_udp(view);
        past.remember(1, d.from_user, view.bytes);
    }
    return last;
}
inline DetectResult tcp(std::string_view stream, Ports ports = {}, bool from_user = true) {
    return detect_tcp({6, ports.user, ports.remote, from_user, as_bytes(stream)});
}

// Nothing waits longer than this for what it is not [bytes].
inline constexpr std::size_t kUndecidedMax = 16;

// Every prefix is maybe until one final answer; with `want` unknown that answer is no. Bytes behind
// change nothing. Returns how many bytes it took.
inline std::size_t expect_tcp(std::string_view stream, Protocol want, Ports ports = {},
                              bool from_user = true) {
    std::size_t after = 0;
    bool final = false;
    std::string longer(stream);
    longer += "\x01\xff more\r\n\r\n";
    for (std::size_t size = 0; size <= longer.size(); ++size) {
        const DetectResult got = tcp(std::string_view(longer).substr(0, size), ports, from_user);
        if (got.answer == Answer::maybe) {
            EXPECT_FALSE(final) << "took its answer back after " << size;
            EXPECT_LT(size, std::max(stream.size(), kUndecidedMax)) << "still undecided";
            continue;
        }
        if (!final) after = size;
        final = true;
        EXPECT_EQ(name_of(got.protocol), name_of(want)) << "after " << size;
        EXPECT_EQ(got.answer, want == Protocol::unknown ? Answer::no : Answer::yes);
    }
    return after;
}

// No prefix of a datagram is taken for anything; the whole one is `want`.
inline void expect_udp(const std::string& payload, Protocol want, Ports ports = {}) {
    EXPECT_EQ(name_of(udp(payload, ports)), name_of(want));
    for (std::size_t size = 0; size < payload.size(); ++size)
        EXPECT_EQ(name_of(udp(std::string_view(payload).substr(0, size), ports)), "unknown")
            << "after " << size;
}

// Bytes that look random, always the same for one seed.
inline std::string noise(std::size_t size, std::uint32_t seed = 1) {
    std::string out;
    for (; out.size() < size; seed = seed * 1664525u + 1013904223u)
        out += static_cast<char>(seed >> 24);
    return out;
}

}  // namespace sluice::detect

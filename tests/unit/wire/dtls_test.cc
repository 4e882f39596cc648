// DTLS hellos: whole, in fragments, with a cookie, and every cut of them.
#include "dataplane/wire/dtls.h"

#include <gtest/gtest.h>

#include "tests/support/client_hello.h"

namespace sluice::wire {
namespace {

using testing::Frame;
using testing::put16;
using testing::put24;
using testing::put8;
using testing::put_all;
using testing::put_fill;

// The body of a TLS hello with a cookie where DTLS has one.
Frame body_of(std::size_t cookie) {
    testing::HelloSpec spec;
    spec.sni = "call.example";
    const Frame tls = testing::client_hello_message(spec);
    constexpr std::size_t kSessionAt = 4 + 2 + 32;
    const std::size_t at = kSessionAt + 1 + tls[kSessionAt];
    Frame body(tls.begin() + 4, tls.begin() + static_cast<std::ptrdiff_t>(at));
    body[0] = 0xfe, body[1] = 0xfd;
    put8(body, cookie), put_fill(body, cookie, 0x11);
    put_all(body, Bytes(tls).subspan(at));
    return body;
}

void put_piece(Frame& out, const Frame& body, std::size_t message, std::size_t at,
               std::size_t size) {
    put8(out, 22), put16(out, 0xfefd), put_fill(out, 8, 0), put16(out, 12 + size);
    put8(out, 1), put24(out, body.size()), put16(out, message), put24(out, at), put24(out, size);
    put_all(out, Bytes(body).subspan(at, size));
}

TEST(Dtls, HelloInOneRecord) {
    for (const std::size_t cookie : {0u, 20u}) {
        const Frame body = body_of(cookie);
        Frame datagram;
        put_piece(datagram, body, cookie == 0 ? 0 : 1, 0, body.size());
        Bytes rest = datagram;
        const auto piece = next_hello_piece(rest);
        ASSERT_TRUE(piece);
        EXPECT_EQ(piece->message, cookie == 0 ? 0 : 1);
        EXPECT_EQ(piece->size, body.size());
        EXPECT_TRUE(rest.empty());
        const auto hello = parse_dtls_hello(piece->bytes);
        ASSERT_TRUE(hello);
        EXPECT_EQ(hello->sni, "call.example");
        EXPECT_FALSE(next_hello_piece(rest));
    }
}

TEST(Dtls, FragmentsOfOneDatagram) {
    const Frame body = body_of(0);
    Frame datagram, joined(body.size());
    put_piece(datagram, body, 0, 100, body.size() - 100);
    put_piece(datagram, body, 0, 0, 100);
    Bytes rest = datagram;
    std::size_t pieces = 0;
    for (; const auto piece = next_hello_piece(rest); ++pieces)
        std::copy(piece->bytes.begin(), piece->bytes.end(), joined.begin() + piece->at);
    EXPECT_EQ(pieces, 2u);
    EXPECT_EQ(joined, body);
}

TEST(Dtls, CutItIsNothing) {
    const Frame body = body_of(0);
    Frame datagram;
    put_piece(datagram, body, 0, 0, body.size());
    for (std::size_t size = 0; size < datagram.size(); ++size) {
        Bytes rest = Bytes(datagram).first(size);
        EXPECT_FALSE(next_hello_piece(rest)) << size;
    }
    for (std::size_t size = 0; size < body.size(); ++size) {
        const auto hello = parse_dtls_hello(Bytes(body).first(size));
        EXPECT_TRUE(!hello || hello->sni.empty()) << size;  // it may end before its extensions
    }
}

TEST(Dtls, APieceBeyondItsMessageIsRefused) {
    const Frame body = body_of(0);
    Frame datagram;
    put_piece(datagram, body, 0, 0, body.size());
    datagram[13 + 6 + 2] = 1;  // its place: now it ends behind the message
    Bytes rest = datagram;
    EXPECT_FALSE(next_hello_piece(rest));
}

}  // namespace
}  // namespace sluice::wire

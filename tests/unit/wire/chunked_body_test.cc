// ChunkedBody: the same end of the body however the bytes are cut.
#include <gtest/gtest.h>

#include <string>

#include "dataplane/wire/http_request.h"

namespace sluice::wire {
namespace {

// Feeds `stream` in pieces cut at `first` and `second`; returns the bytes taken.
std::size_t feed(ChunkedBody& body, std::string_view stream, std::size_t first,
                 std::size_t second) {
    std::size_t taken = 0;
    for (const auto& [from, to] : {std::pair{std::size_t{0}, first}, std::pair{first, second},
                                   std::pair{second, stream.size()}}) {
        const std::size_t size = body.feed(as_bytes(stream).subspan(from, to - from));
        taken += size;
        if (size < to - from) break;
    }
    return taken;
}

// At every pair of cuts: `size` bytes belong to the body, and it ends as `done` says.
void expect_body(const std::string& stream, std::size_t size, bool done) {
    for (std::size_t first = 0; first <= stream.size(); ++first)
        for (std::size_t second = first; second <= stream.size(); ++second) {
            ChunkedBody body;
            ASSERT_EQ(feed(body, stream, first, second), size) << first << ' ' << second;
            ASSERT_EQ(body.done(), done);
            ASSERT_EQ(body.broken(), !done);
        }
}

// Good bodies, complete: nothing shorter is done, nothing behind is taken.
void expect_good(const std::string& stream) {
    for (std::size_t size = 0; size < stream.size(); ++size) {
        ChunkedBody body;
        ASSERT_EQ(body.feed(as_bytes(stream).first(size)), size);
        ASSERT_FALSE(body.done() || body.broken()) << "after " << size;
    }
    expect_body(stream, stream.size(), true);
    expect_body(stream + "GET / HTTP/1.1\r\n", stream.size(), true);
}

TEST(ChunkedBody, Good) {
    expect_good("0\r\n\r\n");
    expect_good("5\r\nhello\r\n0\r\n\r\n");
    expect_good("5;a=b;c=\"d\"\r\nhello\r\n00;last\r\n\r\n");
    expect_good("5 \r\nhel\r\n\r\n0\r\nTrailer: 1\r\nX: 2\r\n\r\n");
    expect_good("1\nx\n0\n\n");
    expect_good("A\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n");
}

TEST(ChunkedBody, Broken) {
    expect_body("\r\n", 0, false);
    expect_body("x\r\n", 0, false);
    expect_body(";a\r\n", 0, false);
    expect_body("5x\r\nhello", 1, false);
    expect_body("5\rhello", 2, false);
    expect_body("2\r\nhello\r\n0\r\n\r\n", 5, false);
    expect_body("2\r\nhe\rx", 6, false);
    expect_body("2\r\nhe\r\n\r\n", 7, false);
    expect_body("0\r\n\rx", 4, false);
    expect_body("-1\r\n", 0, false);
    expect_body("0x5\r\n", 1, false);
}

TEST(ChunkedBody, SizesUpTo64Bits) {
    ChunkedBody large;
    EXPECT_EQ(large.feed(as_bytes("ffffffffffffffff\r\nabc")), 21u);
    EXPECT_FALSE(large.broken());
    ChunkedBody over;
    EXPECT_EQ(over.feed(as_bytes("10000000000000000\r\n")), 16u);
    EXPECT_TRUE(over.broken());
    ChunkedBody zeros;  // leading zeros do not count as digits of the size
    EXPECT_EQ(zeros.feed(as_bytes("00000000000000000000\r\n\r\n")), 24u);
    EXPECT_TRUE(zeros.done());
}

TEST(ChunkedBody, TakesNothingAfterTheEnd) {
    ChunkedBody body;
    body.feed(as_bytes("0\r\n\r\n"));
    EXPECT_EQ(body.feed(as_bytes("5\r\nhello")), 0u);
    EXPECT_TRUE(body.done());
}

}  // namespace
}  // namespace sluice::wire

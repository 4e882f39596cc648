// HTTP/1.x is told by a whole request line or the beginning of a status line.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

TEST(DetectHttp, Requests) {
    EXPECT_EQ(expect_tcp("GET / HTTP/1.1\r\n", Protocol::http), 16u);
    EXPECT_EQ(expect_tcp("\r\nPOST /x HTTP/1.0\n", Protocol::http, to(8080)), 19u);
    for (const char* line : {"HEAD / HTTP/1.1\r\n", "PROPFIND /dav HTTP/1.1\r\n",
                             "HELLO / HTTP/1.1\r\n", "S / HTTP/1.1\r\n"})
        expect_tcp(line, Protocol::http);
}

TEST(DetectHttp, Responses) {
    EXPECT_EQ(expect_tcp("HTTP/1.1 200 OK\r\n", Protocol::http, to(80), false), 13u);
    expect_tcp("HTTP/1.0 404\r\n", Protocol::http, {}, false);
}

TEST(DetectHttp, AProxyIsAskedToConnect) {
    expect_tcp("CONNECT a.example:443 HTTP/1.1\r\n", Protocol::http_connect);
    expect_tcp("CONNECT [2001:db8::1]:443 HTTP/1.0\r\n", Protocol::http_connect);
    expect_tcp("CONNECT a.example HTTP/1.1\r\n", Protocol::http);
    expect_tcp("CONNECT /path:1 HTTP/1.1\r\n", Protocol::http);
}

TEST(DetectHttp, NotHttp) {
    for (const std::string& stream :
         {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s, "HTTP/2 200\r\n"s, "HTTP/1.1 2x0 OK\r\n"s,
          "HTTP/1.1 2000\r\n"s, "HTTP/1.1\r\n"s,

          "NICK x\r\n"s, "get / HTTP/1.1\r\n"s,
          "\x13"
          "BitTorrent protocol"s,
          "{\"id\": 1}\n"s, "* OK IMAP4 ready\r\n"s, "+OK POP3\r\n"s, "GET /\r\n"s,
          "\x04\x01\x00\x50"s, "\x05\x01\x00"s, "\x03\x00\x00\x13\x0e\xe0"s})
        for (std::size_t size = 0; size <= stream.size(); ++size) {
            const DetectResult got = tcp(std::string_view(stream).substr(0, size));
            EXPECT_FALSE(got.answer == Answer::yes && got.protocol == Protocol::http);
        }
}

}  // namespace
}  // namespace sluice::detect

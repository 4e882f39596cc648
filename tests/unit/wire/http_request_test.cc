// parse_http_request: requests as clients send them, every prefix, and the ones meant to confuse.
#include "dataplane/wire/http_request.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::wire {
namespace {

struct Good {
    const char* what;
    std::string stream;  // exactly the head
    std::string_view method, host;
    HttpBody body = HttpBody::none;
    std::uint64_t body_size = 0;
};

const Good kGood[] = {
    {"plain", "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "GET", "example.org"},
    {"no headers", "GET / HTTP/1.0\r\n\r\n", "GET", ""},
    {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET", ""},
    {"bare LF", "GET / HTTP/1.1\nHost: example.org\n\n", "GET", "example.org"},
    {"mixed line ends", "GET / HTTP/1.1\r\nHost: example.org\n\r\n", "GET", "example.org"},
    {"bare LF at the end", "GET / HTTP/1.1\r\nHost: example.org\r\n\n", "GET", "example.org"},
    {"empty lines first", "\r\n\n\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET",
     "a.example"},
    {"port", "GET / HTTP/1.1\r\nHost: example.org:8080\r\n\r\n", "GET", "example.org"},
    {"empty port", "GET / HTTP/1.1\r\nHost: example.org:\r\n\r\n", "GET", "example.org"},
    {"odd port", "GET / HTTP/1.1\r\nHost: example.org:x:y\r\n\r\n", "GET", "example.org"},
    {"upper case", "GET / HTTP/1.1\r\nHOST:EXAMPLE.Org\r\n\r\n", "GET", "EXAMPLE.Org"},
    {"final dot", "GET / HTTP/1.1\r\nhost: example.org.\r\n\r\n", "GET", "example.org."},
    {"IPv6", "GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n", "GET", "2001:db8::1"},
    {"IPv6 and port", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "GET", "2001:db8::1"},
    {"tabs and spaces", "GET \t /x  HTTP/1.1 \r\nHost: \t a.example \t\r\n\r\n", "GET",
     "a.example"},
    {"space in target", "GET /a b c HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET", "a.example"},
    {"bytes above 127", "GET /\xd0\xb0 HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET", "a.example"},
    {"two-digit minor", "GET / HTTP/1.10\r\nHost: a.example\r\n\r\n", "GET", "a.example"},
    {"host folded", "GET / HTTP/1.1\r\nHost:\r\n a.example\r\n\r\n", "GET", "a.example"},
    {"other header folded",
     "GET / HTTP/1.1\r\nX: 1\r\n\tHost: no.example\r\nHost: a.example\r\n\r\n", "GET", "a.example"},
    {"line without colon", "GET / HTTP/1.1\r\nnonsense\r\nHost: a.example\r\n\r\n", "GET",
     "a.example"},
    {"host twice, same", "GET / HTTP/1.1\r\nHost: a.example\r\nHost: A.example\r\n\r\n", "GET",
     "a.example"},
    {"absolute form", "GET http://b.example:81/x HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET",
     "b.example"},
    {"absolute, user and query", "GET HTTP://u:p@b.example?x HTTP/1.1\r\n\r\n", "GET", "b.example"},
    {"absolute IPv6", "GET http://[::1]:81/ HTTP/1.1\r\n\r\n", "GET", "::1"},
    {"URL inside a path", "GET /r?u=http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET",
     "a.example"},
    {"CONNECT", "CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n", "CONNECT",
     "b.example", HttpBody::tunnel},
    {"CONNECT IPv6", "CONNECT [2001:db8::2]:443 HTTP/1.1\r\n\r\n", "CONNECT", "2001:db8::2",
     HttpBody::tunnel},
    {"CONNECT with a length", "CONNECT b.example:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
     "CONNECT", "b.example", HttpBody::tunnel},
    {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", "OPTIONS", "a.example"},
    {"WebDAV", "VERSION-CONTROL /x HTTP/1.1\r\nHost: a.example\r\n\r\n", "VERSION-CONTROL",
     "a.example"},
    {"DCOM", "RPC_IN_DATA /rpc HTTP/1.1\r\nHost: a.example\r\n\r\n", "RPC_IN_DATA", "a.example"},
    {"method of 20", "ABCDEFGHIJKLMNOPQRST / HTTP/1.1\r\n\r\n", "ABCDEFGHIJKLMNOPQRST", ""},
    {"length", "POST / HTTP/1.1\r\nContent-Length: 12\r\nHost: a.example\r\n\r\n", "POST",
     "a.example", HttpBody::sized, 12},
    {"length 0", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "POST", ""},
    {"length twice, same", "POST / HTTP/1.1\r\nContent-Length: 7\r\nContent-Length: 07, 7\r\n\r\n",
     "POST", "", HttpBody::sized, 7},
    {"longest length", "POST / HTTP/1.1\r\nContent-Length: 999999999999999999\r\n\r\n", "POST", "",
     HttpBody::sized, 999999999999999999},
    {"chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n", "POST", "",
     HttpBody::chunked},
    {"gzip, chunked",
     "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\ntransfer-encoding:,chunked\r\n\r\n", "POST", "",
     HttpBody::chunked},
    {"WebSocket",
     "GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: keep-alive, "
     "Upgrade\r\n\r\n",
     "GET", "a.example", HttpBody::tunnel},
    {"h2c", "GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", "GET",
     "", HttpBody::tunnel},
    {"upgrade not asked for", "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", "GET", ""},
    {"upgrade with a body",
     "POST / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: "
     "3\r\n\r\n",
     "POST", "", HttpBody::sized, 3},
};

TEST(HttpRequest, GoodOnesWithEveryPrefix) {
    for (const Good& c : kGood) {
        SCOPED_TRACE(c.what);
        for (std::size_t size = 0; size < c.stream.size(); ++size) {
            const auto early = parse_http_request(as_bytes(c.stream).first(size));
            ASSERT_FALSE(early.ok()) << "answered after " << size;
            ASSERT_EQ(early.error(), Stop::need_more) << "after " << size;
        }
        for (const char* more : {"", "\r\n", "GET /next HTTP/1.1\r\n\r\n", "\x16\x03\x01"}) {
            const std::string stream = c.stream + more;
            const auto request = parse_http_request(as_bytes(stream));
            ASSERT_TRUE(request.ok());
            EXPECT_EQ(request->method, c.method);
            EXPECT_EQ(request->host, c.host);
            EXPECT_EQ(request->head_size, c.stream.size());
            EXPECT_EQ(request->body, c.body);
            EXPECT_EQ(request->body_size, c.body_size);
        }
    }
}

TEST(HttpRequest, HostHeaderIsKeptBesideTheTarget) {
    const std::string stream = "GET http://b.example/ HTTP/1.1\r\nHost: a.example:80\r\n\r\n";
    const auto request = parse_http_request(as_bytes(stream));
    EXPECT_EQ(request->host, "b.example");
    EXPECT_EQ(request->host_header, "a.example");
}

// The answer must appear after exactly `after` bytes (0: only at the last one) and stay.
void expect_stop(std::string_view stream, Stop stop, std::size_t after = 0) {
    if (after == 0) after = stream.size();
    for (std::size_t size = 0; size <= stream.size(); ++size) {
        const auto answer = parse_http_request(as_bytes(stream).first(size));
        ASSERT_FALSE(answer.ok()) << "after " << size;
        ASSERT_EQ(answer.error(), size < after ? Stop::need_more : stop) << "after " << size;
    }
}

TEST(HttpRequest, OtherAsSoonAsItShows) {
    struct Case {
        const char* what;
        std::string_view stream;
        std::size_t after;
    };
    using namespace std::string_view_literals;
    for (const Case& c : {
             Case{"TLS", "\x16\x03\x01\x02\x00"sv, 1},
             Case{"zero bytes", "\0\0\0"sv, 1},
             Case{"lower-case method", "get / HTTP/1.1\r\n\r\n"sv, 1},
             Case{"space first", " GET / HTTP/1.1\r\n\r\n"sv, 1},
             Case{"digit in the method", "GE7 / HTTP/1.1\r\n\r\n"sv, 3},
             Case{"SSH banner", "SSH-2.0-OpenSSH_9.2\r\n"sv, 5},
             Case{"CR without LF first", "\rGET / HTTP/1.1\r\n\r\n"sv, 2},
             Case{"no space within 21 bytes", "ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n\r\n"sv, 21},
             Case{"method alone", "QUIT\r\n"sv, 5},
             Case{"NUL in the target", "GET /\0x HTTP/1.1\r\n\r\n"sv, 6},
             Case{"CR inside the line", "GET /\rx HTTP/1.1\r\n\r\n"sv, 7},
             Case{"HTTP/0.9", "GET /\r\nHost: a.example\r\n\r\n"sv, 7},
             Case{"no target", "GET HTTP/1.1\r\n\r\n"sv, 14},
             Case{"two spaces for a target", "GET  HTTP/1.1\r\n\r\n"sv, 15},
             Case{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv, 16},
             Case{"HTTP/2.0", "GET / HTTP/2.0\r\n\r\n"sv, 16},
             Case{"three-digit minor", "GET / HTTP/1.111\r\n\r\n"sv, 18},
             Case{"no minor", "GET / HTTP/1.\r\n\r\n"sv, 15},
             Case{"no minor, more", "GET / HTTP/1..8\r\n\r\n"sv, 17},
             Case{"a dot behind the minor", "GET / HTTP/1.0.\r\n\r\n"sv, 17},
             Case{"a letter behind the minor", "GET / HTTP/1.0.x\r\n\r\n"sv, 18},
             Case{"RTSP", "OPTIONS rtsp://a.example/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"sv, 36},
             Case{"SIP", "INVITE sip:u@a.example SIP/2.0\r\n\r\n"sv, 32},
             Case{"SMTP", "EHLO mail.example\r\n"sv, 19},
             Case{"FTP", "USER anonymous\r\nPASS x\r\n"sv, 16},
             Case{"IRC", "NICK somebody\r\n"sv, 15},
         }) {
        SCOPED_TRACE(c.what);
        expect_stop(c.stream, Stop::other, c.after);
    }
}

TEST(HttpRequest, MalformedAtTheEmptyLine) {
    const char* const bad[] = {
        "Host: a.example\r\nHost: b.example",
        "Host: a.example\r\nHost:",
        "Host: a.example b.example",
        "Host: a.\r\n example",
        "Host: a.example\x01",
        "Host: [2001:db8::1",
        "Host: [2001:db8::1]x",
        "Host : a.example",
        "Host: a.example\r\nHost\t: a.example",
        " Host: a.example",
    };
    for (const char* headers : bad) {
        SCOPED_TRACE(headers);
        expect_stop("POST / HTTP/1.1\r\n" + std::string(headers) + "\r\n\r\n", Stop::malformed);
    }
    expect_stop("GET http:///x HTTP/1.1\r\nHost: a.example\r\n\r\n", Stop::malformed);
    expect_stop("GET http://:80/x HTTP/1.1\r\nHost: a.example\r\n\r\n", Stop::malformed);
    expect_stop("CONNECT :443 HTTP/1.1\r\n\r\n", Stop::malformed);
    expect_stop("CONNECT a b:443 HTTP/1.1\r\n\r\n", Stop::malformed);
}

TEST(HttpRequest, UnclearLengthLeavesTheHostKnown) {
    const char* const unclear[] = {
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length:",
        "Content-Length: ,",
        "Content-Length: -1",
        "Content-Length: +1",
        "Content-Length: 0x10",
        "Content-Length: 1 2",
        "Content-Length: 1000000000000000000",
        "Content-Length : 5",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: identity",
        "Transfer-Encoding:",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked;x=y",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
    };
    for (const char* headers : unclear) {
        SCOPED_TRACE(headers);
        const std::string stream =
            "POST / HTTP/1.1\r\nHost: a.example\r\n" + std::string(headers) + "\r\n\r\n";
        const auto request = parse_http_request(as_bytes(stream));
        ASSERT_TRUE(request.ok());
        EXPECT_EQ(request->host, "a.example");
        EXPECT_EQ(request->body, HttpBody::unclear);
        EXPECT_EQ(request->body_size, 0u);
    }
    const std::string old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto request = parse_http_request(as_bytes(old));
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request->body, HttpBody::unclear);
}

TEST(HttpRequest, HeadLimit) {
    const std::string start = "GET / HTTP/1.1\r\nX: ";
    const auto head = [&](std::size_t size) {
        return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    };
    EXPECT_TRUE(parse_http_request(as_bytes(head(kHttpHeadMax))).ok());
    expect_stop(head(kHttpHeadMax + 1), Stop::too_large, kHttpHeadMax);
    expect_stop("GET /" + std::string(2 * kHttpHeadMax, 'x'), Stop::too_large, kHttpHeadMax);
    expect_stop(std::string(2 * kHttpHeadMax, '\n'), Stop::too_large, kHttpHeadMax);
}

TEST(HttpRequest, VersionOfThreeNumbers) {
    const std::string stream = "GET / HTTP/1.0.8\r\nHost: a.example\r\n\r\n";
    const auto request = parse_http_request(as_bytes(stream));
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request->host, "a.example");
}

TEST(HttpRequest, LineAlone) {
    const std::string stream = "\r\nPUT /x?y=1 HTTP/1.0\r\nHost: ";
    for (std::size_t size = 0; size < 23; ++size)
        EXPECT_EQ(parse_http_request_line(as_bytes(stream).first(size)).error(), Stop::need_more);
    const auto line = parse_http_request_line(as_bytes(stream));
    EXPECT_EQ(line->method, "PUT");
    EXPECT_EQ(line->target, "/x?y=1");
    EXPECT_EQ(line->minor, 0);
    EXPECT_EQ(line->line_size, 23u);
}

}  // namespace
}  // namespace sluice::wire

// HTTP/1 inside a flow: heads that two readers could read differently, bodies of every framing,
// however they are cut.
#include "dataplane/inspect/http1.h"

#include <gtest/gtest.h>

#include "tests/unit/inspect/bench_of_flows.h"
#include "tests/unit/inspect/conduit.h"

namespace sluice::inspect::test {
namespace {

class Http1Test : public testing::Test {
  protected:
    Http1Test() {
        model::ContentPolicy policy;
        policy.signatures.push_back({.id = "bad",
                                     .title = "t",
                                     .bytes = "MALICE",
                                     .pattern = {},
                                     .action = model::ContentAction::block,
                                     .source = "s",
                                     .at = {}});
        b.rules = std::move(content::Rules::compile(policy)).value();
        b.shared.rules = b.rules.get();
        fresh();
    }
    void fresh() {
        FlowInfo flow;
        flow.user = *parse_ip("10.1.0.5");
        flow.remote = *parse_ip("198.51.100.7");
        out = {};
        http = std::make_unique<Http1>(out, HttpJudge(b.shared, flow, {"news.example", {}}));
    }
    void client(std::string_view bytes, std::size_t piece = ~std::size_t{0}) {
        give(Side::client, bytes, piece);
    }
    void server(std::string_view bytes, std::size_t piece = ~std::size_t{0}) {
        give(Side::server, bytes, piece);
    }
    void give(Side from, std::string_view bytes, std::size_t piece) {
        for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at))
            http->on_bytes(from, as_bytes(bytes.substr(at, piece)));
    }
    FlowBench b;
    MemoryConduit out;
    std::unique_ptr<Http1> http;
};

const std::string kGet = "GET / HTTP/1.1\r\nHost: news.example\r\n\r\n";

TEST_F(Http1Test, MessagesOfEveryFramingPassUnchangedHoweverCut) {
    const std::string requests =
        kGet + "POST /a HTTP/1.1\r\nHost: news.example:443\r\nContent-Length: 5\r\n\r\nabcde" +
        "PUT /b HTTP/1.1\r\nHOST: NEWS.example\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n" +
        "HEAD /c HTTP/1.1\r\nHost: news.example\r\n\r\n" + kGet;
    const std::string answers =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
        "HTTP/1.1 200 OK\r\n\r\nuntil the end";
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{50}, std::size_t{10'000}}) {
        SCOPED_TRACE(piece);
        fresh();
        client(requests, piece);
        server(answers, piece);
        EXPECT_EQ(out.to(Side::server), requests);
        EXPECT_EQ(out.to(Side::client), answers);
        http->on_end(Side::server, true);
        EXPECT_TRUE(out.ended[0]);
        EXPECT_TRUE(out.cleanly);
        EXPECT_FALSE(out.aborted);
    }
    EXPECT_EQ(b.counters.bad_http, 0u);
}

TEST_F(Http1Test, WhatReadersReadDifferentlyIsRefused) {
    const std::string host = "Host: news.example\r\n";
    const std::pair<const char*, std::string> cases[] = {
        {"two lengths",
         "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
        {"both framings", "POST / HTTP/1.1\r\n" + host +
                              "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"coding of coding",
         "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        {"not the last", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n"},
        {"signed length", "POST / HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\nabcde"},
        {"list length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5, 5\r\n\r\nabcde"},
        {"huge length",
         "POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n"},
        {"chunked in 1.0",
         "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"bare LF", "GET / HTTP/1.1\nHost: news.example\n\n"},
        {"LF in the head", "GET / HTTP/1.1\r\n" + host + "A: b\nC: d\r\n\r\n"},
        {"folded", "GET / HTTP/1.1\r\n" + host + "A: b\r\n c\r\n\r\n"},
        {"blank before colon", "GET / HTTP/1.1\r\nHost : news.example\r\n\r\n"},
        {"two hosts", "GET / HTTP/1.1\r\n" + host + host + "\r\n"},
        {"no host", "GET / HTTP/1.1\r\n\r\n"},
        {"no version", "GET /\r\n\r\n"},
        {"version 2", "GET / HTTP/2.0\r\n" + host + "\r\n"},
        {"control byte", "GET / HTTP/1.1\r\n" + host + "A: b\x01\r\n\r\n"},
        {"tab in target", "GET /\tx HTTP/1.1\r\n" + host + "\r\n"},
        {"target is no target", "GET news.example HTTP/1.1\r\n" + host + "\r\n"},
        {"host of target and Host differ",
         "GET http://news.example/ HTTP/1.1\r\nHost: bank.example\r\n\r\n"},
        {"user in authority", "GET http://a@news.example/ HTTP/1.1\r\n" + host + "\r\n"}};
    for (const auto& [what, request] : cases) {
        SCOPED_TRACE(what);
        fresh();
        client(request);
        EXPECT_EQ(out.to(Side::server), "");
        EXPECT_TRUE(out.to(Side::client).starts_with("HTTP/1.1 400")) << out.to(Side::client);
        EXPECT_TRUE(out.left);
    }
}

TEST_F(Http1Test, BrokenChunksEndTheFlow) {
    for (const char* body : {"g\r\n", "\r\n", "1 \r\na\r\n", "1\na\r\n", "1\r\nab\r\n",
                             "1000000000000000\r\n", "0\r\n\nx\r\n\r\n", "0\r\n x: y\r\n\r\n"}) {
        SCOPED_TRACE(body);
        fresh();
        client(kGet);
        server(std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + body);
        EXPECT_TRUE(out.aborted);
    }
}

TEST_F(Http1Test, AnAnswerThatNobodyAskedForWaitsForItsRequest) {
    server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nMALICE");
    EXPECT_EQ(out.to(Side::client), "");
    client(kGet);
    EXPECT_TRUE(out.to(Side::client).starts_with("HTTP/1.1 403")) << "and is looked into then";
    fresh();
    server(std::string(kHeadBytesMax + 1, 'x'));
    EXPECT_TRUE(out.aborted);
}

TEST_F(Http1Test, BadContentIsAPageWhileNothingHasGoneOutAndACutLater) {
    client(kGet);
    server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxxMALICExx");
    EXPECT_TRUE(out.to(Side::client).starts_with("HTTP/1.1 403"));
    EXPECT_NE(out.to(Side::client).find("SL-4101"), std::string::npos);
    EXPECT_EQ(out.to(Side::client).find("MALICE"), std::string::npos);
    fresh();
    client(kGet);
    server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxxMALI");
    server("CExx");
    EXPECT_TRUE(out.aborted);
    EXPECT_EQ(out.to(Side::client).find("CExx"), std::string::npos);
    EXPECT_EQ(b.counters.content_blocked, 2u);
    fresh();
    client("POST / HTTP/1.1\r\nHost: news.example\r\nContent-Length: 6\r\n\r\nMALICE");
    EXPECT_TRUE(out.to(Side::client).starts_with("HTTP/1.1 403")) << "uploads too";
    EXPECT_EQ(out.to(Side::server).find("MALICE"), std::string::npos);
}

TEST_F(Http1Test, AHeadWaitsForItsBodyButNotForLong) {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";
    client(kGet);
    server(head);
    EXPECT_EQ(out.to(Side::client), "");
    server("MALICE");
    EXPECT_TRUE(out.to(Side::client).starts_with("HTTP/1.1 403"));
    fresh();
    client(kGet);
    server(head);
    b.advance_ms(kHeadWaitMs + 100);
    b.loop.run_once(0);
    EXPECT_EQ(out.to(Side::client), head);
    server("MALICE");
    EXPECT_TRUE(out.aborted);
    fresh();
    client(kGet);
    server("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    EXPECT_NE(out.to(Side::client), "") << "a stream of events begins at once";
}

TEST_F(Http1Test, ARefusalWaitsForTheAnswersBeforeIt) {
    client(kGet + "GET /games/x HTTP/1.1\r\nHost: news.example\r\n\r\n" + kGet);
    EXPECT_EQ(out.to(Side::server), kGet);
    EXPECT_EQ(out.to(Side::client), "");
    server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    EXPECT_TRUE(out.to(Side::client)
                    .starts_with("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 403"));
    EXPECT_TRUE(out.left);
    EXPECT_EQ(out.to(Side::server), kGet);
}

TEST_F(Http1Test, AnUpgradeBecomesATunnelOnlyWhenBothAgree) {
    const std::string ask =
        "GET /s HTTP/1.1\r\nHost: news.example\r\nConnection: keep-alive, Upgrade\r\n"
        "Upgrade: websocket\r\n\r\n";
    client(ask);
    EXPECT_FALSE(http->wants(Side::client));
    server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x01x");
    client("\x81\x81MALICE");
    server("MALICE");
    EXPECT_TRUE(out.to(Side::client).ends_with("xMALICE"));
    EXPECT_EQ(b.counters.tunnels, 1u);
    fresh();
    client(ask + kGet);
    server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(out.to(Side::server), ask + kGet) << "declined: HTTP goes on";
    fresh();
    client(kGet);
    server("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    EXPECT_TRUE(out.aborted) << "not asked for";
}

TEST_F(Http1Test, ManyRequestsWaitForAnswers) {
    for (std::size_t i = 0; i < Http1::kPipelineMax; ++i)
        client(kGet);
    EXPECT_FALSE(http->wants(Side::client));
    server("HTTP/1.1 204 x\r\n\r\n");
    EXPECT_TRUE(http->wants(Side::client));
}

TEST_F(Http1Test, EveryPageHasThreeLanguagesAReferenceAndNoMarkupOfOthers) {
    b.settings.where_to_apply = "<b>desk</b>";
    client("GET /games/<script> HTTP/1.1\r\nHost: news.example\r\n\r\n");
    const std::string& page = out.to(Side::client);
    for (const char* part : {"lang=kk", "lang=ru", "lang=en", "SL-3001", "&lt;b&gt;desk"})
        EXPECT_NE(page.find(part), std::string::npos) << part;
    EXPECT_EQ(page.find("<b>desk"), std::string::npos);
    ASSERT_EQ(b.reporter.all.size(), 1u);
    EXPECT_NE(b.reporter.all[0].reference, 0u);
}

TEST_F(Http1Test, LogsHoldOfAUrlWhatThePolicyAllows) {
    for (const auto& [policy, path] : {std::pair{LogPath::none, ""},
                                       {LogPath::path, "/games/a"},
                                       {LogPath::query, "/games/a?secret=1"}}) {
        b.settings.log_path = policy;
        fresh();
        client("GET /games/a?secret=1 HTTP/1.1\r\nHost: news.example\r\n\r\n");
        EXPECT_EQ(b.reporter.all.back().path, path);
    }
}

TEST_F(Http1Test, WhatCannotBeLookedIntoFollowsThePolicy) {
    const std::string odd =
        "HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 4\r\n\r\nabcd";
    client(kGet);
    server(odd);
    EXPECT_EQ(out.to(Side::client), odd);
    EXPECT_EQ(b.counters.content_unread, 1u);
    auto files = small_policy();
    files["policy.yaml"] += "when_we_cannot_know: {content_unread: closed}\n";
    b.set_policy(files);
    fresh();
    client(kGet);
    server(odd);
    EXPECT_TRUE(out.to(Side::client).starts_with("HTTP/1.1 403"));
    EXPECT_NE(out.to(Side::client).find("SL-4103"), std::string::npos);
}

}  // namespace
}  // namespace sluice::inspect::test

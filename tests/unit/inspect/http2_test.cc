// HTTP/2 inside a flow: a real nghttp2 client and a real nghttp2 server on the two sides of the
// adapter, all in memory.
#include "dataplane/inspect/http2.h"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <cstring>
#include <map>

#include "dataplane/inspect/http2_flow.h"
#include "tests/unit/inspect/bench_of_flows.h"
#include "tests/unit/inspect/conduit.h"

namespace sluice::inspect::test {
namespace {

using FieldList = std::vector<std::pair<std::string, std::string>>;

// One end: remembers what came on each stream, sends bodies with trailers.
class End2 {
  public:
    struct Got {
        FieldList fields;
        std::string body;
        unsigned heads = 0;
        bool ended = false, closed = false;
        std::uint32_t error = 0;
        std::string field(const std::string& name) const {
            for (const auto& [n, value] : fields)
                if (n == name) return value;
            return {};
        }
    };
    explicit End2(bool server) {
        nghttp2_session_callbacks* c = nullptr;
        nghttp2_session_callbacks_new(&c);
        nghttp2_session_callbacks_set_on_header_callback(
            c, [](nghttp2_session*, const nghttp2_frame* f, const std::uint8_t* n, std::size_t ns,
                  const std::uint8_t* v, std::size_t vs, std::uint8_t, void* self) {
                auto& g = static_cast<End2*>(self)->got[f->hd.stream_id];
                g.fields.emplace_back(as_text(Bytes{n, ns}), as_text(Bytes{v, vs}));
                return 0;
            });
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
            c, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* d,
                  std::size_t s, void* self) {
                static_cast<End2*>(self)->got[id].body.append(as_text(Bytes{d, s}));
                return 0;
            });
        nghttp2_session_callbacks_set_on_frame_recv_callback(
            c, [](nghttp2_session*, const nghttp2_frame* f, void* self) {
                if (f->hd.type == NGHTTP2_GOAWAY) static_cast<End2*>(self)->goaway = true;
                if (f->hd.stream_id == 0) return 0;
                auto& g = static_cast<End2*>(self)->got[f->hd.stream_id];
                g.heads += f->hd.type == NGHTTP2_HEADERS;
                g.ended = g.ended || (f->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
                return 0;
            });
        nghttp2_session_callbacks_set_on_stream_close_callback(
            c, [](nghttp2_session*, std::int32_t id, std::uint32_t error, void* self) {
                auto& g = static_cast<End2*>(self)->got[id];
                g.closed = true;
                g.error = error;
                return 0;
            });
        if (server)
            nghttp2_session_server_new(&session, c, this);
        else
            nghttp2_session_client_new(&session, c, this);
        nghttp2_session_callbacks_del(c);
        nghttp2_submit_settings(session, 0, nullptr, 0);
    }
    ~End2() { nghttp2_session_del(session); }

    struct Body {
        std::string bytes;
        FieldList trailers;
        bool hold = false;  // more is to come
    };
    nghttp2_data_provider provider(Body& body) {
        return {{.ptr = &body},
                [](nghttp2_session* s, std::int32_t id, std::uint8_t* into, std::size_t size,
                   std::uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
                    auto& b = *static_cast<Body*>(source->ptr);
                    const std::size_t n = std::min(size, b.bytes.size());
                    if (n == 0 && b.hold) return NGHTTP2_ERR_DEFERRED;
                    std::memcpy(into, b.bytes.data(), n);
                    b.bytes.erase(0, n);
                    if (!b.bytes.empty() || b.hold) return static_cast<ssize_t>(n);
                    *flags |= NGHTTP2_DATA_FLAG_EOF;
                    if (!b.trailers.empty()) {
                        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
                        const auto list = nv(b.trailers);
                        nghttp2_submit_trailer(s, id, list.data(), list.size());
                    }
                    return static_cast<ssize_t>(n);
                }};
    }
    static std::vector<nghttp2_nv> nv(const FieldList& fields) {
        std::vector<nghttp2_nv> list;
        for (const auto& [n, v] : fields)
            list.push_back({const_cast<std::uint8_t*>(as_bytes(n).data()),
                            const_cast<std::uint8_t*>(as_bytes(v).data()), n.size(), v.size(), 0});
        return list;
    }
    std::int32_t ask(const std::string& path, Body* body = nullptr, FieldList more = {},
                     const std::string& host = "news.example") {
        FieldList fields = {{":method", body ? "POST" : "GET"},
                            {":scheme", "https"},
                            {":authority", host},
                            {":path", path}};
        fields.insert(fields.end(), more.begin(), more.end());
        const auto list = nv(fields);
        const auto data = body ? provider(*body) : nghttp2_data_provider{};
        return nghttp2_submit_request(session, nullptr, list.data(), list.size(),
                                      body ? &data : nullptr, nullptr);
    }
    void answer(std::int32_t id, Body& body, FieldList fields = {{":status", "200"}}) {
        const auto list = nv(fields);
        const auto data = provider(body);
        nghttp2_submit_response(session, id, list.data(), list.size(), &data);
    }
    std::string take() {
        std::string out;
        const std::uint8_t* bytes = nullptr;
        for (ssize_t n = 0; (n = nghttp2_session_mem_send(session, &bytes)) > 0;)
            out.append(as_text(Bytes{bytes, static_cast<std::size_t>(n)}));
        return out;
    }
    void give(std::string_view bytes) {
        ASSERT_EQ(nghttp2_session_mem_recv(session, as_bytes(bytes).data(), bytes.size()),
                  static_cast<ssize_t>(bytes.size()));
    }
    nghttp2_session* session = nullptr;
    std::map<std::int32_t, Got> got;
    bool goaway = false;
};

class Http2Test : public testing::Test {
  protected:
    Http2Test() {
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
        FlowInfo flow;
        flow.user = *parse_ip("10.1.0.5");
        flow.remote = *parse_ip("198.51.100.7");
        http = make_http2(out, HttpJudge(b.shared, flow, {"news.example", {}}));
    }
    // Bytes between the three until none has more to say.
    void turn(std::size_t piece = ~std::size_t{0}) {
        for (bool moved = true; moved;) {
            moved = false;
            for (const auto& [end, side] :
                 {std::pair{&client, Side::client}, {&server, Side::server}}) {
                const std::string to_adapter = end->take();
                for (std::size_t at = 0; at < to_adapter.size();
                     at += std::min(piece, to_adapter.size() - at))
                    http->on_bytes(side, as_bytes(std::string_view(to_adapter).substr(at, piece)));
                const std::string from_adapter = std::exchange(out.to(side), {});
                if (!from_adapter.empty()) end->give(from_adapter);
                moved = moved || !to_adapter.empty() || !from_adapter.empty();
            }
        }
    }
    FlowBench b;
    MemoryConduit out;
    std::unique_ptr<Protocol> http;
    End2 client{false}, server{true};
};

TEST_F(Http2Test, RequestsAnswersAndTrailersGoFromEndToEnd) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{9}, std::size_t{1'000'000}}) {
        End2::Body question{"hello", {{"x-check", "1"}}}, reply{"world", {{"grpc-status", "0"}}};
        const auto id = client.ask("/rpc", &question,
                                   {{"te", "trailers"}, {"content-type", "application/grpc"}});
        turn(piece);
        auto& asked = server.got.rbegin()->second;
        EXPECT_EQ(asked.body, "hello");
        EXPECT_EQ(asked.field("te"), "trailers");
        EXPECT_EQ(asked.field("x-check"), "1");
        server.answer(server.got.rbegin()->first, reply, {{":status", "200"}, {"a", "b"}});
        turn(piece);
        EXPECT_EQ(client.got[id].body, "world");
        EXPECT_EQ(client.got[id].field("grpc-status"), "0");
        EXPECT_EQ(client.got[id].heads, 2u);
        EXPECT_TRUE(client.got[id].ended);
    }
    EXPECT_EQ(b.counters.h2_requests, 3u);
}

TEST_F(Http2Test, BothDirectionsFlowBeforeEitherEnds) {
    End2::Body question{"ping", {}, true}, reply{"", {}, true};
    const auto id = client.ask("/stream", &question);
    turn();
    const auto there = server.got.begin()->first;
    EXPECT_EQ(server.got[there].body, "ping");
    server.answer(there, reply, {{":status", "200"}, {"content-type", "application/grpc"}});
    turn();
    EXPECT_EQ(client.got[id].field(":status"), "200") << "the head does not wait for a body";
    reply.bytes = "pong";
    nghttp2_session_resume_data(server.session, there);
    turn();
    EXPECT_EQ(client.got[id].body, "pong");
    question.bytes = "again";
    question.hold = false;
    nghttp2_session_resume_data(client.session, id);
    turn();
    EXPECT_EQ(server.got[there].body, "pingagain");
    EXPECT_TRUE(server.got[there].ended);
    EXPECT_FALSE(client.got[id].ended);
}

TEST_F(Http2Test, InterimAnswersPass) {
    const auto id = client.ask("/");
    turn();
    const auto there = server.got.begin()->first;
    const FieldList hints = {{":status", "103"}, {"link", "</x>"}};
    const auto list = End2::nv(hints);
    nghttp2_submit_headers(server.session, 0, there, nullptr, list.data(), list.size(), nullptr);
    End2::Body reply{"done", {}};
    server.answer(there, reply);
    turn();
    EXPECT_EQ(client.got[id].heads, 2u);
    EXPECT_EQ(client.got[id].field("link"), "</x>");
    EXPECT_EQ(client.got[id].body, "done");
}

TEST_F(Http2Test, AFullWindowStopsTheSenderAndNothingIsLost) {
    std::string body(3u << 20, 'x');
    for (std::size_t i = 0; i < body.size(); i += 1009)
        body[i] = static_cast<char>('a' + i % 26);
    const auto id = client.ask("/big");
    turn();
    out.full = true;  // the client's socket takes nothing
    End2::Body reply{body, {}};
    server.answer(server.got.begin()->first, reply);
    for (int i = 0; i < 100; ++i)
        http->on_bytes(Side::server, as_bytes(server.take() + std::string()));
    const std::size_t sent = body.size() - reply.bytes.size();
    EXPECT_LE(sent, kStreamWindow);
    EXPECT_GT(sent, 60'000u);
    out.full = false;
    http->on_room(Side::client);
    turn();
    EXPECT_EQ(client.got[id].body, body);
    EXPECT_TRUE(client.got[id].ended);
}

TEST_F(Http2Test, ResetsGoThroughWithTheirCode) {
    End2::Body question{"x", {}, true};
    const auto one = client.ask("/1", &question), two = client.ask("/2");
    turn();
    nghttp2_submit_rst_stream(client.session, 0, one, NGHTTP2_CANCEL);
    nghttp2_submit_rst_stream(server.session, 0, server.got.rbegin()->first,
                              NGHTTP2_ENHANCE_YOUR_CALM);
    turn();
    EXPECT_TRUE(server.got.begin()->second.closed);
    EXPECT_EQ(server.got.begin()->second.error, static_cast<std::uint32_t>(NGHTTP2_CANCEL));
    EXPECT_EQ(client.got[two].error, static_cast<std::uint32_t>(NGHTTP2_ENHANCE_YOUR_CALM));
}

TEST_F(Http2Test, RefusalsAreAnsweredHereAndOthersGoOn) {
    const auto games = client.ask("/games/1"), other = client.ask("/", nullptr, {}, "bank.example");
    const auto fine = client.ask("/fine");
    turn();
    EXPECT_EQ(client.got[games].field(":status"), "403");
    EXPECT_NE(client.got[games].body.find("SL-3001"), std::string::npos);
    EXPECT_EQ(client.got[other].field(":status"), "421");
    EXPECT_EQ(b.counters.misdirected, 1u);
    ASSERT_EQ(server.got.size(), 1u);
    EXPECT_EQ(server.got.begin()->second.field(":path"), "/fine");
    End2::Body reply{"ok", {}};
    server.answer(server.got.begin()->first, reply);
    turn();
    EXPECT_EQ(client.got[fine].body, "ok");
}

TEST_F(Http2Test, AuthorityAndHostMustAgree) {
    const auto id = client.ask("/", nullptr, {{"host", "bank.example"}});
    turn();
    EXPECT_TRUE(server.got.empty());
    EXPECT_FALSE(client.got[id].field(":status") == "200");
}

TEST_F(Http2Test, BadContentIsAPageOrAResetAndTheServerIsToldToStop) {
    const auto early = client.ask("/early"), late = client.ask("/late");
    turn();
    const auto first = server.got.begin()->first, second = server.got.rbegin()->first;
    End2::Body bad{"MALICE and more", {}}, slow{"clean ", {}, true};
    server.answer(first, bad);
    server.answer(second, slow);
    turn();
    EXPECT_EQ(client.got[early].field(":status"), "403");
    EXPECT_EQ(client.got[early].body.find("MALICE"), std::string::npos);
    EXPECT_EQ(client.got[late].body, "clean ");
    slow.bytes = "MALI";
    nghttp2_session_resume_data(server.session, second);
    turn();
    slow.bytes = "CE";
    nghttp2_session_resume_data(server.session, second);
    turn();
    EXPECT_TRUE(client.got[late].closed);
    EXPECT_EQ(client.got[late].error, static_cast<std::uint32_t>(NGHTTP2_INTERNAL_ERROR));
    EXPECT_EQ(client.got[late].body, "clean MALI");
    EXPECT_TRUE(server.got[second].closed);
    EXPECT_EQ(b.counters.content_blocked, 2u);
    const auto after = client.ask("/after");
    turn();
    End2::Body fine{"fine", {}};
    server.answer(server.got.rbegin()->first, fine);
    turn();
    EXPECT_EQ(client.got[after].body, "fine") << "the connection goes on";
}

TEST_F(Http2Test, AHeadWaitsForItsBodyButNotForLong) {
    const auto bad = client.ask("/bad"), slow = client.ask("/slow");
    turn();
    const auto first = server.got.begin()->first, second = server.got.rbegin()->first;
    End2::Body malice{"", {}, true}, late{"", {}, true};
    server.answer(first, malice);
    server.answer(second, late);
    turn();
    EXPECT_EQ(client.got[bad].heads + client.got[slow].heads, 0u);
    malice.bytes = "MALICE";
    nghttp2_session_resume_data(server.session, first);
    turn();
    EXPECT_EQ(client.got[bad].field(":status"), "403") << "a page, though the head came before";
    EXPECT_EQ(client.got[slow].heads, 0u);
    b.advance_ms(kHeadWaitMs + 100);
    b.loop.run_once(0);
    turn();
    EXPECT_EQ(client.got[slow].field(":status"), "200");
}

TEST_F(Http2Test, WindowsComeBackFromStreamsThatAreRefused) {
    // More than the flow's window in refused uploads: the last would hang if they were not given
    // back.
    for (int i = 0; i < 8; ++i) {
        End2::Body upload{"MALICE" + std::string(200'000, 'x'), {}};
        client.ask("/up", &upload);
        turn();
    }
    End2::Body upload{std::string(200'000, 'y'), {}};
    client.ask("/good", &upload);
    turn();
    EXPECT_EQ(server.got.rbegin()->second.body.size(), 200'000u);
}

TEST_F(Http2Test, AServerThatLeavesIsAnnouncedAndWhatItSentWholeArrives) {
    const auto id = client.ask("/1"), open = client.ask("/2");
    turn();
    End2::Body reply{"whole", {}};
    server.answer(server.got.begin()->first, reply);
    nghttp2_submit_goaway(server.session, 0, server.got.rbegin()->first, NGHTTP2_NO_ERROR, nullptr,
                          0);
    turn();
    EXPECT_TRUE(client.goaway);
    EXPECT_EQ(client.got[id].body, "whole");
    http->on_end(Side::server, true);
    turn();
    EXPECT_TRUE(client.got[open].closed);
    EXPECT_NE(client.got[open].error, 0u);
    EXPECT_TRUE(out.finished);
}

TEST_F(Http2Test, WhatIsNoHttp2EndsTheFlow) {
    http->on_bytes(Side::client, as_bytes("GET / HTTP/1.1\r\nHost: news.example\r\n\r\n"));
    EXPECT_TRUE(out.aborted);
    EXPECT_EQ(b.counters.bad_http, 1u);
}

}  // namespace
}  // namespace sluice::inspect::test

// Whole flows where the policy, the signer or one of the ends makes a difference.
#include "tests/unit/inspect/session_fixture.h"

namespace sluice::inspect::test {
namespace {

TEST_F(SessionTest, WithoutALeafThePolicySaysWhetherTheFlowPasses) {
    b.signer.refuse = LeafRefusal{};
    auto files = small_policy();
    files["policy.yaml"] += "when_we_cannot_know: {signer_unavailable: closed}\n";
    b.set_policy(files);
    auto ends = inspected();
    EXPECT_TRUE(ends.client->closed());
    ASSERT_FALSE(b.reporter.all.empty());
    EXPECT_EQ(b.reporter.all.back().reason, Reason::no_leaf);

    files["policy.yaml"] = "title: t\nwhen_we_cannot_know: {signer_unavailable: open}\n";
    b.set_policy(files);
    auto open = b.begin();
    Pair fresh = tcp_pair();
    b.source.fresh.push_back(fresh);
    SSL_CTX* client = b.client_context(false);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client), b.origins.certificate());
    open.client->connect_tls(client, "news.example");
    open.server->accept_tls(b.server_context(b.good));
    Peer again(fresh.theirs);
    again.accept_tls(b.server_context(b.good));
    ASSERT_TRUE(b.until(open, [&] {
        again.step();
        return open.client->shaken;
    }));
    EXPECT_EQ(issuer_of(*open.client), "Root of origins");
}

TEST_F(SessionTest, ASignerThatDoesNotAnswerIsNotWaitedForForEver) {
    b.signer.hold = true;
    auto files = small_policy();
    files["policy.yaml"] += "when_we_cannot_know: {signer_unavailable: closed}\n";
    b.set_policy(files);
    auto ends = b.begin();
    ends.client->connect_tls(b.client_context(), "news.example");
    ends.server->accept_tls(b.server_context(b.good));
    b.settle(ends);
    ASSERT_EQ(b.signer.orders.size(), 1u);
    EXPECT_FALSE(ends.client->closed());
    b.advance_ms(b.settings.signer_ms + 100);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->closed(); }));
    EXPECT_EQ(b.counters.timeouts, 1u);
    b.signer.hold = false;
    b.signer.answer_held();  // too late, and of no consequence
}

TEST_F(SessionTest, ASignerWithANewerBundleMayKnowTheNameAsExempt) {
    b.signer.refuse = LeafRefusal{LeafTrouble::refused, ipc::SignerRefusal::exempt};
    Pair fresh = tcp_pair();
    b.source.fresh.push_back(fresh);
    auto ends = b.begin();
    SSL_CTX* client = b.client_context(false);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client), b.origins.certificate());
    ends.client->connect_tls(client, "news.example");
    ends.server->accept_tls(b.server_context(b.good));
    Peer again(fresh.theirs);
    again.accept_tls(b.server_context(b.good));
    ASSERT_TRUE(b.until(ends, [&] {
        again.step();
        return ends.client->shaken;
    }));
    EXPECT_EQ(b.counters.signer_exempt, 1u);
    EXPECT_EQ(issuer_of(*ends.client), "Root of origins");
}

TEST_F(SessionTest, AServerThatWantsAClientCertificateIsSplicedAndListed) {
    SSL_CTX* server = b.server_context(b.good);
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER, nullptr);  // optional counts as well
    SSL_CTX* client = b.client_context(false);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client), b.origins.certificate());
    Pair fresh = tcp_pair();
    b.source.fresh.push_back(fresh);
    auto ends = b.begin();
    ends.client->connect_tls(client, "news.example");
    ends.server->accept_tls(server);
    Peer again(fresh.theirs);
    again.accept_tls(server);
    ASSERT_TRUE(b.until(ends, [&] {
        again.step();
        return ends.client->shaken;
    }));
    EXPECT_EQ(issuer_of(*ends.client), "Root of origins");
    EXPECT_EQ(b.counters.spliced, 1u);
    EXPECT_EQ(b.counters.leaves_asked, 0u);
    ASSERT_EQ(b.reporter.all.size(), 1u);
    EXPECT_EQ(b.reporter.all[0].kind, ReportKind::spliced);
    ASSERT_EQ(b.splices.list(b.loop.now().utc).size(), 1u);

    auto next = b.begin();  // by the list: the first connection is the only one
    next.client->connect_tls(client, "news.example");
    next.server->accept_tls(server);
    ASSERT_TRUE(b.until(next, [&] { return next.client->shaken; }));
    EXPECT_EQ(b.source.reconnects, 1u);
    EXPECT_EQ(b.counters.spliced_again, 1u);
    b.advance_ms(3'601'000);
    b.loop.run_once(0);
    EXPECT_TRUE(b.splices.list(b.loop.now().utc).empty());
}

TEST_F(SessionTest, ClientCertificatesOfUnlistedRiskyOrBadServersAreNotSpliced) {
    const TestCa stranger("Stranger");
    struct Case {
        const char* what;
        std::string name;
        Issued certificate;
    };
    Case cases[] = {
        {"uncategorised", "nowhere.example", b.origins.issue({.name = "nowhere.example"})},
        {"high risk", "work.example", b.origins.issue({.name = "work.example"})},
        {"untrusted", "news.example", stranger.issue({})}};
    b.settings.high_risk = {"work"};
    for (const Case& c : cases) {
        SCOPED_TRACE(c.what);
        SSL_CTX* server = b.server_context(c.certificate);
        SSL_CTX_set_verify(server, SSL_VERIFY_PEER, nullptr);
        auto ends = b.begin();
        SSL_CTX* any = b.client_context();
        SSL_CTX_set_verify(any, SSL_VERIFY_NONE, nullptr);
        ends.client->connect_tls(any, c.name);
        ends.server->accept_tls(server);
        ASSERT_TRUE(b.until(ends, [&] { return ends.client->shaken || ends.client->closed(); }));
        EXPECT_TRUE(issuer_of(*ends.client).starts_with("Sluice")) << issuer_of(*ends.client);
    }
    EXPECT_EQ(b.counters.spliced, 0u);
    EXPECT_EQ(b.source.reconnects, 0u);
}

TEST_F(SessionTest, ClientsThatComplainAreProposedAndNeverExempted) {
    for (unsigned i = 1; i <= 3; ++i) {
        auto ends = b.begin();
        ends.client->connect_tls(b.client_context(false), "news.example");
        ends.server->accept_tls(b.server_context(b.good));
        ASSERT_TRUE(b.until(ends, [&] { return ends.client->closed(); }));
        ASSERT_TRUE(b.until(ends, [&] { return b.counters.client_complained == i; }));
    }
    ASSERT_EQ(b.pins.list().size(), 1u);
    EXPECT_EQ(b.pins.list()[0].complaints, 3u);
    EXPECT_EQ(b.pins.list()[0].organisation, "ministry");
    EXPECT_EQ(b.pins.list()[0].alert, TLS1_AD_UNKNOWN_CA);
    EXPECT_EQ(b.counters.spliced + b.counters.left_alone + b.counters.left_exempt, 0u);
    auto other = inspected();
    ASSERT_TRUE(b.until(other, [&] { return b.counters.inspected == 1; }));
    EXPECT_EQ(b.pins.list()[0].accepted, 1u);
}

TEST_F(SessionTest, ANewBundleEndsWhatItExemptsAndLeavesTheRest) {
    auto news = inspected(), other = b.begin();
    const Issued certificate = b.origins.issue({.name = "work.example"});
    other.client->connect_tls(b.client_context(), "work.example");
    other.server->accept_tls(b.server_context(certificate));
    ASSERT_TRUE(b.until(other, [&] { return other.client->shaken; }));
    auto files = small_policy();
    files["categories.yaml"] +=
        "  - {id: gov, title: G, exempt: government, source: s, names: [www.news.example]}\n";
    files["categories.yaml"] =
        "categories:\n  - {id: bank, title: B, exempt: finance, source: s, names: [news.example]}\n"
        "  - {id: work, title: W, source: s, names: [work.example]}\n"
        "  - {id: social, title: S, source: s, names: [social.example]}\n"
        "  - {id: news, title: N, source: s, names: [paper.example]}\n";
    b.set_policy(files);
    news.session->rejudge();
    other.session->rejudge();
    ASSERT_TRUE(b.until(news, [&] { return news.client->closed(); }));
    EXPECT_EQ(b.counters.exempted_meanwhile, 1u);
    b.settle(other);
    EXPECT_FALSE(other.client->closed());
}

TEST_F(SessionTest, HalfCloseGoesThroughAndTruncationShows) {
    auto ends = inspected();
    ends.client->send("GET / HTTP/1.1\r\nHost: news.example\r\nContent-Length: 3\r\n\r\nabc");
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->received.ends_with("abc"); }));
    ends.client->send_end();
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->ended; }));
    ends.server->send(kOk);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->received == kOk; }));

    auto cut = inspected();
    cut.client->send(kGet);
    ASSERT_TRUE(b.until(cut, [&] { return cut.server->received == kGet; }));
    cut.server->send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    cut.server->send_end();  // close_notify, but the body is not whole
    ASSERT_TRUE(b.until(cut, [&] { return cut.client->closed(); }));
    EXPECT_TRUE(cut.client->truncated);
}

TEST_F(SessionTest, ASlowReaderStopsTheSenderAndLosesNothing) {
    auto ends = inspected();
    ends.client->send(kGet);
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == kGet; }));
    constexpr std::size_t kSize = 8u << 20;
    std::string body(kSize, 'x');
    for (std::size_t i = 0; i < kSize; i += 997)
        body[i] = static_cast<char>('a' + i % 26);
    ends.client->reading = false;
    ends.server->send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n" +
                      body);
    b.settle(ends, 200);
    EXPECT_LT(b.only().bytes(Side::client), kSize) << "back pressure";
    ends.client->reading = true;
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->received.ends_with(body); }));
}

TEST_F(SessionTest, AHelloInPiecesIsWaitedForAndASilentClientIsNot) {
    auto ends = b.begin();
    b.advance_ms(b.settings.opening_ms + 100);
    b.settle(ends, 3);
    EXPECT_EQ(b.counters.timeouts, 1u);
    EXPECT_EQ(b.counters.left_alone, 1u) << "unnamed, and the policy for that is open";
}

TEST_F(SessionTest, PlainHttpIsJudgedRequestByRequest) {
    auto ends = b.begin(80);
    ends.client->send(kGet);
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == kGet; }));
    ends.server->send(kOk);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->received == kOk; }));
    ends.client->received.clear();
    ends.client->send("GET / HTTP/1.1\r\nHost: social.example\r\n\r\n");
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->ended; }));
    EXPECT_TRUE(ends.client->received.starts_with("HTTP/1.1 403"));
    EXPECT_NE(ends.client->received.find("SL-3001"), std::string::npos);
    EXPECT_EQ(ends.server->received, kGet) << "the refused request did not go out";
}

TEST_F(SessionTest, AnotherHostThanTheLeafsIsMisdirected) {
    auto ends = inspected();
    ends.client->send("GET / HTTP/1.1\r\nHost: bank.example\r\n\r\n");
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->ended; }));
    EXPECT_TRUE(ends.client->received.starts_with("HTTP/1.1 421"));
    EXPECT_EQ(b.counters.misdirected, 1u);
    EXPECT_EQ(ends.server->received, "");
}

TEST_F(SessionTest, AListedUrlIsBlockedWhereItsHostIsNot) {
    auto ends = inspected();
    ends.client->send("GET /games/1?x=y HTTP/1.1\r\nHost: news.example\r\n\r\n");
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->ended; }));
    EXPECT_TRUE(ends.client->received.starts_with("HTTP/1.1 403"));
    ASSERT_EQ(b.reporter.all.size(), 1u);
    EXPECT_EQ(b.reporter.all[0].path, "/games/1") << "no query by default";
}

}  // namespace
}  // namespace sluice::inspect::test

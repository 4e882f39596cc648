// Whole flows through a session: real TLS on both sides, real policy.
#include "dataplane/inspect/session.h"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "tests/unit/inspect/bench_of_flows.h"

namespace sluice::inspect::test {
namespace {

using model::Reason;

class SessionTest : public testing::Test {
  protected:
    // Both ends in TLS; done when the client's handshake is.
    FlowBench::Ends inspected(const std::string& name = "news.example") {
        auto ends = b.begin();
        ends.client->connect_tls(b.client_context(), name);
        ends.server->accept_tls(b.server_context(b.good));
        EXPECT_TRUE(b.until(ends, [&] { return ends.client->shaken || ends.client->closed(); }));
        return ends;
    }
    // The server has a certificate with a fault; done when the client has decided.
    FlowBench::Ends faulty(const Issued& certificate, SSL_CTX* client) {
        auto ends = b.begin();
        ends.client->connect_tls(client, "news.example");
        ends.server->accept_tls(b.server_context(certificate));
        EXPECT_TRUE(b.until(ends, [&] { return ends.client->shaken || ends.client->closed(); }));
        return ends;
    }
    static std::string issuer_of(const Peer& peer) {
        X509* certificate = SSL_get0_peer_certificate(peer.ssl());
        char text[256] = "";
        if (certificate != nullptr)
            X509_NAME_get_text_by_NID(X509_get_issuer_name(certificate), NID_commonName, text,
                                      sizeof text);
        return text;
    }
    FlowBench b;
};

constexpr const char* kGet = "GET /a?q=1 HTTP/1.1\r\nHost: news.example\r\n\r\n";
constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST_F(SessionTest, ARequestAndItsAnswerPassUnderALeafOfTheAskedName) {
    auto ends = inspected();
    ASSERT_TRUE(ends.client->shaken);
    EXPECT_EQ(issuer_of(*ends.client), "Sluice test CA");
    EXPECT_EQ(X509_check_host(SSL_get0_peer_certificate(ends.client->ssl()), "news.example", 0, 0,
                              nullptr), 1);
    ends.client->send(kGet);
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == kGet; }));
    ends.server->send(kOk);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->received == kOk; }));
    EXPECT_EQ(b.counters.inspected, 1u);
    EXPECT_EQ(b.counters.h1_requests, 1u);
    EXPECT_EQ(b.verifier.asked, 1u);
}

TEST_F(SessionTest, TheClientGetsNoCertificateBeforeTheServerIsVerified) {
    auto ends = b.begin();
    ends.client->connect_tls(b.client_context(), "news.example");
    b.settle(ends);  // the server does not speak yet
    EXPECT_FALSE(ends.client->closed());
    EXPECT_EQ(b.signer.orders.size(), 0u);
    EXPECT_EQ(b.verifier.asked, 0u);
}

TEST_F(SessionTest, AnExemptNameIsRelayedUntouched) {
    auto ends = b.begin();
    const Issued bank = b.origins.issue({.name = "bank.example"});
    SSL_CTX* client = b.client_context(false);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client), b.origins.certificate());
    ends.client->connect_tls(client, "bank.example");
    ends.server->accept_tls(b.server_context(bank));
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->shaken; }));
    EXPECT_EQ(issuer_of(*ends.client), "Root of origins");
    ends.client->send("ping");
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == "ping"; }));
    EXPECT_EQ(b.counters.left_exempt, 1u);
    EXPECT_EQ(b.counters.inspected, 0u);
    EXPECT_EQ(b.counters.leaves_asked, 0u);
    EXPECT_EQ(b.verifier.asked, 0u);
    EXPECT_FALSE(b.only().opened());
}

TEST_F(SessionTest, ABlockedNameIsReset) {
    auto ends = b.begin();
    ends.client->connect_tls(b.client_context(), "social.example");
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->closed(); }));
    ASSERT_EQ(b.reporter.all.size(), 1u);
    EXPECT_EQ(b.reporter.all[0].reason, Reason::not_granted);
    EXPECT_EQ(b.reporter.all[0].organisation, "ministry");
    EXPECT_EQ(b.live(), 0u);
}

TEST_F(SessionTest, BadOriginsShowAPageUnderAnUntrustedLeafAndGetNothing) {
    struct Case {
        const char* what;
        Issued certificate;
        OriginFault fault;
    };
    const TestCa stranger("Stranger");
    Case cases[] = {
        {"expired", b.origins.issue({.from_seconds = -7200, .until_seconds = -3600}),
         OriginFault::expired},
        {"wrong host", b.origins.issue({.name = "evil.example"}), OriginFault::wrong_name},
        {"stranger", stranger.issue({}), OriginFault::untrusted_issuer}};
    unsigned count = 0;
    for (const Case& c : cases) {
        SCOPED_TRACE(c.what);
        auto trusting = faulty(c.certificate, b.client_context());
        EXPECT_TRUE(trusting.client->failed) << "a bad server must not look trusted";
        SSL_CTX* any = b.client_context();
        SSL_CTX_set_verify(any, SSL_VERIFY_NONE, nullptr);
        auto ends = faulty(c.certificate, any);
        ASSERT_TRUE(ends.client->shaken);
        EXPECT_EQ(issuer_of(*ends.client), "Sluice untrusted CA");
        ends.client->send(kGet);
        ASSERT_TRUE(b.until(ends, [&] { return ends.client->ended; }));
        EXPECT_TRUE(ends.client->received.starts_with("HTTP/1.1 403"));
        EXPECT_NE(ends.client->received.find("SL-4201"), std::string::npos);
        EXPECT_EQ(ends.server->received, "");
        EXPECT_EQ(b.counters.origin_faults[static_cast<std::size_t>(c.fault)], 2u);
        ++count;
    }
    EXPECT_EQ(count, 3u);
    EXPECT_EQ(b.upstream.size(), 0u) << "no session of a bad server is kept";
}

TEST_F(SessionTest, BadOriginsMayBeShownWithAWarning) {
    b.settings.bad_origin = BadOrigin::warn;
    const TestCa stranger("Stranger");
    const Issued certificate = stranger.issue({});
    SSL_CTX* any = b.client_context();
    SSL_CTX_set_verify(any, SSL_VERIFY_NONE, nullptr);
    auto ends = faulty(certificate, any);
    ASSERT_TRUE(ends.client->shaken);
    EXPECT_EQ(issuer_of(*ends.client), "Sluice untrusted CA");
    ends.client->send(kGet);
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == kGet; }));
}

TEST_F(SessionTest, AServerOfOldTlsOnlyIsABadOrigin) {
    auto ends = b.begin();
    SSL_CTX* old = b.server_context(b.good);
    SSL_CTX_set_min_proto_version(old, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(old, TLS1_1_VERSION);
    SSL_CTX_set_cipher_list(old, "ALL:@SECLEVEL=0");
    SSL_CTX* any = b.client_context();
    SSL_CTX_set_verify(any, SSL_VERIFY_NONE, nullptr);
    ends.client->connect_tls(any, "news.example");
    ends.server->accept_tls(old);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->shaken || ends.client->closed(); }));
    EXPECT_EQ(issuer_of(*ends.client), "Sluice untrusted CA");
    EXPECT_EQ(b.counters.origin_faults[static_cast<std::size_t>(OriginFault::handshake)], 1u);
}

TEST_F(SessionTest, AClientOfOldTlsOnlyIsRefused) {
    auto ends = b.begin();
    SSL_CTX* old = b.client_context();
    SSL_CTX_set_max_proto_version(old, TLS1_1_VERSION);
    SSL_CTX_set_cipher_list(old, "ALL:@SECLEVEL=0");
    ends.client->connect_tls(old, "news.example");
    ends.server->accept_tls(b.server_context(b.good));
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->closed(); }));
    EXPECT_EQ(b.counters.client_failed, 1u);
}

TEST_F(SessionTest, Tls12ClientsAndServersWork) {
    for (const bool old_client : {false, true}) {
        auto ends = b.begin();
        SSL_CTX* client = b.client_context();
        SSL_CTX* server = b.server_context(b.good);
        SSL_CTX_set_max_proto_version(old_client ? client : server, TLS1_2_VERSION);
        ends.client->connect_tls(client, "news.example");
        ends.server->accept_tls(server);
        ends.client->send(kGet);
        ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == kGet; }));
        EXPECT_EQ(SSL_version(ends.client->ssl()) == TLS1_2_VERSION, old_client);
        EXPECT_EQ(SSL_version(ends.server->ssl()) == TLS1_2_VERSION, !old_client);
    }
}

TEST_F(SessionTest, AClientWithoutEcdsaGetsAnRsaLeaf) {
    auto ends = b.begin();
    SSL_CTX* client = b.client_context();
    SSL_CTX_set1_sigalgs_list(client, "RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384");
    ends.client->connect_tls(client, "news.example");
    ends.server->accept_tls(b.server_context(b.good));
    b.settle(ends);
    ASSERT_EQ(b.signer.orders.size(), 1u);
    // The test authority signs with P-256, which such a client rightly refuses: what counts is the key.
    EXPECT_TRUE(b.until(ends, [&] { return ends.client->shaken || ends.client->closed(); }));
    EXPECT_EQ(b.leaves.size(), 1u);
}

TEST_F(SessionTest, HelloRetryRequestAndKeyUpdateWork) {
    auto ends = b.begin();
    SSL_CTX* client = b.client_context();
    SSL_CTX_set1_groups_list(client, "P-521:P-384");  // the first is not one of ours
    ends.client->connect_tls(client, "news.example");
    SSL_CTX* server = b.server_context(b.good);
    SSL_CTX_set1_groups_list(server, "P-384");  // nor is its only one our first
    ends.server->accept_tls(server);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->shaken && ends.server->shaken; }));
    SSL_key_update(ends.client->ssl(), SSL_KEY_UPDATE_REQUESTED);
    SSL_key_update(ends.server->ssl(), SSL_KEY_UPDATE_REQUESTED);
    ends.client->send(kGet);
    ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == kGet; }));
    ends.server->send(kOk);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->received == kOk; }));
}

TEST_F(SessionTest, BothLegsResume) {
    SSL_CTX* client = b.client_context();
    SSL_CTX* server = b.server_context(b.good);
    SSL_SESSION* ticket = nullptr;
    for (unsigned round = 0; round < 2; ++round) {
        auto ends = b.begin();
        ends.client->connect_tls(client, "news.example");
        if (ticket != nullptr) SSL_set_session(ends.client->ssl(), ticket);
        ends.server->accept_tls(server);
        ends.client->send(kGet);
        ASSERT_TRUE(b.until(ends, [&] { return ends.server->received == kGet; }));
        ends.server->send(kOk);
        ASSERT_TRUE(b.until(ends, [&] { return ends.client->received == kOk; }));
        SSL_SESSION_free(ticket);
        ticket = SSL_get1_session(ends.client->ssl());
        EXPECT_EQ(b.counters.client_resumed, round);
        EXPECT_EQ(b.counters.upstream_resumed, round);
        EXPECT_EQ(b.verifier.asked, round + 1) << "a resumed server is judged as any other";
    }
    SSL_SESSION_free(ticket);
}

TEST_F(SessionTest, ATicketOfAnotherNameIsNotAccepted) {
    SSL_CTX* client = b.client_context();
    auto first = b.begin();
    first.client->connect_tls(client, "news.example");
    first.server->accept_tls(b.server_context(b.good));
    first.client->send(kGet);
    ASSERT_TRUE(b.until(first, [&] { return first.server->received == kGet; }));
    first.server->send(kOk);
    ASSERT_TRUE(b.until(first, [&] { return first.client->received == kOk; }));
    SSL_SESSION* ticket = SSL_get1_session(first.client->ssl());
    const Issued other = b.origins.issue({.name = "other.example"});
    auto ends = b.begin();
    ends.client->connect_tls(client, "other.example");
    SSL_set_session(ends.client->ssl(), ticket);
    ends.server->accept_tls(b.server_context(other));
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->shaken; }));
    EXPECT_EQ(SSL_session_reused(ends.client->ssl()), 0);
    SSL_SESSION_free(ticket);
}

TEST_F(SessionTest, OneLeafServesAllFlowsOfANameAndIsAskedForOnce) {
    b.signer.hold = true;
    SSL_CTX* server = b.server_context(b.good);
    auto one = b.begin(), two = b.begin();
    for (auto* ends : {&one, &two}) {
        ends->client->connect_tls(b.client_context(), "news.example");
        ends->server->accept_tls(server);
    }
    b.settle(one);
    b.settle(two);
    ASSERT_EQ(b.signer.orders.size(), 1u);
    b.signer.hold = false;
    b.signer.answer_held();
    ASSERT_TRUE(b.until(one, [&] { return one.client->shaken; }));
    ASSERT_TRUE(b.until(two, [&] { return two.client->shaken; }));
    auto three = inspected();
    EXPECT_EQ(b.signer.orders.size(), 1u);
    b.signer.generation_text = "g2";
    auto four = inspected();
    EXPECT_EQ(b.signer.orders.size(), 2u) << "another CA generation, another leaf";
}

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
    ASSERT_TRUE(b.until(open, [&] { again.step(); return open.client->shaken; }));
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
    ASSERT_TRUE(b.until(ends, [&] { again.step(); return ends.client->shaken; }));
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
    ASSERT_TRUE(b.until(ends, [&] { again.step(); return ends.client->shaken; }));
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
    Case cases[] = {{"uncategorised", "nowhere.example", b.origins.issue({.name = "nowhere.example"})},
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
    files["categories.yaml"] += "  - {id: gov, title: G, exempt: government, source: s, names: [www.news.example]}\n";
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
    ends.server->send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n" + body);
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

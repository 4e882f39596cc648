// Whole flows through a session: real TLS on both sides, real policy.
#include "tests/unit/inspect/session_fixture.h"

namespace sluice::inspect::test {
namespace {

TEST_F(SessionTest, ARequestAndItsAnswerPassUnderALeafOfTheAskedName) {
    auto ends = inspected();
    ASSERT_TRUE(ends.client->shaken);
    EXPECT_EQ(issuer_of(*ends.client), "Sluice test CA");
    EXPECT_EQ(X509_check_host(SSL_get0_peer_certificate(ends.client->ssl()), "news.example", 0, 0,
                              nullptr),
              1);
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
    ends.client->send(kGet);
    ASSERT_TRUE(b.until(ends, [&] { return ends.client->closed(); }));
    EXPECT_NE(ends.client->received.find("SL-4201"), std::string::npos);
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
    // The test authority signs with P-256, which such a client rightly refuses: what counts is the
    // key.
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

}  // namespace
}  // namespace sluice::inspect::test

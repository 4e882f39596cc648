// What tests of whole flows share.
#pragma once
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "dataplane/inspect/session.h"
#include "tests/unit/inspect/bench_of_flows.h"

namespace sluice::inspect::test {

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

inline constexpr const char* kGet = "GET /a?q=1 HTTP/1.1\r\nHost: news.example\r\n\r\n";
inline constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

}  // namespace sluice::inspect::test

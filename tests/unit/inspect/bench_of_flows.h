// Everything a session needs, real but for the signer and the source of flows: a policy compiled
// from YAML, OpenSSL on both sides, TCP over the loopback, a test authority instead of the signer.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/inspect/session.h"
#include "rules/content/rules.h"
#include "rules/load/load_policy.h"
#include "tests/unit/inspect/peer.h"
#include "tests/unit/inspect/test_ca.h"

namespace sluice::inspect::test {

// Verifies with OpenSSL's own store: enough to tell the faults apart in tests.
class StoreVerifier final : public ChainVerifier {
  public:
    explicit StoreVerifier(X509* root);
    ~StoreVerifier() override { X509_STORE_free(store_); }
    ChainVerdict verify(const ChainQuestion& question) override;
    unsigned asked = 0;

  private:
    X509_STORE* store_;
};

// Signs at once, later, or not at all.
class TestSigner final : public LeafSource {
  public:
    TestSigner() : trusted("Sluice test CA"), untrusted("Sluice untrusted CA") {}
    void ask(std::uint64_t token, const LeafOrder& order, LeafTaker& taker) override;
    const std::string& generation() const override { return generation_text; }
    void answer_held();

    TestCa trusted, untrusted;
    std::string generation_text = "g1";
    std::optional<LeafRefusal> refuse;
    bool hold = false;
    std::vector<LeafOrder> orders;  // without keys and chains

  private:
    struct Held {
        std::uint64_t token;
        LeafOrder order;
        EVP_PKEY* key;
        LeafTaker* taker;
    };
    void answer(const Held& held);
    std::vector<Held> held_;
};

class TestSource final : public FlowSource {
  public:
    void began(const FlowInfo&, FlowKeeper&) override {}
    void reconnect(const FlowInfo& flow, FlowKeeper& keeper) override;
    void ended(const FlowInfo&) override { ++ended_count; }
    std::deque<Pair> fresh;  // what reconnect() hands out: `ours`
    unsigned reconnects = 0, ended_count = 0;
};

class TestReporter final : public Reporter {
  public:
    void report(const Report& report) override {
        all.push_back(report);
        all.back().flow = nullptr;
    }
    std::vector<Report> all;
};

load::FileSet small_policy();
std::shared_ptr<const ipc::LoadedBundle> bundle_of(const load::FileSet& files);

class FlowBench final : private SessionKeeper {
  public:
    FlowBench();
    ~FlowBench();

    // A flow from `client` to `server`, both not speaking TLS yet.
    struct Ends {
        std::unique_ptr<Peer> client, server;
        Session* session = nullptr;  // until it is over
    };
    Ends begin(std::uint16_t port = 443);
    SSL_CTX* client_context(bool trusts_sluice = true);
    SSL_CTX* server_context(const Issued& certificate);

    // Turns the loop and the peers until the condition holds; false after some seconds.
    bool until(const Ends& ends, const std::function<bool()>& condition);
    // `rounds` turns of everything: for what must not happen.
    void settle(const Ends& ends, unsigned rounds = 20);
    void advance_ms(std::int64_t ms) { offset_ms_ += ms; }
    std::size_t live() const { return sessions_.size(); }
    Session& only() { return *sessions_.begin()->second; }
    void set_policy(const load::FileSet& files);

    TestCa origins{"Root of origins"};
    Issued good = origins.issue({});
    TestSigner signer;
    TestSource source;
    TestReporter reporter;
    StoreVerifier verifier{origins.certificate()};
    Counters counters;
    SessionSettings settings;
    std::unique_ptr<content::Rules> rules;

  private:
    void ended(Session& session) override;
    std::int64_t offset_ms_ = 0;

  public:
    Loop loop;
    TicketKeys* tickets;
    TlsContexts tls;
    UpstreamSessions upstream{100};
    LeafCache leaves{signer, 100};
    SpliceList splices{100, 3600};
    Pins pins{100};
    Shared shared;

  private:
    std::map<Session*, std::unique_ptr<Session>> sessions_;
    std::vector<SslContextPtr> contexts_;
};

}  // namespace sluice::inspect::test

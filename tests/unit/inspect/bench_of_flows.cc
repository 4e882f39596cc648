#include "tests/unit/inspect/bench_of_flows.h"

#include <openssl/x509v3.h>
#include <sys/mman.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

#include "rules/compile/compile.h"
#include "rules/load/day_text.h"

namespace sluice::inspect::test {

StoreVerifier::StoreVerifier(X509* root) : store_(X509_STORE_new()) {
    X509_STORE_add_cert(store_, root);
}

ChainVerdict StoreVerifier::verify(const ChainQuestion& question) {
    ++asked;
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store_, sk_X509_value(question.chain, 0), question.chain);
    const std::string name(question.name);
    if (!name.empty())
        X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context), name.c_str(), 0);
    else
        X509_VERIFY_PARAM_set1_ip_asc(X509_STORE_CTX_get0_param(context),
                                      to_text(question.address).c_str());
    ChainVerdict verdict;
    verdict.trusted = X509_verify_cert(context) == 1;
    const int error = X509_STORE_CTX_get_error(context);
    verdict.fault = error == X509_V_ERR_CERT_HAS_EXPIRED      ? OriginFault::expired
                    : error == X509_V_ERR_HOSTNAME_MISMATCH   ? OriginFault::wrong_name
                    : error == X509_V_ERR_IP_ADDRESS_MISMATCH ? OriginFault::wrong_name
                                                              : OriginFault::untrusted_issuer;
    X509_STORE_CTX_free(context);
    return verdict;
}

void TestSigner::ask(std::uint64_t token, const LeafOrder& order, LeafTaker& taker) {
    orders.push_back(order);
    const Held held{token, order, order.key, &taker};
    if (hold) return held_.push_back(held);
    answer(held);
}

void TestSigner::answer_held() {
    for (const Held& held : std::exchange(held_, {}))
        answer(held);
}

void TestSigner::answer(const Held& held) {
    if (refuse) return held.taker->on_leaf(held.token, Err{*refuse});
    const TestCa& ca = held.order.issuer == ipc::SignerIssuer::trusted ? trusted : untrusted;
    const std::string name =
        held.order.name.empty() ? to_text(held.order.address) : held.order.name;
    LeafChain chain;
    chain.certificates.push_back(ca.issue({.name = name}, held.key).certificate);
    chain.not_after_utc = held.order.not_after_utc;
    chain.generation = generation_text;
    held.taker->on_leaf(held.token, std::move(chain));
}

void TestSource::reconnect(const FlowInfo&, FlowKeeper& keeper) {
    ++reconnects;
    if (fresh.empty()) return keeper.on_fresh(-1);
    const int fd = fresh.front().ours;
    fresh.pop_front();
    keeper.on_fresh(fd);
}

load::FileSet small_policy() {
    return {
        {"policy.yaml", "title: test\n"},
        {"operators.yaml",
         "operators:\n  - {id: telco-a, name: A, wires: [{id: w, role: main, committed_gbit: "
         "1}]}\n"},
        {"categories.yaml",
         "categories:\n"
         "  - {id: news, title: N, source: s, names: [news.example, other.example]}\n"
         "  - {id: work, title: W, source: s, names: [work.example]}\n"
         "  - {id: social, title: S, source: s, names: [social.example]}\n"
         "  - {id: bank, title: B, exempt: finance, source: s, names: [bank.example]}\n"},
        {"feeds.yaml",
         "feeds:\n  - {id: urls, format: ut1, path: feeds/ut1, source: s, licence: l,\n"
         "     date: 2026-01-02, categories: [{folder: games, category: social}]}\n"},
        {"feeds/ut1/games/domains", "games.example\n"},
        {"feeds/ut1/games/urls", "news.example/games\n"},
        {"organisations.yaml",
         "organisations:\n"
         "  - {id: ministry, name: M, operator: telco-a, contract: C, access: {request: R, "
         "categories: [news, work, bank, uncategorised], from: 2026-01-01, until: 2026-12-31}}\n"},
        {"catalog.yaml",
         "catalog:\n  - {operator: telco-a, organisation: ministry, prefixes: [10.1.0.0/16]}\n"},
    };
}

std::shared_ptr<const ipc::LoadedBundle> bundle_of(const load::FileSet& files) {
    constexpr std::int64_t kSomeDayOf2026 = 1'780'000'000;
    const auto loaded = load::load_policy(files, load::local_day(UtcTime{kSomeDayOf2026}, 0));
    std::string all;
    for (const auto& d : loaded.diagnostics)
        all += to_text(d) + "\n";
    if (!loaded.ok()) throw std::invalid_argument(all);
    auto compiled = compile::compile(loaded.policy);
    if (!compiled) throw std::invalid_argument(compiled.error().front().message);
    auto bundle = ipc::load_compiled(compiled->bundle);
    if (!bundle) throw std::invalid_argument("the compiled bundle does not open");
    return std::make_shared<ipc::LoadedBundle>(std::move(*bundle));
}

FlowBench::FlowBench()
    : loop([this] {
          Now now = read_clocks();
          now.mono = after_ms(now.mono, offset_ms_);
          // The policy of the tests holds in 2026.
          now.utc = UtcTime{1'780'000'000 + offset_ms_ / 1000};
          return now;
      }),
      tickets(TicketKeys::make_shared()),
      tls({}, *tickets),
      shared{loop,    tls,  upstream, leaves,   verifier, source,
             splices, pins, counters, reporter, *this,    settings} {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets whose other end may be gone
    tickets->rotate(loop.now().utc);
    settings.where_to_apply = "help@example";
    set_policy(small_policy());
}

FlowBench::~FlowBench() {
    sessions_.clear();
    munmap(tickets, sizeof *tickets);
}

void FlowBench::set_policy(const load::FileSet& files) { shared.bundle = bundle_of(files); }

FlowBench::Ends FlowBench::begin(std::uint16_t port) {
    const Pair client = tcp_pair(), server = tcp_pair();
    Flow flow;
    flow.info.user = *parse_ip("10.1.0.5");
    flow.info.remote = *parse_ip("198.51.100.7");
    flow.info.user_port = 40'000;
    flow.info.remote_port = port;
    flow.client = client.ours;
    flow.server = server.ours;
    auto session = std::make_unique<Session>(shared, flow);
    Session* raw = session.get();
    sessions_.emplace(raw, std::move(session));
    raw->start();
    return {std::make_unique<Peer>(client.theirs), std::make_unique<Peer>(server.theirs), raw};
}

void FlowBench::ended(Session& session) {
    const auto found = sessions_.find(&session);
    loop.bury(std::move(found->second));
    sessions_.erase(found);
}

SSL_CTX* FlowBench::client_context(bool trusts_sluice) {
    contexts_.emplace_back(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* context = contexts_.back().get();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (trusts_sluice)
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), signer.trusted.certificate());
    return context;
}

SSL_CTX* FlowBench::server_context(const Issued& certificate) {
    contexts_.emplace_back(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = contexts_.back().get();
    SSL_CTX_use_certificate(context, certificate.certificate.get());
    SSL_CTX_use_PrivateKey(context, certificate.key.get());
    return context;
}

bool FlowBench::until(const Ends& ends, const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        loop.run_once(1);
        ends.client->step();
        ends.server->step();
    }
    return true;
}

void FlowBench::settle(const Ends& ends, unsigned rounds) {
    for (unsigned i = 0; i < rounds; ++i) {
        loop.run_once(1);
        ends.client->step();
        ends.server->step();
    }
}

}  // namespace sluice::inspect::test

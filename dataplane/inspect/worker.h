// Worker: one process of sluice-inspect. Puts together a loop, the policy, both ways of TLS, a
// source of flows, and keeps the sessions.
#pragma once
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "dataplane/inspect/bundle_watch.h"
#include "dataplane/inspect/handover_source.h"
#include "dataplane/inspect/query_socket.h"
#include "dataplane/inspect/session.h"
#include "dataplane/inspect/signer_source.h"
#include "dataplane/inspect/tproxy_source.h"
#include "rules/content/rules.h"
#include "rules/load/inspect_config.h"

namespace sluice::inspect {

// What is made before the process gives its privileges up.
struct WorkerParts {
    unsigned number = 0;
    TicketKeys* tickets = nullptr;
    int tproxy_listening = -1;  // with source tproxy
    int query_listening = -1;
    std::unique_ptr<ChainVerifier> verifier;
    std::unique_ptr<content::Rules> rules;  // may be empty: bodies are not looked into
    Reporter* reporter = nullptr;           // outlives the worker
};

class Worker final : private FlowTaker, private SessionKeeper {
  public:
    Worker(const load::InspectConfig& config, WorkerParts parts);
    ~Worker();

    // Until `stop` is set by a signal.
    void run(const volatile std::sig_atomic_t& stop);

  private:
    void take(const Flow& flow) override;
    void ended(Session& session) override;
    void on_bundle();
    void tell(const std::string& trouble);
    std::unique_ptr<FlowSource> make_source();

    QueryAnswer answer(const ipc::InspectRequest& request);
    QueryAnswer answer_status() const;
    QueryAnswer answer_counters() const;
    QueryAnswer answer_sessions(std::uint64_t cursor) const;
    QueryAnswer answer_pins(std::uint64_t cursor) const;
    QueryAnswer answer_spliced(std::uint64_t cursor) const;

    load::InspectConfig config_;
    WorkerParts parts_;
    SessionSettings settings_;
    Counters counters_;
    Loop loop_;
    TlsContexts tls_;
    UpstreamSessions upstream_;
    SignerSource signer_;
    LeafCache leaves_;
    SpliceList splices_;
    Pins pins_;
    TproxySource* tproxy_ = nullptr;
    HandoverSource* handover_ = nullptr;
    std::unique_ptr<FlowSource> source_;
    Shared shared_;
    std::unordered_map<Session*, std::unique_ptr<Session>> sessions_;
    BundleWatch bundles_;
    QuerySocket query_;
    UtcTime started_;
};

}  // namespace sluice::inspect

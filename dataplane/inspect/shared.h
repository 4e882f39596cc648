// What all sessions of a worker use. Outlives them; one thread.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/inspect/chain_verifier.h"
#include "dataplane/inspect/counters.h"
#include "dataplane/inspect/flow_source.h"
#include "dataplane/inspect/leaf_cache.h"
#include "dataplane/inspect/loop.h"
#include "dataplane/inspect/pins.h"
#include "dataplane/inspect/report.h"
#include "dataplane/inspect/splice_list.h"
#include "dataplane/inspect/tls_contexts.h"
#include "dataplane/inspect/upstream_sessions.h"
#include "dataplane/wire/tls_client_hello.h"
#include "rules/ipc/bundle.h"

namespace sluice::content {
class Rules;
}

namespace sluice::inspect {

// What the client of an untrustworthy server gets, under a certificate that it cannot trust either.
enum class BadOrigin : std::uint8_t {
    page,  // says what is wrong
    warn,  // the site itself: the browser warns as it would have without us
};
// How much of a URL logs and reports hold.
enum class LogPath : std::uint8_t { none, path, query };

struct SessionSettings {
    BadOrigin bad_origin = BadOrigin::page;
    LogPath log_path = LogPath::path;
    std::string where_to_apply;           // on block pages: a URL, a telephone number
    std::vector<std::string> high_risk;   // ids of categories: never spliced
    std::uint32_t opening_ms = 10'000;    // until the client's hello is whole
    std::uint32_t handshake_ms = 15'000;  // each side
    std::uint32_t signer_ms = 5'000;
    std::uint32_t idle_ms = 7'440'000;  // RFC 5382 REQ-5, as the flow table has it
    std::uint32_t linger_ms = 2'000;    // for a client to read its block page
    std::uint32_t flows_max = 9'000;    // of a worker; two descriptors each
};

class Session;
class SessionKeeper {
  public:
    // The session is over; it is destroyed at the end of the loop's round.
    virtual void ended(Session& session) = 0;

  protected:
    ~SessionKeeper() = default;
};

struct Shared {
    Loop& loop;
    TlsContexts& tls;
    UpstreamSessions& upstream;
    LeafCache& leaves;
    ChainVerifier& verifier;
    FlowSource& source;
    SpliceList& splices;
    Pins& pins;
    Counters& counters;
    Reporter& reporter;
    SessionKeeper& keeper;
    const SessionSettings& settings;
    const content::Rules* rules = nullptr;                 // nullptr: bodies are not looked into
    std::shared_ptr<const ipc::LoadedBundle> bundle = {};  // nullptr: before the first

    // One read of a socket, one hello: never kept between calls.
    std::array<std::uint8_t, 16 * 1024 + 512> scratch{};
    std::array<std::uint8_t, wire::kHelloSizeMax> hello_scratch{};
};

// A number for people to quote: unguessable, so that nobody can ask about another's.
std::uint64_t new_reference();

}  // namespace sluice::inspect

// From what was read inside a flow to the same decide() that the packet path asks.
#pragma once
#include <span>
#include <string>

#include "dataplane/inspect/flow_source.h"
#include "dataplane/wire/tls_client_hello.h"
#include "rules/lookup/decide.h"

namespace sluice::inspect {

// What the beginning of a flow says.
struct Opening {
    enum class Kind : std::uint8_t {
        tls,    // a whole ClientHello
        http,   // a request in the clear
        other,  // neither, or the server spoke first
    };
    Kind kind = Kind::other;
    std::string name = {};  // canonical; empty: none can be read
    std::string alpn = {};  // tls: as in the hello
    bool ecdsa = true;      // tls: the client can check an ECDSA signature over P-256
};

// Reads the first bytes of a client.
//   stream   from the first byte. `scratch` as parse_client_hello() needs it.
//   returns  nothing until more bytes decide it. A hello that is broken or too long, or whose plain
//            name is only the public one of ECH, has no name.
std::optional<Opening> read_opening(Bytes stream, std::span<std::uint8_t> scratch);

// `opening` may be changed into facts once more for each bundle.
lookup::Facts facts_of(const lookup::BundleView& bundle, const FlowInfo& flow,
                       const Opening& opening, UtcTime now);

// Whether the verdict leaves the flow alone: exempt, or forwarded for any other reason.
inline bool leaves_alone(const lookup::Decision& decision) {
    return decision.verdict == model::Verdict::forward;
}
using model::is_exempt;

}  // namespace sluice::inspect

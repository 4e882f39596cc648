// Which Protocol is spoken inside a flow, by what both sides agreed on (ALPN) or, without that, by
// the first bytes.
#pragma once
#include <memory>
#include <string_view>

#include "dataplane/inspect/http_judge.h"
#include "dataplane/inspect/protocol.h"

namespace sluice::inspect {

// "h2": HTTP/2; "http/1.1", "http/1.0": HTTP/1; none: HTTP/1 if the client begins like it; any
// other: relayed.
std::unique_ptr<Protocol> make_inside(std::string_view alpn, Conduit& flow, HttpJudge judge);

}  // namespace sluice::inspect

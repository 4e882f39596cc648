// HTTP/2 on both legs: two nghttp2 sessions, one as a server of the client, one as a client of the
// server, and a stream of one for each stream of the other. Nothing is turned into HTTP/1;
// trailers, interim answers, resets and flow control go from end to end.
#pragma once
#include <memory>

#include "dataplane/inspect/http_judge.h"
#include "dataplane/inspect/protocol.h"

namespace sluice::inspect {

// Of what one side has sent and the other has not taken: a stream's, and all streams' of a flow
// [bytes]. The windows that are offered to both sides, so it is all that is ever held.
inline constexpr std::uint32_t kStreamWindow = 256 * 1024;
inline constexpr std::uint32_t kFlowWindow = 1024 * 1024;
inline constexpr std::uint32_t kStreamsMax = 100;

std::unique_ptr<Protocol> make_http2(Conduit& flow, HttpJudge judge);

}  // namespace sluice::inspect

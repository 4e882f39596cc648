// What a worker of inspect counts. Plain numbers of one thread; the query socket copies them.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "dataplane/inspect/chain_verifier.h"
#include "rules/model/fail_table.h"
#include "rules/model/reason.h"

namespace sluice::inspect {

// X(name, sentence). Flows unless the sentence says otherwise.
#define SLUICE_INSPECT_COUNTERS(X)                                                               \
    X(flows, "flows taken")                                                                      \
    X(flows_live, "flows now (a level)")                                                         \
    X(flows_refused, "flows closed at once because the worker had as many as it may have")       \
    X(inspected, "flows whose client finished its handshake with a leaf")                        \
    X(plain_http, "flows of plain HTTP that were read")                                          \
    X(left_exempt, "flows relayed untouched because they are exempt by the bundle held here")    \
    X(left_alone, "flows relayed untouched for any other reason to forward")                     \
    X(blocked, "flows judged block here")                                                        \
    X(spliced, "flows relayed untouched because the server asks clients for certificates")       \
    X(spliced_again, "of those, by the list: their hello went to the server at once")            \
    X(certificate_not_given, "servers that asked for a certificate and were answered with none") \
    X(not_tls, "flows that are neither TLS nor HTTP, relayed")                                   \
    X(upstream_resumed, "handshakes with servers that resumed a session")                        \
    X(client_resumed, "handshakes with clients that resumed a session")                          \
    X(leaves_asked, "times a leaf was wanted")                                                   \
    X(leaves_refused, "leaves the signer refused")                                               \
    X(signer_exempt, "flows relayed untouched because the signer says that the name is exempt")  \
    X(server_unreachable, "servers that could not be connected to, or hung up in the handshake") \
    X(client_failed, "clients whose handshake failed")                                           \
    X(client_complained, "of those, with an alert about our certificate")                        \
    X(timeouts, "flows ended because something took too long")                                   \
    X(exempted_meanwhile, "flows closed because a new bundle leaves them alone")                 \
    X(blocked_meanwhile, "flows reset because a new bundle blocks them")                         \
    X(h1_requests, "HTTP/1 requests passed on")                                                  \
    X(h2_flows, "flows that speak HTTP/2")                                                       \
    X(h2_requests, "HTTP/2 requests passed on")                                                  \
    X(tunnels, "connections switched to another protocol inside (WebSocket)")                    \
    X(opaque, "flows of another application protocol, relayed under TLS")                        \
    X(misdirected, "requests answered 421: another host than the certificate's")                 \
    X(bad_http, "messages that are no HTTP, or are read differently by different readers")       \
    X(pages, "block pages sent")                                                                 \
    X(content_blocked, "messages ended because of their content")                                \
    X(content_reported, "messages whose content is only reported")                               \
    X(content_unread, "bodies that could not be looked into: unknown coding, damage or limits")  \
    X(bytes_to_client, "bytes of application data to clients")                                   \
    X(bytes_to_server, "bytes of application data to servers")

struct Counters {
#define X(name, text) std::uint64_t name = 0;
    SLUICE_INSPECT_COUNTERS(X)
#undef X
    std::array<std::uint64_t, kOriginFaults.size()> origin_faults{};
    std::array<std::uint64_t, model::kReasonCount> refused{};  // pages and resets, by reason
    std::array<std::uint64_t, model::kFailCaseCount> fail_open{}, fail_closed{};

    void fail(model::FailCase what, model::FailMode mode) {
        auto& list = mode == model::FailMode::open ? fail_open : fail_closed;
        ++list[static_cast<std::size_t>(what)];
    }
};

}  // namespace sluice::inspect

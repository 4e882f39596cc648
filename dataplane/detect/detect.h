// Which protocol a flow speaks, told from the first bytes of a direction, never from a port alone.
#pragma once
#include <cstdint>

#include "rules/base/bytes.h"
#include "rules/model/protocol.h"

namespace sluice::detect {

// What a recogniser is shown.
struct FirstBytesView {
    std::uint8_t ip_protocol = 0;                  // 6 or 17
    std::uint16_t user_port = 0, remote_port = 0;  // host order
    bool from_user = true;                         // who sent these bytes
    // TCP: what is known of this direction from its first byte on, without a hole; call again with
    // more from the start. UDP: one whole payload.
    Bytes bytes;
    std::uint32_t index = 0;  // UDP: which datagram of this direction this is, from 0
    bool cut = false;         // UDP: a first fragment, its datagram goes on in others

    std::uint16_t sender_port() const { return from_user ? user_port : remote_port; }
    std::uint16_t receiver_port() const { return from_user ? remote_port : user_port; }
    bool has_port(std::uint16_t port) const { return user_port == port || remote_port == port; }
};

// `no` and `yes` are final for a direction: more bytes do not change them. UDP recognisers see
// whole payloads and never say `maybe`.
enum class Answer : std::uint8_t { no, maybe, yes };

// Every recogniser has this signature, is in a file of its own, and is a row of the table in
// detect.cc. Pure; at most O(bytes); no state between calls.
using Recogniser = Answer (*)(const FirstBytesView& view) noexcept;

struct DetectResult {
    Answer answer = Answer::no;
    model::Protocol protocol = model::Protocol::unknown;  // with yes; with maybe, the candidate
};

// TCP, one direction. The first recogniser that does not say no gives the answer, so that it never
// changes with more bytes. Zero bytes are `maybe` of nothing: `unknown`.
DetectResult detect_tcp(const FirstBytesView& view) noexcept;

// UDP, one payload: a protocol, or unknown. A later datagram of the flow may say more.
model::Protocol detect_udp(const FirstBytesView& view) noexcept;

// What the IP protocol number alone says: ICMP, GRE, IP in IP, ESP, AH; else unknown.
model::Protocol detect_ip(std::uint8_t ip_protocol) noexcept;

}  // namespace sluice::detect

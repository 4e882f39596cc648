// Who opened a flow whose first packet this is.
#pragma once
#include "dataplane/wire/packet_view.h"

namespace sluice::pipeline {

inline constexpr std::uint16_t kServicePortMax =
    1023;  // services listen below, clients call from above

// The sender did, unless the packet is plainly an answer: a SYN-ACK or, where the beginning was
// missed, one from a service port to a client's.
constexpr bool opened_by_sender(const wire::PacketView& v) noexcept {
    if (v.ip_protocol == wire::kTcp) {
        if ((v.tcp_flags & wire::kSyn) != 0) return (v.tcp_flags & wire::kAck) == 0;
    } else if (v.ip_protocol != wire::kUdp) {
        return true;
    }
    return !(v.source_port <= kServicePortMax && v.destination_port > kServicePortMax);
}

}  // namespace sluice::pipeline

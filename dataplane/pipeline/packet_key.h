// Which flow a packet is of, by its own header. Inline: every packet comes through here.
#pragma once
#include "dataplane/pipeline/core.h"

namespace sluice::pipeline {

// Branch-free for the fast path: a burst comes from one side, so `sent_by_user` predicts well.
inline void set_key(const Core& core, Packet& packet, bool sent_by_user) noexcept {
    const wire::PacketView& v = packet.view;
    flow::FlowKey& key = packet.key;
    key.user = sent_by_user ? v.source : v.destination;
    key.remote = sent_by_user ? v.destination : v.source;
    std::uint16_t user_port = sent_by_user ? v.source_port : v.destination_port;
    std::uint16_t remote_port = sent_by_user ? v.destination_port : v.source_port;
    if (v.ip_protocol == wire::kIcmp || v.ip_protocol == wire::kIcmp6) [[unlikely]] {
        // A query's identifier belongs to both directions.
        user_port = v.source_port;
        remote_port = 0;
    }
    key.set_rest(user_port, remote_port, v.ip_protocol,
                 core.wires[packet.wire].operator_id.raw());
}

}  // namespace sluice::pipeline

// FakeInspector: stands for broker and sockets. Keeps what the worker says to them until it is
// asked about.
#pragma once
#include <algorithm>
#include <deque>
#include <vector>

#include "dataplane/pipeline/inspector.h"

namespace sluice::testing {

class FakeInspector final : public pipeline::Inspector {
  public:
    struct End {
        ipc::HandoverFlow flow;
        ipc::HandoverHow how;
    };
    struct Sent {  // an IP packet as it went to the kernel
        std::vector<std::uint8_t> bytes;
        OperatorId operator_id;
    };
    bool is_ready = false;
    bool can_be_asked = true;             // else the broker does not read
    std::deque<ipc::HandoverFlow> asked;  // not answered yet
    std::deque<ipc::HandoverFlow> in_sockets;
    std::deque<End> ends;
    // All that was asked for and sent since the last look (exempt_witness.h).
    std::vector<ipc::HandoverFlow> all_asked;
    std::vector<Sent> all_sent;
    std::vector<End> all_ends;
    std::vector<rte_mbuf*> packets;  // to the kernel, since they were last taken away

    bool ready() const noexcept override { return is_ready; }
    bool take_over(const ipc::HandoverFlow& flow) noexcept override {
        all_asked.push_back(flow);
        if (can_be_asked) asked.push_back(flow);
        return can_be_asked;
    }
    void end(const ipc::HandoverFlow& flow, ipc::HandoverHow how) noexcept override {
        ends.push_back({flow, how});
        all_ends.push_back({flow, how});
    }
    void to_kernel(const pipeline::KernelPacket& packet) noexcept override {
        const auto* ip = rte_pktmbuf_mtod_offset(packet.packet, const std::uint8_t*, packet.offset);
        const std::size_t there =
            std::min<std::size_t>(packet.size, packet.packet->data_len - packet.offset);
        all_sent.push_back({{ip, ip + there}, packet.operator_id});
        packets.push_back(packet.packet);
    }
};

}  // namespace sluice::testing

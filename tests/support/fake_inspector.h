// FakeInspector: stands for broker and sockets. Keeps what the worker says to them until it is
// asked about.
#pragma once
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
    bool is_ready = false;
    bool can_be_asked = true;             // else the broker does not read
    std::deque<ipc::HandoverFlow> asked;  // not answered yet
    std::deque<ipc::HandoverFlow> in_sockets;
    std::deque<End> ends;
    std::vector<rte_mbuf*> packets;  // to the kernel, since they were last taken away

    bool ready() const noexcept override { return is_ready; }
    bool take_over(const ipc::HandoverFlow& flow) noexcept override {
        if (can_be_asked) asked.push_back(flow);
        return can_be_asked;
    }
    void end(const ipc::HandoverFlow& flow, ipc::HandoverHow how) noexcept override {
        ends.push_back({flow, how});
    }
    void to_kernel(const pipeline::KernelPacket& packet) noexcept override {
        packets.push_back(packet.packet);
    }
};

}  // namespace sluice::testing

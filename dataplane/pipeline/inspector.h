// Inspector: what the stages need of the world behind the exception path. The owner of the ports
// (io/, a test) has one, or none: then nothing is inspected, and the fail table says what follows.
#pragma once
#include <rte_mbuf.h>

#include <cstdint>

#include "rules/ipc/handover.h"

namespace sluice::pipeline {

// Where the IP packet lies in a frame that goes to the kernel.
struct KernelPacket {
    rte_mbuf* packet = nullptr;  // now the inspector's
    std::uint16_t offset = 0;    // of the IP header
    std::uint32_t size = 0;      // of the IP packet, link padding left out
    OperatorId operator_id;      // the routing domain it goes to
};

// None of these waits; all are called by the worker's own thread.
class Inspector {
  public:
    virtual ~Inspector() = default;
    // Would a flow be taken now?
    virtual bool ready() const noexcept = 0;
    // Asks for the flow to be taken over; Worker::taken or Worker::not_taken follows. False: it
    // could not even be asked for.
    virtual bool take_over(const ipc::HandoverFlow& flow) noexcept = 0;
    // A flow that was handed over is to end.
    virtual void end(const ipc::HandoverFlow& flow, ipc::HandoverHow how) noexcept = 0;
    // A packet of a flow that was handed over.
    virtual void to_kernel(const KernelPacket& packet) noexcept = 0;
};

}  // namespace sluice::pipeline

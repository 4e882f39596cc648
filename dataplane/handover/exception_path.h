// ExceptionPath: one worker's way to the sockets of inspection. To the broker it has a socket of
// its own; to the kernel a tun queue of its own in each operator's namespace. Nothing in it waits;
// it makes system calls only for flows that were handed over, and once a millisecond.
#pragma once
#include <rte_mbuf.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dataplane/handover/coalescer.h"
#include "dataplane/pipeline/inspector.h"
#include "dataplane/pipeline/worker.h"
#include "rules/ipc/counters.h"
#include "rules/ipc/handover_socket.h"

namespace sluice::handover {

class ExceptionPath final : public pipeline::Inspector, public FrameSink {
  public:
    struct Wiring {
        std::string broker_socket;
        std::uint8_t worker = 0;
        std::uint64_t process = 0;  // random, the same for all workers of the process
        // Whose are flows between these two addresses? (only asked where there are several workers)
        std::function<bool(const IpAddress&, const IpAddress&)> is_mine;
        // Hands a packet of the kernel's to the worker that has its flow; false: no room.
        std::function<bool(rte_mbuf*, const IpAddress&, const IpAddress&, OperatorId)> hand_on;
    };
    // Both outlive it.
    ExceptionPath(Wiring wiring, pipeline::Worker& worker);
    ~ExceptionPath() override;
    ExceptionPath(const ExceptionPath&) = delete;

    // The routing domains of the wires, after each change of bundle.
    void set_operators(std::span<const OperatorId> operators) noexcept;

    // Once a millisecond: connects, asks for queues.
    void maintain(Now now) noexcept;
    // Flows that sockets had before this process are known (or there is nobody to ask): packets may
    // be received.
    bool may_receive(Now now) const noexcept;
    // Each turn: the broker's answers, and what the kernel sends. Returns how many came.
    unsigned poll(Now now, pipeline::Outbox& out) noexcept;
    // After each burst: what to_kernel() was given is written.
    void flush() noexcept;
    // A packet of the kernel's that another worker has read: an IP packet without link header.
    void send_from_kernel(rte_mbuf* packet, OperatorId domain, Now now,
                          pipeline::Outbox& out) noexcept;

    bool ready() const noexcept override;
    bool take_over(const ipc::HandoverFlow& flow) noexcept override;
    void end(const ipc::HandoverFlow& flow, ipc::HandoverHow how) noexcept override;
    void to_kernel(const pipeline::KernelPacket& packet) noexcept override;
    // To the queue that is written to.
    void write(Bytes frame, unsigned packets) noexcept override;

  private:
    static constexpr unsigned kPacketsMax = 256;      // that wait for flush()
    static constexpr std::size_t kUnsentMax = 4'096;  // messages that wait for the broker to read
    struct Domain {
        OperatorId operator_id;
        int queue = -1;
        bool asked = false;
    };

    void write_flow_of(unsigned first) noexcept;
    Bytes ip_of(const pipeline::KernelPacket& packet) noexcept;
    bool say(const ipc::HandoverMessage& message) noexcept;
    void connect(Now now) noexcept;
    void disconnect() noexcept;
    unsigned hear(Now now, pipeline::Outbox& out) noexcept;
    void act_on(ipc::HandoverArrival& arrival, Now now, pipeline::Outbox& out) noexcept;
    void adopt(const ipc::HandoverMessage& message, Now now, pipeline::Outbox& out) noexcept;
    void taken(const ipc::HandoverFlow& flow, Now now, pipeline::Outbox& out) noexcept;
    unsigned read_queue(Domain& domain, Now now, pipeline::Outbox& out) noexcept;
    void send_segments(const KernelSegments& segments, OperatorId domain, Now now,
                       pipeline::Outbox& out) noexcept;
    Domain* domain_of(OperatorId operator_id) noexcept;

    Wiring wiring_;
    pipeline::Worker& worker_;
    ipc::CounterBlock& counters_;
    int socket_ = -1;
    bool told_all_ = false;  // live_end has come
    std::int64_t connect_at_ns_ = 0, began_ns_ = 0;
    std::uint32_t room_ = 0;
    std::vector<Domain> domains_;
    std::vector<ipc::HandoverMessage> unsent_;
    // to_kernel() .. flush()
    std::array<pipeline::KernelPacket, kPacketsMax> packets_;
    std::array<std::uint64_t, kPacketsMax> flows_;  // of packets_: equal numbers may be one flow
    unsigned count_ = 0;
    int writing_to_ = -1;
    std::unique_ptr<Coalescer> coalescer_;
    std::unique_ptr<std::array<std::uint8_t, kFrameMax>> frame_;
};

}  // namespace sluice::handover

// To the kernel: what to_kernel() collects is written by flow, in order. The talk with the broker
// is in broker_talk.cc, the way back in from_kernel.cc.
#include "dataplane/handover/exception_path.h"

#include <unistd.h>

#include <cstring>

namespace sluice::handover {
namespace {

// Equal for packets of one flow in one direction.
std::uint64_t flow_number(Bytes ip) noexcept {
    const auto packet = parse_tcp_packet(ip);
    if (!packet) return 0;
    const std::size_t from = packet->v4 ? 12 : 8;
    std::uint64_t number = be32(ip, packet->ip_header);
    for (std::size_t at = from; at + 4 <= (packet->v4 ? 20u : 40u); at += 4)
        number = (number ^ be32(ip, at)) * 0x9e37'79b9'7f4a'7c15u;
    return number | 1;
}

}  // namespace

ExceptionPath::ExceptionPath(Wiring wiring, pipeline::Worker& worker)
    : wiring_(std::move(wiring)),
      worker_(worker),
      counters_(worker.counters()),
      coalescer_(std::make_unique<Coalescer>(*this)),
      frame_(std::make_unique<std::array<std::uint8_t, kFrameMax>>()) {
    unsent_.reserve(kUnsentMax);
    domains_.reserve(pipeline::kWiresMax);
    // 24 bits of the process, so that references of its predecessor's flows are not given again.
    const std::uint64_t base = std::uint64_t{wiring_.worker} << 56 | (wiring_.process & 0xff'ffff)
                                                                         << 32;
    worker_.set_inspector(this, base);
}

ExceptionPath::~ExceptionPath() {
    worker_.set_inspector(nullptr, 0);
    disconnect();
    for (const Domain& domain : domains_)
        if (domain.queue >= 0) close(domain.queue);
}

void ExceptionPath::set_operators(std::span<const OperatorId> operators) noexcept {
    for (const OperatorId op : operators)
        if (domain_of(op) == nullptr && domains_.size() < domains_.capacity())
            domains_.push_back({.operator_id = op});
}

ExceptionPath::Domain* ExceptionPath::domain_of(OperatorId operator_id) noexcept {
    for (Domain& domain : domains_)
        if (domain.operator_id == operator_id) return &domain;
    return nullptr;
}

bool ExceptionPath::ready() const noexcept { return socket_ >= 0 && room_ > 0; }

void ExceptionPath::to_kernel(const pipeline::KernelPacket& packet) noexcept {
    if (count_ == kPacketsMax) flush();
    packets_[count_++] = packet;
}

// In one piece, whatever buffers it lies in.
Bytes ExceptionPath::ip_of(const pipeline::KernelPacket& packet) noexcept {
    const void* at = rte_pktmbuf_read(packet.packet, packet.offset, packet.size, frame_->data());
    return at == nullptr ? Bytes{} : Bytes(static_cast<const std::uint8_t*>(at), packet.size);
}

void ExceptionPath::flush() noexcept {
    if (count_ == 0) return;
    for (unsigned i = 0; i < count_; ++i)
        flows_[i] = flow_number(ip_of(packets_[i]));
    for (unsigned i = 0; i < count_; ++i)
        if (packets_[i].packet != nullptr) write_flow_of(i);
    count_ = 0;
}

// The packet `first`, and all behind it of the same flow.
void ExceptionPath::write_flow_of(unsigned first) noexcept {
    const Domain* domain = domain_of(packets_[first].operator_id);
    writing_to_ = domain == nullptr ? -1 : domain->queue;
    for (unsigned i = first; i < count_; ++i) {
        pipeline::KernelPacket& packet = packets_[i];
        const bool same = packet.packet != nullptr && flows_[i] == flows_[first] &&
                          packet.operator_id == packets_[first].operator_id;
        if (!same) continue;
        coalescer_->add(ip_of(packet));
        rte_pktmbuf_free(packet.packet);
        packet.packet = nullptr;
    }
    coalescer_->flush();
}

void ExceptionPath::write(Bytes frame, unsigned packets) noexcept {
    if (writing_to_ >= 0 &&
        ::write(writing_to_, frame.data(), frame.size()) == static_cast<ssize_t>(frame.size()))
        return;
    // Counted as forwarded before; TCP sends them again.
    counters_.forwarded -= packets;
    counters_.to_inspect -= packets;
    counters_.dropped[static_cast<std::size_t>(model::DropReason::exception_full)] += packets;
}

}  // namespace sluice::handover

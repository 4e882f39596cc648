// What sockets of inspection send: read from tun queues, cut to segments, dressed in the link
// header that packets in their direction were last seen with, sent by that wire.
#include <unistd.h>

#include <cstring>

#include "dataplane/handover/exception_path.h"

namespace sluice::handover {
namespace {

constexpr unsigned kFramesPerTurn = 32;  // of each queue

ipc::FlowTuple tuple_of(const KernelSegments& segments, OperatorId domain) {
    return {.user = segments.source(),
            .remote = segments.destination(),
            .user_port = segments.source_port(),
            .remote_port = segments.destination_port(),
            .ip_protocol = 6,
            .operator_id = domain};
}

}  // namespace

unsigned ExceptionPath::read_queue(Domain& domain, Now now, pipeline::Outbox& out) noexcept {
    unsigned frames = 0;
    while (frames < kFramesPerTurn) {
        const ssize_t got = read(domain.queue, frame_->data(), frame_->size());
        if (got <= 0) break;
        ++frames;
        const auto segments = KernelSegments::of({frame_->data(), static_cast<std::size_t>(got)});
        if (segments)
            send_segments(*segments, domain.operator_id, now, out);
        else
            ++counters_.from_inspect_lost;
    }
    return frames;
}

void ExceptionPath::send_segments(const KernelSegments& segments, OperatorId domain, Now now,
                                  pipeline::Outbox& out) noexcept {
    const ipc::FlowTuple tuple = tuple_of(segments, domain);
    std::uint32_t bytes = 0;
    for (unsigned i = 0; i < segments.count(); ++i)
        bytes += static_cast<std::uint32_t>(segments.size(i));
    const auto egress = worker_.egress_of(tuple, bytes, now, out);
    // The kernel does not know which worker has a flow that has been silent for long.
    const bool others = !egress && wiring_.is_mine && !wiring_.is_mine(tuple.user, tuple.remote);
    if (!egress && !others) {
        counters_.from_inspect_lost += segments.count();
        return;
    }
    for (unsigned i = 0; i < segments.count(); ++i) {
        rte_mbuf* mbuf = out.allocate();
        const std::size_t link = egress ? egress->link.size() : 0;
        const std::size_t size = link + segments.size(i);
        auto* at = mbuf == nullptr || size > rte_pktmbuf_tailroom(mbuf)
                       ? nullptr
                       : rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(size));
        if (at == nullptr) {
            if (mbuf != nullptr) rte_pktmbuf_free(mbuf);
            ++counters_.from_inspect_lost;
            continue;
        }
        auto* bytes_at = reinterpret_cast<std::uint8_t*>(at);
        if (link > 0) std::memcpy(bytes_at, egress->link.data(), link);
        segments.write(i, {bytes_at + link, size - link});
        if (egress) {
            ++counters_.from_inspect;
            out.send_own(egress->port, mbuf);
        } else if (!wiring_.hand_on(mbuf, tuple.user, tuple.remote, domain)) {
            rte_pktmbuf_free(mbuf);
            ++counters_.from_inspect_lost;
        }
    }
}

void ExceptionPath::send_from_kernel(rte_mbuf* packet, OperatorId domain, Now now,
                                     pipeline::Outbox& out) noexcept {
    const Bytes ip(rte_pktmbuf_mtod(packet, const std::uint8_t*), packet->data_len);
    const auto parsed = parse_tcp_packet(ip);
    if (parsed) {
        const ipc::FlowTuple tuple{.user = source_of(ip, *parsed),
                                   .remote = destination_of(ip, *parsed),
                                   .user_port = be16(ip, parsed->ip_header),
                                   .remote_port = be16(ip, parsed->ip_header + 2u),
                                   .ip_protocol = 6,
                                   .operator_id = domain};
        const auto egress = worker_.egress_of(tuple, packet->pkt_len, now, out);
        char* at =
            egress ? rte_pktmbuf_prepend(packet, static_cast<std::uint16_t>(egress->link.size()))
                   : nullptr;
        if (at != nullptr) {
            std::memcpy(at, egress->link.data(), egress->link.size());
            ++counters_.from_inspect;
            return out.send_own(egress->port, packet);
        }
    }
    rte_pktmbuf_free(packet);
    ++counters_.from_inspect_lost;
}

}  // namespace sluice::handover

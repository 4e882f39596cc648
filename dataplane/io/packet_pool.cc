// Sizes and makes the packet pool.
#include "dataplane/io/packet_pool.h"

#include <rte_errno.h>
#include <rte_mempool.h>

#include "dataplane/flow/flow_table.h"
#include "dataplane/io/mesh.h"
#include "dataplane/pipeline/outbox.h"

namespace sluice::io {

std::uint32_t packet_buffers(const Settings& settings) {
    const auto ports = static_cast<std::uint32_t>(settings.wires.size()) * 2;
    const std::uint32_t workers = settings.workers();
    const std::uint32_t rings =
        ports * workers * (std::uint32_t{settings.rx_descriptors} + settings.tx_descriptors);
    // Rarely more than a burst of them is full at a time, but nothing forbids it.
    const std::uint32_t lanes =
        workers * (ports * 2 * pipeline::kOutboxSlots + pipeline::kOutboxSlots);
    const std::uint32_t between = Mesh::packets_max(workers, ports) + ports * kWaitingMax;
    // A core's cache holds up to 1.5 times its size before it gives back.
    const std::uint32_t each_worker =
        settings.limits.held_packets_max + flow::kBurstMax + kPoolCache * 3 / 2;
    return rings + lanes + between + workers * each_worker + kPoolCache * 3 / 2;
}

std::uint64_t packet_pool_bytes(std::uint32_t buffers, bool huge_pages) {
    rte_mempool_objsz object;
    rte_mempool_calc_obj_size(sizeof(rte_mbuf) + kPacketRoomBytes, 0, &object);
    constexpr std::uint64_t kPageBytes = 4'096;
    std::uint64_t each = object.total_size;
    // In ordinary pages DPDK lays no buffer across the border of two.
    if (!huge_pages) each = (each + kPageBytes - 1) / kPageBytes * kPageBytes;
    return std::uint64_t{buffers} * each;
}

Result<PacketPool, std::string> PacketPool::create(std::uint32_t buffers, int node) {
    const std::string name = "packets" + (node < 0 ? "" : std::to_string(node));
    rte_mempool* pool =
        rte_pktmbuf_pool_create(name.c_str(), buffers, kPoolCache, 0, kPacketRoomBytes, node);
    if (pool == nullptr)
        return Err{"no memory for " + std::to_string(buffers) +
                   " packet buffers: " + rte_strerror(rte_errno)};
    return PacketPool(pool);
}

}  // namespace sluice::io

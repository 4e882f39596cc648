// Sizes and makes the packet pool.
#include "dataplane/io/packet_pool.h"

#include <rte_errno.h>
#include <rte_mbuf_pool_ops.h>
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

Result<PoolLayout, std::string> pool_layout(const Settings& settings) {
    std::string pci, xdp;
    for (const WireSettings& wire : settings.wires)
        for (const DeviceName* device : {&wire.user, &wire.internet}) {
            if (device->bus == DeviceName::Bus::pci) pci = device->name;
            if (device->name.starts_with("net_af_xdp")) xdp = device->name;
        }
    if (pci.empty()) return PoolLayout::in_one_piece;
    if (xdp.empty()) return PoolLayout::within_pages;
    return Err{xdp + " cannot share packet buffers with " + pci +
               ": bind that card to vfio-pci too, or use net_af_packet"};
}

std::uint64_t packet_pool_bytes(std::uint32_t buffers, const Settings& settings) {
    rte_mempool_objsz object;
    rte_mempool_calc_obj_size(sizeof(rte_mbuf) + kPacketRoomBytes, 0, &object);
    constexpr std::uint64_t kPageBytes = 4'096;
    std::uint64_t each = object.total_size;
    const auto layout = pool_layout(settings);
    if (!settings.huge_pages && layout && *layout == PoolLayout::within_pages)
        each = (each + kPageBytes - 1) / kPageBytes * kPageBytes;
    return std::uint64_t{buffers} * each;
}

Result<PacketPool, std::string> PacketPool::create(std::uint32_t buffers, int node,
                                                   PoolLayout layout) {
    const std::string name = "packets" + (node < 0 ? "" : std::to_string(node));
    const bool in_one_piece = layout == PoolLayout::in_one_piece;
    // As rte_pktmbuf_pool_create() does, which takes no flags.
    PacketPool pool(rte_mempool_create_empty(
        name.c_str(), buffers, sizeof(rte_mbuf) + kPacketRoomBytes, kPoolCache,
        sizeof(rte_pktmbuf_pool_private), node, in_one_piece ? RTE_MEMPOOL_F_NO_IOVA_CONTIG : 0));
    const auto no_memory = [&] {
        return Err{"no memory for " + std::to_string(buffers) +
                   " packet buffers: " + rte_strerror(rte_errno)};
    };
    if (pool.get() == nullptr) return no_memory();
    rte_mempool_set_ops_byname(pool.get(), rte_mbuf_best_mempool_ops(), nullptr);
    rte_pktmbuf_pool_private room{};
    room.mbuf_data_room_size = kPacketRoomBytes;
    rte_pktmbuf_pool_init(pool.get(), &room);
    if (const int made = rte_mempool_populate_default(pool.get()); made < 0) {
        rte_errno = -made;
        return no_memory();
    }
    if (in_one_piece && pool.get()->nb_mem_chunks != 1)
        return Err{"no memory in one piece for " + std::to_string(buffers) +
                   " packet buffers: reserve more huge pages, or begin with lower limits"};
    rte_mempool_obj_iter(pool.get(), rte_pktmbuf_init, nullptr);
    return pool;
}

}  // namespace sluice::io

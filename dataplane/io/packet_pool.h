// Packet buffers (mbufs): how many are needed, and the pool that holds them.
#pragma once
#include <rte_mbuf.h>

#include <cstdint>
#include <string>

#include "dataplane/io/settings.h"
#include "rules/base/result.h"

namespace sluice::io {

// Packets of one port's data are 2 KiB a buffer behind 128 bytes of headroom; longer packets are
// chained. (net_af_packet's frame of 2 KiB fits.)
inline constexpr std::uint16_t kPacketRoomBytes = RTE_MBUF_DEFAULT_BUF_SIZE;
inline constexpr std::uint32_t kPacketRoomUsable = kPacketRoomBytes - RTE_PKTMBUF_HEADROOM;
// Ethernet header, four VLAN tags, checksum.
inline constexpr std::uint32_t kLinkHeaderBytesMax = 14 + 4 * 4 + 4;
inline constexpr unsigned kPoolCache = 256;  // buffers each core keeps to itself

// Buffers of one pool: full descriptor rings of every port's queues, what every worker may hold,
// full outbox lanes and rings between workers, bursts in hand and the cores' caches. Never runs out
// by itself, so that an empty pool means a leak. Each NUMA node has such a pool of its own: all
// ports may be on one node.
std::uint32_t packet_buffers(const Settings& settings);

// How buffers lie in memory. A card of PCI reaches pages by their physical address: none lies
// across the border of two. net_af_xdp (DPDK 22.11) gives the kernel as many bytes as the buffers
// have, without the gaps that this leaves: buffers at the end would be outside, a packet in one is
// never sent, and all behind it wait. For virtual devices they follow each other, all in one piece.
enum class PoolLayout : std::uint8_t { in_one_piece, within_pages };
// Or why the devices cannot share a pool.
Result<PoolLayout, std::string> pool_layout(const Settings& settings);

// Memory of a pool of that many.
std::uint64_t packet_pool_bytes(std::uint32_t buffers, const Settings& settings);

class PacketPool {
  public:
    // `node`: where its memory lies; SOCKET_ID_ANY = wherever there is some.
    static Result<PacketPool, std::string> create(std::uint32_t buffers, int node,
                                                  PoolLayout layout);
    PacketPool(PacketPool&& from) noexcept : pool_(from.pool_) { from.pool_ = nullptr; }
    PacketPool& operator=(PacketPool&&) = delete;
    ~PacketPool() { rte_mempool_free(pool_); }

    rte_mempool* get() const { return pool_; }
    // Buffers that are somewhere else. Walks all cores' caches: not for the fast path.
    unsigned in_use() const { return rte_mempool_in_use_count(pool_); }

  private:
    explicit PacketPool(rte_mempool* pool) : pool_(pool) {}
    rte_mempool* pool_;
};

}  // namespace sluice::io

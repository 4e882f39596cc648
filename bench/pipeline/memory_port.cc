#include "bench/pipeline/memory_port.h"

#include <rte_mempool.h>

#include <cstring>
#include <string>

#include "rules/base/assert.h"

namespace sluice::bench {
namespace {

// Ethernet, IPv4 (50 bytes, don't fragment), UDP (30 bytes), 22 bytes as a call's voice begins.
constexpr std::array<std::uint8_t, kFrameSize> kFrame = {
    0x02, 0,    0,    0,    0,    0x01, 0x02, 0,   0,    0,    0,    0x02, 0x08, 0x00,  //
    0x45, 0,    0,    50,   0,    1,    0x40, 0,   64,   17,   0,    0,    0,    0,
    0,    0,    0,    0,    0,    0,              //
    0,    0,    0,    0,    0,    30,   0,    0,  //
    0x80, 0x60, 0x12, 0x34, 0,    0,    0x10, 0,   0x5a, 0x17, 0x9c, 0x3d, 0xd5, 0xd5,
    0x54, 0x55, 0xd4, 0x57, 0x51, 0x55, 0xd0, 0x5c};

// The same, and TCP: a SYN with a window and no options.
constexpr std::array<std::uint8_t, kFrameSize> syn_frame() {
    std::array<std::uint8_t, kFrameSize> frame = kFrame;
    frame[17] = 40;  // IPv4 total length
    frame[23] = 6;
    for (std::size_t i = 38; i < frame.size(); ++i)
        frame[i] = 0;
    frame[46] = 5 << 4;
    frame[47] = 0x02;
    frame[48] = 0xff;
    return frame;
}

}  // namespace

MemoryPort::MemoryPort(Frame kind) {
    const auto frame = kind == Frame::udp ? kFrame : syn_frame();
    static int made = 0;
    const std::string name = "port" + std::to_string(made++);
    pool_ = rte_pktmbuf_pool_create(name.c_str(), kDescriptors, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
                                    SOCKET_ID_ANY);
    SLUICE_ASSERT(pool_ != nullptr);
    SLUICE_ASSERT(rte_pktmbuf_alloc_bulk(pool_, ring_.data(), kDescriptors) == 0);
    for (rte_mbuf* mbuf : ring_)
        std::memcpy(rte_pktmbuf_mtod(mbuf, void*), frame.data(), frame.size());
}

MemoryPort::~MemoryPort() {
    rte_pktmbuf_free_bulk(ring_.data(), kDescriptors);
    rte_mempool_free(pool_);
}

}  // namespace sluice::bench

// The header before each packet of a tun queue (virtio 1.2, 5.1.6), native order:
// linux/virtio_net.h is no C++.
#pragma once
#include <cstdint>

namespace sluice::handover {

struct VirtioHeader {
    std::uint8_t flags = 0;
    std::uint8_t gso_type = 0;
    std::uint16_t headers_size = 0;
    std::uint16_t segment_size = 0;
    std::uint16_t checksum_from = 0;  // what is summed begins here ...
    std::uint16_t checksum_at = 0;    // ... and goes there, counted from its beginning

    static constexpr std::uint8_t kNeedsChecksum = 1;
    static constexpr std::uint8_t kNoSegments = 0, kTcpV4 = 1, kTcpV6 = 4, kEcn = 0x80;
};
static_assert(sizeof(VirtioHeader) == 10);

}  // namespace sluice::handover

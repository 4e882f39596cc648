// What the kernel sends by a tun queue, cut into packets that fit the wire: TCP segmentation and
// checksums, which its device was promised to do (RFC 9293; virtio 1.2, 5.1.6).
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "dataplane/handover/tcp_packet.h"
#include "dataplane/handover/virtio_header.h"
#include "rules/base/bytes.h"

namespace sluice::handover {

inline constexpr std::size_t kVnetHeader = sizeof(VirtioHeader);
inline constexpr std::size_t kFrameMax = kVnetHeader + 65'535 + 40;  // IPv6: payload of 65,535

class KernelSegments {
  public:
    // `frame`: one read of a tun queue, virtio header included; it must outlive this.
    //   returns  nothing for what is no TCP packet, or contradicts itself.
    static std::optional<KernelSegments> of(Bytes frame) noexcept;

    IpAddress source() const { return source_of(ip_, packet_); }
    IpAddress destination() const { return destination_of(ip_, packet_); }
    std::uint16_t source_port() const { return be16(ip_, packet_.ip_header); }
    std::uint16_t destination_port() const { return be16(ip_, packet_.ip_header + 2u); }

    unsigned count() const { return count_; }
    // The IP packet `i`, at most so many bytes.
    std::size_t size(unsigned i) const;
    // Writes it into `out`, which has size(i) bytes: sequence number, flags, identification,
    // lengths and checksums are its own. cost: one copy and one sum of its bytes.
    void write(unsigned i, std::span<std::uint8_t> out) const noexcept;

  private:
    KernelSegments(Bytes ip, const TcpPacket& packet, std::uint32_t segment) noexcept;
    Bytes ip_;
    TcpPacket packet_;
    std::uint32_t segment_;  // payload of each but the last [bytes]
    unsigned count_;
};

}  // namespace sluice::handover

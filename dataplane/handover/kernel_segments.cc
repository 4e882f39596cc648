#include "dataplane/handover/kernel_segments.h"

#include <algorithm>
#include <cstring>

namespace sluice::handover {
namespace {

constexpr std::uint8_t kFin = 1, kPsh = 8, kCwr = 0x80;

bool is_tcp_gso(std::uint8_t gso_type, bool v4) {
    const unsigned type = gso_type & ~unsigned{VirtioHeader::kEcn};
    return type == (v4 ? VirtioHeader::kTcpV4 : VirtioHeader::kTcpV6);
}

}  // namespace

KernelSegments::KernelSegments(Bytes ip, const TcpPacket& packet, std::uint32_t segment) noexcept
    : ip_(ip),
      packet_(packet),
      segment_(segment),
      count_(packet.payload() == 0 ? 1 : (packet.payload() + segment - 1) / segment) {}

std::optional<KernelSegments> KernelSegments::of(Bytes frame) noexcept {
    if (frame.size() <= kVnetHeader) return std::nullopt;
    VirtioHeader header;
    static_assert(sizeof header == kVnetHeader);
    std::memcpy(&header, frame.data(), sizeof header);
    const Bytes ip = frame.subspan(kVnetHeader);
    const auto packet = parse_tcp_packet(ip);
    if (!packet) return std::nullopt;
    std::uint32_t segment = std::max(packet->payload(), std::uint32_t{1});
    if (header.gso_type != VirtioHeader::kNoSegments) {
        if (!is_tcp_gso(header.gso_type, packet->v4) || header.segment_size == 0)
            return std::nullopt;
        segment = header.segment_size;
    }
    return KernelSegments(ip, *packet, segment);
}

std::size_t KernelSegments::size(unsigned i) const {
    const std::uint32_t from = i * segment_;
    return packet_.headers + std::min(segment_, packet_.payload() - from);
}

void KernelSegments::write(unsigned i, std::span<std::uint8_t> out) const noexcept {
    const std::uint32_t from = i * segment_;
    TcpPacket packet = packet_;
    packet.size = static_cast<std::uint32_t>(size(i));
    std::copy_n(ip_.begin(), packet_.headers, out.begin());
    std::copy_n(ip_.begin() + packet_.headers + from, packet.payload(),
                out.begin() + packet_.headers);
    if (count_ > 1) {
        if (packet.v4) put16(out, 4, (be16(ip_, 4) + i) & 0xffffu);
        const std::size_t tcp = packet.tcp_at();
        put32(out, tcp + kTcpSeqAt, be32(ip_, tcp + kTcpSeqAt) + from);
        std::uint8_t& flags = out[tcp + kTcpFlagsAt];
        if (i + 1 < count_) flags = static_cast<std::uint8_t>(flags & ~(kFin | kPsh));
        if (i > 0) flags = static_cast<std::uint8_t>(flags & ~kCwr);
    }
    finish_packet(out, packet);
}

}  // namespace sluice::handover

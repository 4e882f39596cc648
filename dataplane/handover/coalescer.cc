#include "dataplane/handover/coalescer.h"

#include <algorithm>
#include <cstring>

namespace sluice::handover {
namespace {

constexpr std::uint8_t kPsh = 8, kAck = 16;
constexpr std::uint32_t kIpMax = 65'535;  // of the packet put together [bytes]

std::uint8_t flags_of(Bytes ip, const TcpPacket& packet) {
    return ip[packet.tcp_at() + kTcpFlagsAt];
}
std::uint32_t seq_of(Bytes ip, const TcpPacket& packet) {
    return be32(ip, packet.tcp_at() + kTcpSeqAt);
}

// Data and nothing but data, in headers of the usual size, with right checksums.
bool may_wait(Bytes ip, const TcpPacket& packet) {
    const bool plain = (flags_of(ip, packet) & ~kPsh) == kAck && packet.payload() > 0;
    return plain && (!packet.v4 || packet.ip_header == 20) && checksums_right(ip, packet);
}

bool same_bytes(Bytes a, Bytes b, std::size_t at, std::size_t size) {
    return std::memcmp(a.data() + at, b.data() + at, size) == 0;
}

}  // namespace

void Coalescer::add(Bytes ip) noexcept {
    const auto packet = parse_tcp_packet(ip);
    if (!packet || !may_wait(ip, *packet)) {
        flush();
        return pass(ip);
    }
    if (packets_ > 0 && follows(ip, *packet)) {
        append(ip, *packet);
    } else {
        flush();
        begin(ip, *packet);
    }
    const bool last = (flags_of(ip, *packet) & kPsh) != 0 || packet->payload() < segment_;
    if (last) flush();
}

bool Coalescer::follows(Bytes ip, const TcpPacket& packet) const noexcept {
    const Bytes mine(frame_.data() + kVnetHeader, first_.size);
    if (packet.v4 != first_.v4 || packet.headers != first_.headers) return false;
    if (packet.payload() > segment_ || first_.size + packet.payload() > kIpMax) return false;
    if (seq_of(ip, packet) != next_seq_) return false;
    // Version, class, TTL and addresses; not lengths, identification and checksum.
    const bool same_ip = first_.v4 ? same_bytes(mine, ip, 0, 2) && same_bytes(mine, ip, 6, 4) &&
                                         same_bytes(mine, ip, 12, 8)
                                   : same_bytes(mine, ip, 0, 4) && same_bytes(mine, ip, 6, 34);
    const std::size_t tcp = first_.tcp_at();
    // Ports; acknowledgement; window, and options behind checksum and urgent pointer.
    return same_ip && same_bytes(mine, ip, tcp, 4) && same_bytes(mine, ip, tcp + kTcpAckAt, 5) &&
           same_bytes(mine, ip, tcp + 14, 2) &&
           same_bytes(mine, ip, tcp + 20, first_.headers - tcp - 20);
}

void Coalescer::begin(Bytes ip, const TcpPacket& packet) noexcept {
    std::copy_n(ip.begin(), packet.size, frame_.begin() + kVnetHeader);
    first_ = packet;
    packets_ = 1;
    segment_ = packet.payload();
    next_seq_ = seq_of(ip, packet) + packet.payload();
}

void Coalescer::append(Bytes ip, const TcpPacket& packet) noexcept {
    const auto end = frame_.begin() + kVnetHeader + first_.size;
    std::copy_n(ip.begin() + packet.headers, packet.payload(), end);
    first_.size += packet.payload();
    next_seq_ += packet.payload();
    ++packets_;
    frame_[kVnetHeader + first_.tcp_at() + kTcpFlagsAt] |= flags_of(ip, packet);
}

void Coalescer::flush() noexcept {
    if (packets_ == 0) return;
    VirtioHeader header;
    const std::span<std::uint8_t> ip(frame_.data() + kVnetHeader, first_.size);
    if (packets_ > 1) {
        header.flags = VirtioHeader::kNeedsChecksum;
        header.gso_type = first_.v4 ? VirtioHeader::kTcpV4 : VirtioHeader::kTcpV6;
        header.headers_size = first_.headers;
        header.segment_size = static_cast<std::uint16_t>(segment_);
        header.checksum_from = first_.tcp_at();
        header.checksum_at = kTcpChecksumAt;
        if (first_.v4) {
            put16(ip, 2, first_.size);
            put16(ip, 10, header_checksum(ip.first(first_.ip_header)));
        } else {
            put16(ip, 4, first_.size - first_.ip_header);
        }
        put16(ip, first_.tcp_at() + kTcpChecksumAt, pseudo_checksum(ip, first_));
    }
    std::memcpy(frame_.data(), &header, sizeof header);
    sink_.write({frame_.data(), kVnetHeader + first_.size}, packets_);
    packets_ = 0;
}

void Coalescer::pass(Bytes ip) noexcept {
    if (ip.size() > kFrameMax - kVnetHeader) return;
    std::memset(frame_.data(), 0, kVnetHeader);
    std::copy(ip.begin(), ip.end(), frame_.begin() + kVnetHeader);
    sink_.write({frame_.data(), kVnetHeader + ip.size()}, 1);
}

}  // namespace sluice::handover

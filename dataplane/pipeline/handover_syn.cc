// SYNs of flows that may be handed over: TCP Fast Open (RFC 7413) and MPTCP (RFC 8684) become
// padding, ECN (RFC 3168) is not offered; the checksum is mended by what changed (RFC 1624).
#include "dataplane/pipeline/hand_over.h"

namespace sluice::pipeline {
namespace {

constexpr std::size_t kFixedSize = 20, kFlagsAt = 13, kChecksumAt = 16;
constexpr std::uint8_t kEnd = 0, kNop = 1, kMptcp = 30, kFastOpen = 34;
constexpr std::uint8_t kEceCwr = 0xc0;

class TcpHeader {
  public:
    TcpHeader(std::uint8_t* at, std::size_t size) : at_(at), size_(size) {}
    std::size_t size() const { return size_; }
    std::uint8_t operator[](std::size_t i) const { return at_[i]; }

    // One byte changes, and the checksum with it: which half of a word it is follows its place.
    void set(std::size_t i, std::uint8_t value) {
        const std::uint32_t shift = i % 2 == 0 ? 8 : 0;
        std::uint32_t sum = static_cast<std::uint16_t>(~be16({at_, size_}, kChecksumAt));
        sum += static_cast<std::uint16_t>(~(std::uint32_t{at_[i]} << shift));
        sum += std::uint32_t{value} << shift;
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        at_[i] = value;
        at_[kChecksumAt] = static_cast<std::uint8_t>(~sum >> 8);
        at_[kChecksumAt + 1] = static_cast<std::uint8_t>(~sum);
    }

  private:
    std::uint8_t* at_;
    std::size_t size_;
};

void blank_options(TcpHeader& tcp) noexcept {
    for (std::size_t i = kFixedSize; i < tcp.size();) {
        if (tcp[i] == kEnd) return;
        if (tcp[i] == kNop) {
            ++i;
            continue;
        }
        if (i + 1 >= tcp.size() || tcp[i + 1] < 2 || i + tcp[i + 1] > tcp.size()) return;
        const std::size_t end = i + tcp[i + 1];
        const bool goes = tcp[i] == kMptcp || tcp[i] == kFastOpen;
        for (; goes && i < end; ++i)
            tcp.set(i, kNop);
        i = end;
    }
}

}  // namespace

bool has_signature(Bytes options) noexcept {
    constexpr std::uint8_t kMd5 = 19, kAo = 29;
    for (std::size_t i = 0; i < options.size();) {
        if (options[i] == kEnd) return false;
        if (options[i] == kNop) {
            ++i;
            continue;
        }
        if (i + 1 >= options.size() || options[i + 1] < 2) return false;
        if (options[i] == kMd5 || options[i] == kAo) return true;
        i += options[i + 1];
    }
    return false;
}

void strip_syn(Packet& packet) noexcept {
    const wire::PacketView& v = packet.view;
    if (v.payload_offset > packet.mbuf->data_len || v.payload_offset < v.l4_offset + kFixedSize)
        return;
    TcpHeader tcp(rte_pktmbuf_mtod_offset(packet.mbuf, std::uint8_t*, v.l4_offset),
                  v.payload_offset - std::size_t{v.l4_offset});
    blank_options(tcp);
    if ((tcp[kFlagsAt] & kEceCwr) != 0)
        tcp.set(kFlagsAt, static_cast<std::uint8_t>(tcp[kFlagsAt] & ~kEceCwr));
    packet.view.tcp_flags = tcp[kFlagsAt];
}

}  // namespace sluice::pipeline

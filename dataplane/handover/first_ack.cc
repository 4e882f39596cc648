#include "dataplane/handover/first_ack.h"

#include <algorithm>

#include "dataplane/handover/tcp_packet.h"

namespace sluice::handover {
namespace {

constexpr std::uint8_t kTtl = 64, kTcp = 6, kAck = 16;
constexpr std::size_t kTcpFixed = 20, kTimestampsSize = 12;

void write_ip(const IpAddress& from, const IpAddress& to, TcpPacket& packet,
              std::span<std::uint8_t> out) {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    if (packet.v4) {
        out[0] = 0x45;
        out[6] = 0x40;  // never in fragments
        out[8] = kTtl;
        out[9] = kTcp;
        std::copy_n(from.bytes.begin() + 12, 4, out.begin() + 12);
        std::copy_n(to.bytes.begin() + 12, 4, out.begin() + 16);
        return;
    }
    out[0] = 0x60;
    out[6] = kTcp;
    out[7] = kTtl;
    std::copy(from.bytes.begin(), from.bytes.end(), out.begin() + 8);
    std::copy(to.bytes.begin(), to.bytes.end(), out.begin() + 24);
}

}  // namespace

std::size_t write_first_ack(const ipc::HandoverFlow& flow, bool from_user,
                            std::span<std::uint8_t, kFirstAckMax> out) noexcept {
    const ipc::HandoverEnd& me = flow.ends[from_user ? 0 : 1];
    const ipc::HandoverEnd& peer = flow.ends[from_user ? 1 : 0];
    const bool stamped = me.timestamps && peer.timestamps;
    const bool scaled =
        me.window_scale != ipc::kNoWindowScale && peer.window_scale != ipc::kNoWindowScale;
    TcpPacket packet;
    packet.v4 = flow.tuple.user.is_v4();
    packet.ip_header = packet.v4 ? 20 : 40;
    packet.headers =
        static_cast<std::uint16_t>(packet.ip_header + kTcpFixed + (stamped ? kTimestampsSize : 0));
    packet.size = packet.headers;
    const auto ip = out.first(packet.size);
    const ipc::FlowTuple& t = flow.tuple;
    write_ip(from_user ? t.user : t.remote, from_user ? t.remote : t.user, packet, ip);
    const auto tcp = ip.subspan(packet.ip_header);
    put16(tcp, 0, from_user ? t.user_port : t.remote_port);
    put16(tcp, 2, from_user ? t.remote_port : t.user_port);
    put32(tcp, kTcpSeqAt, me.next_seq);
    put32(tcp, kTcpAckAt, peer.next_seq);
    tcp[12] = static_cast<std::uint8_t>((packet.size - packet.ip_header) / 4 << 4);
    tcp[kTcpFlagsAt] = kAck;
    const std::uint32_t window = me.window >> (scaled ? me.window_scale : 0);
    put16(tcp, 14, std::min<std::uint32_t>(window, 0xffff));
    if (stamped) {
        tcp[20] = tcp[21] = 1;  // two NOPs keep the rest aligned (RFC 7323 appendix A)
        tcp[22] = 8;
        tcp[23] = 10;
        put32(tcp, 24, me.ts_value);
        put32(tcp, 28, peer.ts_value);
    }
    finish_packet(ip, packet);
    return packet.size;
}

}  // namespace sluice::handover

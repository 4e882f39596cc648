// The reference: link layers first, then IP, then transports.
#include "tests/prop/packet_reference.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

namespace sluice::wire::reference {
namespace {

using model::DropReason;

struct Drop {
    DropReason reason;
};

const std::set<unsigned> kTagTypes = {0x8100, 0x88a8, 0x9100};
const std::set<unsigned> kExtensions = {0, 43, 44, 51, 60, 135, 139, 140};
const std::set<unsigned> kPortProtocols = {6, 17, 33, 132, 136};

class Reading {
  public:
    Reading(Bytes frame, std::size_t wire) : frame_(frame), wire_(wire) {}
    PacketView run(Link link);

  private:
    // The next `count` bytes as a number; beyond the capture, or beyond `limit`, is `reason`.
    std::uint64_t take(std::size_t count, DropReason reason) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (at_ >= frame_.size()) throw Drop{reason};
            value = value << 8 | frame_[at_++];
        }
        return value;
    }
    unsigned peek(std::size_t ahead) const { return frame_[at_ + ahead]; }
    IpAddress address(bool v4, DropReason reason) {
        if (v4) return IpAddress::v4(static_cast<std::uint32_t>(take(4, reason)));
        IpAddress a;
        for (auto& byte : a.bytes)
            byte = static_cast<std::uint8_t>(take(1, reason));
        return a;
    }
    std::size_t ip_left() const { return ip_end_ - at_; }

    PacketView not_ip(unsigned type) {
        PacketView v;
        v.ether_type = static_cast<std::uint16_t>(type);
        return v;
    }
    PacketView ether(unsigned type, unsigned tags);
    PacketView llc();
    PacketView labels(unsigned count, unsigned tags);
    PacketView behind_labels(unsigned tags);
    std::optional<std::pair<std::size_t, unsigned>> inner_ethernet(std::size_t from, unsigned tags);
    PacketView ppp(unsigned other, DropReason reason);
    PacketView ip4();
    PacketView ip6();
    std::size_t believed_length(unsigned protocol);
    void walk(unsigned next, unsigned count, bool quoted = false);
    void fragment_rules(std::size_t size, std::size_t header);
    PacketView rest();
    PacketView transport();
    PacketView tcp();
    PacketView udp();
    PacketView icmp();
    PacketView quote();
    PacketView other();

    Bytes frame_;
    std::size_t wire_;
    std::size_t at_ = 0;
    std::size_t ip_end_ = 0;
    bool v4_ = false, head_ = false, later_ = false;
    PacketView v_;
};

// ---- link ----

PacketView Reading::run(Link link) {
    if (link == Link::ethernet) {
        take(12, DropReason::eth_short);
        return ether(static_cast<unsigned>(take(2, DropReason::eth_short)), 0);
    }
    if (link == Link::raw_ip) {
        if (frame_.empty()) throw Drop{DropReason::ip_short};
        return peek(0) / 16 == 6 ? ip6() : ip4();
    }
    if (link == Link::null_loop) {
        std::uint64_t family = take(4, DropReason::eth_short);
        if (family >= 0x10000)
            family = (family & 0xff) << 24 | (family & 0xff00) << 8 | (family >> 8 & 0xff00) |
                     family >> 24;
        if (family == 2) return ip4();
        const std::set<std::uint64_t> six = {10, 23, 24, 28, 30};
        return six.contains(family) ? ip6() : not_ip(0);
    }
    if (link == Link::ppp) {
        if (frame_.size() >= 2 && peek(0) == 0xff && peek(1) == 0x03) at_ = 2;
        return ppp(0x880b, DropReason::eth_short);
    }
    unsigned protocol = 0;
    if (link == Link::linux_sll) {
        take(14, DropReason::eth_short);
        protocol = static_cast<unsigned>(take(2, DropReason::eth_short));
    } else {
        protocol = static_cast<unsigned>(take(2, DropReason::eth_short));
        take(18, DropReason::eth_short);
    }
    if (protocol == 4) return llc();
    return protocol <= 1500 ? not_ip(0) : ether(protocol, 0);
}

PacketView Reading::ether(unsigned type, unsigned tags) {
    if (kTagTypes.contains(type)) {
        if (tags == 4) throw Drop{DropReason::vlan_depth};
        take(2, DropReason::vlan_short);
        return ether(static_cast<unsigned>(take(2, DropReason::vlan_short)), tags + 1);
    }
    if (type == 0x0800) return ip4();
    if (type == 0x86dd) return ip6();
    if (type == 0x8847 || type == 0x8848) return labels(0, tags);
    if (type == 0x8864) {
        if (take(2, DropReason::pppoe_malformed) != 0x1100) throw Drop{DropReason::pppoe_malformed};
        take(2, DropReason::pppoe_malformed);
        const std::size_t size = take(2, DropReason::pppoe_malformed);
        if (at_ + size > wire_) throw Drop{DropReason::pppoe_malformed};
        wire_ = at_ + size;
        return ppp(0x8864, DropReason::pppoe_malformed);
    }
    if (type > 1500) return not_ip(type);
    wire_ = std::min(wire_, at_ + type);
    return llc();
}

PacketView Reading::llc() {
    if (at_ >= frame_.size()) return not_ip(0);
    const unsigned dsap = peek(0);
    try {
        if (take(6, DropReason::eth_short) != 0xaaaa03000000) return not_ip(dsap);
        const auto type = static_cast<unsigned>(take(2, DropReason::eth_short));
        if (type == 0x0800) return ip4();
        if (type == 0x86dd) return ip6();
        return not_ip(type);
    } catch (const Drop& drop) {
        if (drop.reason == DropReason::eth_short) return not_ip(dsap);
        throw;
    }
}

PacketView Reading::ppp(unsigned other, DropReason reason) {
    if (at_ >= wire_) throw Drop{reason};
    auto protocol = static_cast<unsigned>(take(1, reason));
    if (protocol % 2 == 0) {
        if (at_ >= wire_) throw Drop{reason};
        protocol = protocol * 256 + static_cast<unsigned>(take(1, reason));
    }
    if (protocol == 0x21) return ip4();
    if (protocol == 0x57) return ip6();
    return not_ip(other);
}

PacketView Reading::labels(unsigned count, unsigned tags) {
    if (count == 8) throw Drop{DropReason::mpls_depth};
    const auto entry = take(4, DropReason::mpls_short);
    return entry / 256 % 2 == 1 ? behind_labels(tags) : labels(count + 1, tags);
}

std::optional<std::pair<std::size_t, unsigned>> Reading::inner_ethernet(std::size_t from,
                                                                        unsigned tags) {
    Reading inner(frame_, wire_);
    inner.at_ = from;
    try {
        inner.take(12, DropReason::eth_short);
        auto type = static_cast<unsigned>(inner.take(2, DropReason::eth_short));
        for (; kTagTypes.contains(type); ++tags) {
            if (tags == 4) return std::nullopt;
            inner.take(2, DropReason::eth_short);
            type = static_cast<unsigned>(inner.take(2, DropReason::eth_short));
        }
        const std::size_t ip = inner.at_;
        const auto first = inner.take(1, DropReason::eth_short);
        if (type == 0x0800 && first >= 0x45 && first <= 0x4f) return {{ip, 4}};
        if (type == 0x86dd && first / 16 == 6) return {{ip, 6}};
    } catch (const Drop&) {
    }
    return std::nullopt;
}

PacketView Reading::behind_labels(unsigned tags) {
    const std::size_t from = at_;
    const auto nibble = take(1, DropReason::mpls_short) / 16;
    at_ = from;
    if (nibble == 4) return ip4();
    if (nibble == 6) return ip6();
    if (nibble != 0) return not_ip(0x8847);
    const auto with = inner_ethernet(from + 4, tags), without = inner_ethernet(from, tags);
    if (with.has_value() == without.has_value()) return not_ip(0x8847);
    const auto& found = with ? with : without;
    at_ = found->first;
    return found->second == 4 ? ip4() : ip6();
}

// ---- IP ----

std::size_t Reading::believed_length(unsigned protocol) {
    if (protocol != 6 || wire_ < at_ + 1501 || wire_ - at_ > 65'475) return 0;
    return wire_ - at_;
}

PacketView Reading::ip4() {
    const std::size_t start = at_;
    std::vector<unsigned> h;
    for (int i = 0; i < 20; ++i)
        h.push_back(static_cast<unsigned>(take(1, DropReason::ip_short)));
    if (h[0] / 16 != 4) throw Drop{DropReason::ip_version};
    if (h[0] % 16 < 5) throw Drop{DropReason::ip_bad_length};
    take((h[0] % 16 - 5) * 4, DropReason::ip_short);
    std::size_t total = h[2] * 256 + h[3];
    const unsigned offset = (h[6] % 32 * 256 + h[7]) * 8;
    const bool more = (h[6] & 0x20) != 0;
    if (total == 0 && offset == 0 && !more && believed_length(h[9]) > 0)
        total = at_ - start + believed_length(h[9]);
    if (total < at_ - start) throw Drop{DropReason::ip_bad_length};
    if (start + total > wire_) throw Drop{DropReason::ip_truncated};
    ip_end_ = start + total;
    v4_ = true;
    v_.ether_type = 0x0800;
    v_.l3_offset = static_cast<std::uint16_t>(start);
    v_.ip_protocol = static_cast<std::uint8_t>(h[9]);
    v_.source = IpAddress::v4(h[12] << 24 | h[13] << 16 | h[14] << 8 | h[15]);
    v_.destination = IpAddress::v4(h[16] << 24 | h[17] << 16 | h[18] << 8 | h[19]);
    if (offset == 0 && !more) return transport();
    v_.fragment_id = h[4] * 256 + h[5];
    v_.fragment_offset = static_cast<std::uint16_t>(offset);
    v_.more_fragments = more;
    fragment_rules(ip_left(), at_ - start);
    if (offset == 8 && h[9] == 6) throw Drop{DropReason::fragment_tiny};
    if (offset != 0) return rest();
    head_ = true;
    return transport();
}

void Reading::fragment_rules(std::size_t size, std::size_t header) {
    if (size == 0) throw Drop{DropReason::ip_bad_length};
    if (v_.more_fragments && size % 8 > 0) throw Drop{DropReason::ip_bad_length};
    if (header + v_.fragment_offset + size >= 65'536) throw Drop{DropReason::fragment_oversize};
}

PacketView Reading::rest() {
    v_.kind = PacketKind::fragment_rest;
    v_.l4_offset = v_.payload_offset = static_cast<std::uint16_t>(at_);
    v_.payload_size = static_cast<std::uint16_t>(ip_left());
    return v_;
}

PacketView Reading::ip6() {
    const std::size_t start = at_;
    take(40, DropReason::ip_short);
    at_ = start;
    if (take(1, DropReason::ip_short) / 16 != 6) throw Drop{DropReason::ip_version};
    take(3, DropReason::ip_short);
    std::size_t size = take(2, DropReason::ip_short);
    const auto next = static_cast<unsigned>(take(1, DropReason::ip_short));
    take(1, DropReason::ip_short);
    v_.source = address(false, DropReason::ip_short);
    v_.destination = address(false, DropReason::ip_short);
    const bool mapped = v_.source.is_v4() || v_.destination.is_v4();
    if (size == 0 && next == 0) throw Drop{DropReason::ip_bad_length};
    if (size == 0) size = believed_length(next);
    ip_end_ = at_ + size;
    if (ip_end_ > wire_) throw Drop{DropReason::ip_truncated};
    v_.ether_type = 0x86dd;
    v_.l3_offset = static_cast<std::uint16_t>(start);
    if (mapped) throw Drop{DropReason::ip_mapped_address};
    walk(next, 0);
    return later_ ? rest() : transport();
}

// One extension header a call. A fragment's own rules come before anything said of its inside.
void Reading::walk(unsigned next, unsigned count, bool quoted) {
    v_.ip_protocol = static_cast<std::uint8_t>(next);
    if (!kExtensions.contains(next)) return;
    if (count == 8 || (next == 0 && count > 0) || (next == 44 && head_))
        throw Drop{DropReason::ipv6_extension};
    const DropReason cut = head_ ? DropReason::fragment_tiny : DropReason::ipv6_extension;
    if (ip_left() < 8) throw Drop{cut};
    const std::size_t start = at_;
    const auto following = static_cast<unsigned>(take(1, DropReason::ipv6_extension));
    const std::size_t units = take(1, DropReason::ipv6_extension);
    const auto field = static_cast<unsigned>(take(2, DropReason::ipv6_extension));
    const auto id = static_cast<std::uint32_t>(take(4, DropReason::ipv6_extension));
    std::size_t size = 8 + units * 8;
    if (next == 51) size = 8 + units * 4;
    if (next == 44) size = 8;
    if (start + size > ip_end_) throw Drop{cut};
    take(size - 8, DropReason::ipv6_extension);
    if (next == 44 && (field / 8 != 0 || field % 2 != 0)) {
        v_.fragment_id = id;
        v_.fragment_offset = static_cast<std::uint16_t>(field / 8 * 8);
        v_.more_fragments = field % 2 != 0;
        if (!quoted) fragment_rules(ip_left(), 0);
        later_ = v_.fragment_offset != 0;
        head_ = !later_;
        v_.ip_protocol = static_cast<std::uint8_t>(following);
        if (later_) return;
    }
    walk(following, count + 1, quoted);
}

// ---- transports ----

PacketView Reading::transport() {
    v_.kind = head_ ? PacketKind::fragment_head : PacketKind::flow;
    v_.l4_offset = static_cast<std::uint16_t>(at_);
    if (v_.ip_protocol == 6) return tcp();
    if (v_.ip_protocol == 17) return udp();
    if (v_.ip_protocol == (v4_ ? 1 : 58)) return icmp();
    return other();
}

PacketView Reading::tcp() {
    const DropReason shorter = head_ ? DropReason::fragment_tiny : DropReason::l4_short;
    if (ip_left() < 20) throw Drop{shorter};
    const std::size_t start = at_;
    v_.source_port = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    v_.destination_port = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    v_.tcp_seq = static_cast<std::uint32_t>(take(4, DropReason::l4_short));
    v_.tcp_ack = static_cast<std::uint32_t>(take(4, DropReason::l4_short));
    const std::size_t words = take(1, DropReason::l4_short) / 16;
    v_.tcp_flags = static_cast<std::uint8_t>(take(1, DropReason::l4_short));
    v_.tcp_window = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    take(4, DropReason::l4_short);
    if (words < 5) throw Drop{DropReason::tcp_malformed};
    if (start + words * 4 > ip_end_)
        throw Drop{head_ ? DropReason::fragment_tiny : DropReason::tcp_malformed};
    take(words * 4 - 20, DropReason::l4_short);
    const bool fin = v_.tcp_flags & 1, syn = v_.tcp_flags & 2, rst = v_.tcp_flags & 4;
    const bool psh = v_.tcp_flags & 8, ack = v_.tcp_flags & 16, urg = v_.tcp_flags & 32;
    if (syn && (fin || rst)) throw Drop{DropReason::tcp_malformed};
    if (!(fin || syn || rst || psh || ack || urg)) throw Drop{DropReason::tcp_malformed};
    if (fin && psh && urg && !ack) throw Drop{DropReason::tcp_malformed};
    v_.payload_offset = static_cast<std::uint16_t>(at_);
    v_.payload_size = static_cast<std::uint16_t>(ip_left());
    return v_;
}

PacketView Reading::udp() {
    const std::size_t size = ip_left();
    if (size < 8) throw Drop{head_ ? DropReason::fragment_tiny : DropReason::l4_short};
    v_.source_port = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    v_.destination_port = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    const std::size_t said = take(2, DropReason::l4_short);
    take(2, DropReason::l4_short);
    if (said < 8) throw Drop{DropReason::udp_bad_length};
    if (!head_ && said > size) throw Drop{DropReason::udp_bad_length};
    v_.payload_offset = static_cast<std::uint16_t>(at_);
    v_.payload_size = static_cast<std::uint16_t>(std::min(said, size) - 8);
    return v_;
}

PacketView Reading::icmp() {
    static const std::set<unsigned> kQueries4 = {0, 8, 13, 14, 15, 16, 17, 18, 42, 43};
    static const std::set<unsigned> kQueries6 = {128, 129, 160, 161};
    static const std::set<unsigned> kErrors4 = {3, 4, 5, 11, 12}, kErrors6 = {1, 2, 3, 4};
    if (ip_left() < 8) throw Drop{head_ ? DropReason::fragment_tiny : DropReason::l4_short};
    v_.icmp_type = static_cast<std::uint8_t>(take(1, DropReason::l4_short));
    take(3, DropReason::l4_short);
    const auto identifier = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    take(2, DropReason::l4_short);
    v_.payload_offset = static_cast<std::uint16_t>(at_);
    v_.payload_size = static_cast<std::uint16_t>(ip_left());
    if ((v4_ ? kQueries4 : kQueries6).contains(v_.icmp_type)) v_.source_port = identifier;
    if (head_) return v_;
    if ((v4_ ? kErrors4 : kErrors6).contains(v_.icmp_type)) return quote();
    const unsigned hop_limit = v4_ ? 0u : frame_[v_.l3_offset + 7u];
    v_.neighbour_discovery = hop_limit == 255 && v_.icmp_type >= 133 && v_.icmp_type <= 137;
    return v_;
}

// A quote is read by a Reading of its own over the bytes that are there; whatever ails it,
// l4_short.
PacketView Reading::quote() {
    Reading inner(frame_.first(std::min(ip_end_, frame_.size())), 0);
    inner.at_ = at_;
    inner.v4_ = v4_;
    PacketView& q = inner.v_;
    try {
        const DropReason none = DropReason::l4_short;
        const auto first = inner.take(1, none);
        if (first / 16 != (v4_ ? 4u : 6u)) throw Drop{none};
        unsigned next = 0;
        if (v4_) {
            inner.take(3, none);
            q.fragment_id = static_cast<std::uint32_t>(inner.take(2, none));
            const auto field = inner.take(2, none);
            q.fragment_offset = static_cast<std::uint16_t>(field % 8192 * 8);
            q.more_fragments = field / 8192 % 2 == 1;
            if (q.fragment_offset == 0 && !q.more_fragments) q.fragment_id = 0;
            inner.take(1, none);
            next = static_cast<unsigned>(inner.take(1, none));
            inner.take(2, none);
            q.source = inner.address(true, none), q.destination = inner.address(true, none);
            if (first % 16 < 5) throw Drop{none};
            inner.take((first % 16 - 5) * 4, none);
            inner.later_ = q.fragment_offset != 0;
            q.ip_protocol = static_cast<std::uint8_t>(next);
        } else {
            inner.take(5, none);
            next = static_cast<unsigned>(inner.take(1, none));
            inner.take(1, none);
            q.source = inner.address(false, none), q.destination = inner.address(false, none);
            inner.ip_end_ = inner.frame_.size();
            inner.walk(next, 0, true);
        }
        if (!inner.later_ &&
            (kPortProtocols.contains(q.ip_protocol) || q.ip_protocol == (v4_ ? 1 : 58))) {
            const std::size_t start = inner.at_;
            inner.take(8, none);
            inner.at_ = start;
            if (kPortProtocols.contains(q.ip_protocol)) {
                q.source_port = static_cast<std::uint16_t>(inner.take(2, none));
                q.destination_port = static_cast<std::uint16_t>(inner.take(2, none));
                if (q.ip_protocol == 6) q.tcp_seq = static_cast<std::uint32_t>(inner.take(4, none));
            } else {
                static const std::set<unsigned> kQueries4 = {0, 8, 13, 14, 15, 16, 17, 18, 42, 43};
                static const std::set<unsigned> kQueries6 = {128, 129, 160, 161};
                const auto type = static_cast<unsigned>(inner.take(4, none) >> 24);
                const auto identifier = static_cast<std::uint16_t>(inner.take(2, none));
                if ((v4_ ? kQueries4 : kQueries6).contains(type)) q.source_port = identifier;
            }
        }
    } catch (const Drop&) {
        throw Drop{DropReason::l4_short};
    }
    q.kind = PacketKind::icmp_error;
    q.icmp_type = v_.icmp_type, q.ether_type = v_.ether_type;
    q.l3_offset = v_.l3_offset, q.l4_offset = v_.l4_offset;
    q.payload_offset = v_.payload_offset, q.payload_size = v_.payload_size;
    return q;
}

PacketView Reading::other() {
    v_.payload_offset = v_.l4_offset;
    v_.payload_size = static_cast<std::uint16_t>(ip_left());
    if (!kPortProtocols.contains(v_.ip_protocol)) return v_;
    if (ip_left() < 4) throw Drop{head_ ? DropReason::fragment_tiny : DropReason::l4_short};
    v_.source_port = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    v_.destination_port = static_cast<std::uint16_t>(take(2, DropReason::l4_short));
    return v_;
}

}  // namespace

Result<PacketView, DropReason> parse_packet(Bytes frame, std::uint32_t wire_size, Link link) {
    try {
        return Reading(frame, std::max<std::size_t>(wire_size, frame.size())).run(link);
    } catch (const Drop& drop) {
        return Err{drop.reason};
    }
}

}  // namespace sluice::wire::reference

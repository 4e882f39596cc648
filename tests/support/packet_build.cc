// Transport and IP headers of a PacketSpec.
#include <algorithm>
#include <stdexcept>

#include "tests/support/packet_spec.h"

namespace sluice::testing {
namespace {

constexpr std::uint8_t kAckFlag = 0x10, kSynFlag = 0x02;
constexpr std::uint8_t kFragmentHeader = 44, kAuthentication = 51;

Bytes address_bytes(const IpAddress& address) {
    const Bytes all = address.bytes;
    return address.is_v4() ? all.last(4) : all;
}

// RFC 793 3.1, RFC 8200 8.1.
std::uint16_t transport_checksum(const IpSpec& ip, std::uint8_t protocol, const Frame& l4) {
    Frame pseudo;
    put_all(pseudo, address_bytes(ip.source)), put_all(pseudo, address_bytes(ip.destination));
    put32(pseudo, l4.size()), put32(pseudo, protocol), put_all(pseudo, l4);
    return checksum(pseudo);
}

Frame sent_payload(const PacketSpec& spec) {
    const Frame& all = spec.payload;
    if (spec.payload_from > all.size()) throw std::invalid_argument("part() beyond the payload");
    const std::size_t rest = all.size() - spec.payload_from;
    const std::size_t size = std::min(spec.payload_size.value_or(rest), rest);
    return {all.begin() + spec.payload_from,
            all.begin() + static_cast<std::ptrdiff_t>(spec.payload_from + size)};
}

// Both sides start at 1000 unless told, so that the data of a fresh connection is at 1001 each way.
Frame tcp_segment(const PacketSpec& spec) {
    const TcpSpec& tcp = spec.tcp;
    const std::uint32_t seq =
        tcp.seq.value_or((tcp.flags & kSynFlag ? 1000u : 1001u) + spec.payload_from);
    const std::uint32_t ack = tcp.ack.value_or(tcp.flags & kAckFlag ? 1001u : 0u);
    Frame options = tcp.options;
    while (options.size() % 4 != 0)
        options.push_back(1);
    if (options.size() > 40) throw std::invalid_argument("more than 40 bytes of TCP options");
    Frame l4;
    put16(l4, spec.source_port), put16(l4, spec.destination_port), put32(l4, seq), put32(l4, ack);
    put8(l4, tcp.data_offset.value_or(static_cast<std::uint8_t>(5 + options.size() / 4)) << 4);
    put8(l4, tcp.flags), put16(l4, tcp.window), put16(l4, 0), put16(l4, tcp.urgent);
    put_all(l4, options), put_all(l4, sent_payload(spec));
    set16(l4, 16, transport_checksum(spec.ip, 6, l4) ^ (spec.wrong_checksum ? 1 : 0));
    return l4;
}

Frame udp_datagram(const PacketSpec& spec) {
    const Frame payload = sent_payload(spec);
    Frame l4;
    put16(l4, spec.source_port), put16(l4, spec.destination_port);
    put16(l4, spec.udp_length.value_or(static_cast<std::uint16_t>(8 + payload.size())));
    put16(l4, 0), put_all(l4, payload);
    const std::uint16_t sum = transport_checksum(spec.ip, 17, l4);
    set16(l4, 6, (sum == 0 ? 0xffff : sum) ^ (spec.wrong_checksum ? 1 : 0));
    return l4;
}

Frame icmp_message(const PacketSpec& spec) {
    Frame l4;
    put8(l4, spec.icmp.type), put8(l4, spec.icmp.code), put16(l4, 0), put32(l4, spec.icmp.rest);
    put_all(l4, sent_payload(spec));
    const std::uint16_t sum =
        spec.ip.source.is_v4() ? checksum(l4) : transport_checksum(spec.ip, 58, l4);
    set16(l4, 2, sum ^ (spec.wrong_checksum ? 1 : 0));
    return l4;
}

// An IPv6 extension header of `size` bytes: PadN inside the option headers, zeros in the others.
Frame extension(std::uint8_t number, std::uint8_t next, std::size_t size) {
    if (size < 8 || size % 4 != 0) throw std::invalid_argument("extension header of odd size");
    Frame f(size, 0);
    f[0] = next;
    const std::size_t units = number == kAuthentication ? size / 4 - 2 : size / 8 - 1;
    if (number != kFragmentHeader) f[1] = static_cast<std::uint8_t>(units);
    if (number == 0 || number == 60) {
        f[2] = 1;
        f[3] = static_cast<std::uint8_t>(std::min<std::size_t>(size - 4, 255));
    }
    return f;
}

// Headers [first, last) of the spec's extensions and `l4` behind them; `next` becomes the first's.
Frame with_extensions(const IpSpec& ip, std::size_t first, std::size_t last, std::uint8_t& next,
                      Frame inner) {
    for (std::size_t i = last; i-- > first;) {
        const auto [number, size] = ip.extensions[i];
        Frame outer = extension(number, next, size);
        put_all(outer, inner);
        inner = std::move(outer);
        next = number;
    }
    return inner;
}

Frame slice_of(const PacketSpec& spec, Frame whole) {
    const FragmentSpec& fragment = *spec.ip.fragment;
    if (fragment.raw) return spec.payload;
    if (fragment.offset > whole.size()) throw std::invalid_argument("frag() beyond the datagram");
    const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(fragment.offset);
    const std::size_t rest = whole.size() - fragment.offset;
    const std::size_t size = std::min(fragment.size.value_or(rest), rest);
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

std::uint8_t protocol_of(const PacketSpec& spec) {
    if (spec.ip.next_header) return *spec.ip.next_header;
    switch (spec.transport) {
        case Transport::tcp:
            return 6;
        case Transport::udp:
            return 17;
        case Transport::icmp:
            return spec.ip.source.is_v4() ? 1 : 58;
        default:
            return spec.ip.protocol;
    }
}

Frame ipv4_packet(const PacketSpec& spec) {
    const IpSpec& ip = spec.ip;
    if (ip.options.size() % 4 != 0 || ip.options.size() > 40)
        throw std::invalid_argument("IPv4 options are at most 40 bytes, in steps of 4");
    if (!ip.extensions.empty()) throw std::invalid_argument("extension header on IPv4");
    Frame l4 = build_l4(spec);
    std::size_t fragment_field = ip.dont_fragment ? 0x4000 : 0;
    if (ip.fragment) {
        l4 = slice_of(spec, std::move(l4));
        fragment_field = (ip.fragment->more ? 0x2000u : 0u) | ip.fragment->offset / 8;
    }
    const std::size_t header_size = 20 + ip.options.size();
    Frame f;
    put8(f, 0x40 | header_size / 4), put8(f, ip.tos);
    put16(f, ip.length.value_or(static_cast<std::uint16_t>(header_size + l4.size())));
    put16(f, ip.fragment ? ip.fragment->id : ip.id), put16(f, fragment_field);
    put8(f, ip.ttl), put8(f, protocol_of(spec)), put16(f, 0);
    put_all(f, address_bytes(ip.source)), put_all(f, address_bytes(ip.destination));
    put_all(f, ip.options);
    set16(f, 10, checksum(f));
    put_all(f, l4);
    return f;
}

Frame ipv6_packet(const PacketSpec& spec) {
    const IpSpec& ip = spec.ip;
    if (!ip.options.empty()) throw std::invalid_argument("IPv4 options on IPv6");
    std::uint8_t next = protocol_of(spec);
    const std::size_t split = ip.fragment ? ip.extensions_before_fragment : ip.extensions.size();
    Frame rest = with_extensions(ip, split, ip.extensions.size(), next, build_l4(spec));
    if (ip.fragment) {
        Frame header{next, 0};
        put16(header, ip.fragment->offset / 8 << 3 | (ip.fragment->more ? 1u : 0u));
        put32(header, ip.fragment->id);
        put_all(header, slice_of(spec, std::move(rest)));
        rest = std::move(header);
        next = kFragmentHeader;
    }
    rest = with_extensions(ip, 0, split, next, std::move(rest));
    Frame f;
    put32(f, 6u << 28 | std::uint32_t{ip.tos} << 20);
    put16(f, ip.length.value_or(static_cast<std::uint16_t>(rest.size())));
    put8(f, next), put8(f, ip.ttl);
    put_all(f, address_bytes(ip.source)), put_all(f, address_bytes(ip.destination));
    put_all(f, rest);
    return f;
}

}  // namespace

Frame build_l4(const PacketSpec& spec) {
    switch (spec.transport) {
        case Transport::tcp:
            return tcp_segment(spec);
        case Transport::udp:
            return udp_datagram(spec);
        case Transport::icmp:
            return icmp_message(spec);
        case Transport::ports_only: {
            Frame l4;
            put16(l4, spec.source_port), put16(l4, spec.destination_port);
            put_all(l4, sent_payload(spec));
            return l4;
        }
        default:
            return sent_payload(spec);
    }
}

Frame build_ip(const PacketSpec& spec) {
    if (spec.ip.source.is_v4() != spec.ip.destination.is_v4())
        throw std::invalid_argument("one end is IPv4, the other IPv6");
    return spec.ip.source.is_v4() ? ipv4_packet(spec) : ipv6_packet(spec);
}

Frame build_frame(const PacketSpec& spec) {
    Frame f;
    if (spec.transport == Transport::raw)
        f = spec.payload;
    else if (spec.transport == Transport::link_only)
        f = wrap_link(spec.link, spec.payload, 0);
    else
        f = wrap_link(spec.link, build_ip(spec), spec.ip.source.is_v4() ? 0x0800 : 0x86dd);
    if (f.size() < spec.pad_to) f.resize(spec.pad_to, 0xee);
    f.resize(f.size() - std::min(spec.cut, f.size()));
    for (const auto& [at, bytes] : spec.pokes) {
        if (at + bytes.size() > f.size()) throw std::invalid_argument("poke() beyond the frame");
        std::copy(bytes.begin(), bytes.end(), f.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return f;
}

}  // namespace sluice::testing

// Takes frames apart on its own, not with the parser under test.
#include "tests/support/frame_text.h"

#include <algorithm>
#include <optional>

#include "rules/base/ip.h"
#include "tests/support/packet_spec.h"
#include "tests/support/packet_text.h"
#include "tests/support/words.h"

namespace sluice::testing {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

bool printable(Bytes bytes) {
    const auto is_plain = [](std::uint8_t c) {
        return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
    };
    return std::all_of(bytes.begin(), bytes.end(), is_plain);
}

std::string payload_text(Bytes payload, std::size_t max) {
    if (payload.empty()) return "";
    const Bytes shown = payload.first(std::min(max, payload.size()));
    std::string out =
        printable(shown) ? " text(" + escape(as_text(shown)) + ")" : " hex(" + to_hex(shown) + ")";
    if (shown.size() < payload.size())
        out += " +" + number(payload.size() - shown.size()) + " bytes";
    return out;
}

std::string flags_text(std::uint8_t flags) {
    std::string out;
    // As people say them: SYN before ACK, PSH before ACK, RST before ACK.
    for (const char c : std::string_view("SFRPUECA")) {
        const std::size_t bit = std::string_view("FSRPAUEC").find(c);
        if (flags >> bit & 1) out += c;
    }
    return out.empty() ? "none" : out;
}

struct Ip {
    bool v4 = true;
    IpAddress source, destination;
    std::uint8_t protocol = 0;
    Bytes payload;      // by the IP length
    std::string words;  // ttl=, id=, ...
};

std::optional<Ip> read_ip4(Bytes b) {
    if (b.size() < 20 || b[0] != 0x45) return std::nullopt;
    const std::size_t total = be16(b, 2);
    if (total < 20 || total > b.size() || (be16(b, 6) & 0x3fff) != 0) return std::nullopt;
    Ip ip;
    ip.source = IpAddress::v4(be32(b, 12)), ip.destination = IpAddress::v4(be32(b, 16));
    ip.protocol = b[9], ip.payload = b.subspan(20, total - 20);
    if (b[8] != 64) ip.words += " ttl=" + number(b[8]);
    if (b[1] != 0) ip.words += " tos=" + number(b[1]);
    if (be16(b, 4) != 0) ip.words += " id=" + number(be16(b, 4));
    if (be16(b, 6) == 0) ip.words += " nodf";
    if (checksum(b.first(20)) != 0) ip.words += " badipsum";
    return ip;
}

std::optional<Ip> read_ip6(Bytes b) {
    if (b.size() < 40 || b[0] >> 4 != 6) return std::nullopt;
    const std::size_t size = be16(b, 4);
    if (40 + size > b.size()) return std::nullopt;
    Ip ip;
    ip.v4 = false;
    std::copy_n(b.begin() + 8, 16, ip.source.bytes.begin());
    std::copy_n(b.begin() + 24, 16, ip.destination.bytes.begin());
    ip.protocol = b[6], ip.payload = b.subspan(40, size);
    const unsigned tos = (be16(b, 0) >> 4) & 0xff;
    if (b[7] != 64) ip.words += " ttl=" + number(b[7]);
    if (tos != 0) ip.words += " tos=" + number(tos);
    return ip;
}

std::string end_text(const IpAddress& address, std::uint16_t port) {
    if (address.is_v4()) return to_text(address) + ":" + number(port);
    std::string out = "[";
    return out.append(to_text(address)).append("]:").append(number(port));
}

std::string ends_text(const Ip& ip) {
    return end_text(ip.source, be16(ip.payload, 0)) + " > " +
           end_text(ip.destination, be16(ip.payload, 2));
}

// True when the sum over pseudo header and payload comes out right.
bool sum_is_right(const Ip& ip) {
    Frame pseudo;
    if (ip.v4 && ip.protocol == 1) return checksum(ip.payload) == 0;
    const auto put_address = [&](const IpAddress& a) {
        put_all(pseudo, ip.v4 ? Bytes(a.bytes).last(4) : Bytes(a.bytes));
    };
    put_address(ip.source), put_address(ip.destination);
    put32(pseudo, ip.payload.size()), put32(pseudo, ip.protocol), put_all(pseudo, ip.payload);
    return checksum(pseudo) == 0;
}

// Options the builder has words for by those, all others as opt(hex).
std::string options_text(Bytes options) {
    std::string out;
    while (!options.empty()) {
        if (options[0] == 1) {
            std::size_t nops = 1;
            while (nops < options.size() && options[nops] == 1)
                ++nops;
            const bool before_scale =
                options.size() >= nops + 3 && options[nops] == 3 && options[nops + 1] == 3;
            if (before_scale && nops == 1) {
                out += " wscale=" + number(options[3]);
                options = options.subspan(4);
                continue;
            }
            out += " opt(" + to_hex(options.first(nops)) + ")";
            options = options.subspan(nops);
            continue;
        }
        const std::size_t size = options.size() > 1 ? options[1] : 0;
        if (size < 2 || size > options.size()) return out + " opt(" + to_hex(options) + ")";
        if (options[0] == 2 && size == 4)
            out += " mss=" + number(be16(options, 2));
        else if (options[0] == 4 && size == 2)
            out += " sack";
        else if (options[0] == 8 && size == 10)
            out += " ts=" + number(be32(options, 2)) + "," + number(be32(options, 6));
        else
            out += " opt(" + to_hex(options.first(size)) + ")";
        options = options.subspan(size);
    }
    return out;
}

std::optional<std::string> tcp_text(const Ip& ip, const FrameTextOptions& options) {
    const Bytes b = ip.payload;
    if (b.size() < 20) return std::nullopt;
    const std::size_t header = (b[12] >> 4) * 4u;
    if (header < 20 || header > b.size()) return std::nullopt;
    std::string out = "tcp " + ends_text(ip) + " " + flags_text(b[13]);
    out += " seq=" + number(be32(b, 4)) + " ack=" + number(be32(b, 8));
    if (be16(b, 14) != 65'535) out += " win=" + number(be16(b, 14));
    if (be16(b, 18) != 0) out += " urg=" + number(be16(b, 18));
    out += options_text(b.subspan(20, header - 20));
    if (!sum_is_right(ip)) out += " badsum";
    if (options.show_ip) out += ip.words;
    return out + payload_text(b.subspan(header), options.payload_max);
}

std::optional<std::string> udp_text(const Ip& ip, const FrameTextOptions& options) {
    if (ip.payload.size() < 8) return std::nullopt;
    std::string out = "udp " + ends_text(ip);
    if (be16(ip.payload, 4) != ip.payload.size()) out += " ulen=" + number(be16(ip.payload, 4));
    if (!sum_is_right(ip)) out += " badsum";
    if (options.show_ip) out += ip.words;
    return out + payload_text(ip.payload.subspan(8), options.payload_max);
}

std::string addresses_text(const Ip& ip) {
    return to_text(ip.source) + " > " + to_text(ip.destination);
}

std::optional<std::string> icmp_text(const Ip& ip, const FrameTextOptions& options) {
    const Bytes b = ip.payload;
    if (b.size() < 8) return std::nullopt;
    std::string out = "icmp " + addresses_text(ip) + " type=" + number(b[0]);
    if (b[1] != 0) out += " code=" + number(b[1]);
    out += " rest=" + number(be32(b, 4));
    if (!sum_is_right(ip)) out += " badsum";
    if (options.show_ip) out += ip.words;
    return out + payload_text(b.subspan(8), options.payload_max);
}

std::optional<std::string> ip_text(const Ip& ip, const FrameTextOptions& options) {
    if (ip.protocol == 6) return tcp_text(ip, options);
    if (ip.protocol == 17) return udp_text(ip, options);
    if (ip.protocol == (ip.v4 ? 1 : 58)) return icmp_text(ip, options);
    return "proto=" + number(ip.protocol) + " " + addresses_text(ip) +
           (options.show_ip ? ip.words : "") + payload_text(ip.payload, options.payload_max);
}

struct LinkText {
    std::string words;
    std::size_t ip_at = 0;
    std::uint16_t type = 0;
};

std::optional<LinkText> read_link(Bytes frame, const FrameTextOptions& options) {
    if (frame.size() < 14) return std::nullopt;
    LinkText link;
    if (options.show_macs)
        link.words = " smac=" + to_hex(frame.subspan(6, 6)) + " dmac=" + to_hex(frame.first(6));
    std::size_t at = 12;
    std::string tags;
    for (; at + 4 <= frame.size(); at += 4) {
        const std::uint16_t type = be16(frame, at);
        if (type != 0x8100 && type != 0x88a8 && type != 0x9100) break;
        const Bytes tpid = frame.subspan(at, 2);
        tags +=
            (tags.empty() ? "" : ",") + ("0x" + to_hex(tpid)) + ":" + number(be16(frame, at + 2));
    }
    if (at + 2 > frame.size()) return std::nullopt;
    if (tags.starts_with("0x8100:") && tags.find(',') == std::string::npos)
        link.words += " vlan=" + tags.substr(7);
    else if (!tags.empty())
        link.words += " tags=" + tags;
    link.type = be16(frame, at);
    link.ip_at = at + 2;
    return link;
}

}  // namespace

std::string text_of(Bytes frame, const FrameTextOptions& options) {
    const std::string raw = "raw hex(" + to_hex(frame) + ")";
    const auto link = read_link(frame, options);
    if (!link) return raw;
    const Bytes inner = frame.subspan(link->ip_at);
    std::optional<Ip> ip;
    if (link->type == 0x0800) ip = read_ip4(inner);
    if (link->type == 0x86dd) ip = read_ip6(inner);
    if (!ip) return raw;
    const auto text = ip_text(*ip, options);
    if (!text) return raw;
    const std::size_t end = link->ip_at + (ip->v4 ? 20 : 40) + ip->payload.size();
    const std::string pad = end < frame.size() ? " pad(" + number(frame.size()) + ")" : "";
    return *text + link->words + pad;
}

}  // namespace sluice::testing

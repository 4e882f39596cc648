// Writes parsed packets.
#include "tests/support/view_text.h"

#include <cstdio>

namespace sluice::testing {
namespace {

std::string hex(unsigned value, int digits) {
    char text[9];
    std::snprintf(text, sizeof text, "%0*x", digits, value);
    return text;
}

void add(std::string& out, const char* name, std::uint64_t value) {
    if (value != 0) out += std::string(" ") + name + std::to_string(value);
}

std::string end_of(const IpAddress& address, std::uint16_t port) {
    if (port == 0) return to_text(address);
    std::string text = address.is_v4() ? "" : "[";
    text += sluice::to_text(address);
    text += address.is_v4() ? ":" : "]:";
    return text += std::to_string(port);
}

}  // namespace

std::string to_text(const wire::PacketView& v) {
    constexpr const char* kKinds[] = {"non_ip", "flow", "fragment_head", "fragment_rest",
                                      "icmp_error"};
    std::string out = kKinds[static_cast<std::size_t>(v.kind)];
    out += " " + hex(v.ether_type, 4);
    if (v.kind != wire::PacketKind::non_ip) {
        out += " " + std::to_string(v.ip_protocol) + " " + end_of(v.source, v.source_port) + " > " +
               end_of(v.destination, v.destination_port);
        out += " l3=" + std::to_string(v.l3_offset) + " l4=" + std::to_string(v.l4_offset);
        out += " data=" + std::to_string(v.payload_offset) + "+" + std::to_string(v.payload_size);
    }
    if (v.tcp_flags != 0) out += " flags=" + hex(v.tcp_flags, 2);
    add(out, "type=", v.icmp_type);
    if (v.neighbour_discovery) out += " nd";
    add(out, "seq=", v.tcp_seq);
    add(out, "ack=", v.tcp_ack);
    add(out, "win=", v.tcp_window);
    if (v.fragment_id != 0 || v.fragment_offset != 0 || v.more_fragments)
        out += " frag=" + std::to_string(v.fragment_id) + "@" + std::to_string(v.fragment_offset) +
               (v.more_fragments ? "+" : "");
    return out;
}

std::string to_text(const Result<wire::PacketView, model::DropReason>& parsed) {
    if (!parsed) return "drop " + std::string(name_of(parsed.error()));
    return to_text(*parsed);
}

}  // namespace sluice::testing

// Lines into specs: the first words (who to whom) and the table of all others is in
// packet_words.cc.
#include "tests/support/packet_text.h"

#include <algorithm>
#include <stdexcept>

#include "tests/support/packet_words.h"
#include "tests/support/words.h"

namespace sluice::testing {
namespace {

constexpr std::uint8_t kFin = 1, kSyn = 2, kAckFlag = 16;

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
    throw std::invalid_argument(std::string(what) + ": " + std::string(text));
}

struct Endpoint {
    IpAddress address;
    bool has_port = false;
    std::uint16_t port = 0;
};

// "10.1.0.5:80", "10.1.0.5", "[2001:db8::1]:80", "2001:db8::1"
Endpoint endpoint_of(const std::string& text) {
    std::string address = text, port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find("]:");
        if (end == std::string::npos) refuse("not an endpoint", text);
        address = text.substr(1, end - 1), port = text.substr(end + 2);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        const std::size_t colon = text.find(':');
        address = text.substr(0, colon), port = text.substr(colon + 1);
    }
    const auto parsed = parse_ip(address);
    if (!parsed) refuse("not an endpoint", text);
    Endpoint end{*parsed, address != text, 0};
    if (end.has_port) end.port = static_cast<std::uint16_t>(number_of(port, 0xffff));
    return end;
}

void read_protocol(PacketSpec& spec, const Word& word) {
    if (word.whole == "tcp")
        spec.transport = Transport::tcp;
    else if (word.whole == "udp")
        spec.transport = Transport::udp;
    else if (word.whole == "icmp")
        spec.transport = Transport::icmp;
    else if (word.whole == "eth")
        spec.transport = Transport::link_only;
    else if (word.whole == "raw")
        spec.transport = Transport::raw;
    else if (word.name == "proto" && word.form == Word::Form::equals)
        spec.ip.protocol = static_cast<std::uint8_t>(number_of(word.value, 255));
    else
        refuse("not a protocol", word.whole);
}

void read_ends(PacketSpec& spec, const std::vector<Word>& words, std::string_view line) {
    if (words.size() < 4 || words[2].whole != ">") refuse("not FROM > TO", line);
    const Endpoint from = endpoint_of(words[1].whole), to = endpoint_of(words[3].whole);
    if (from.has_port != to.has_port) refuse("one end has a port, the other none", line);
    const bool needs_ports = spec.transport == Transport::tcp || spec.transport == Transport::udp;
    if (needs_ports && !from.has_port) refuse("ports are missing", line);
    if (spec.transport == Transport::icmp && from.has_port) refuse("ICMP has no ports", line);
    if (spec.transport == Transport::none && from.has_port) spec.transport = Transport::ports_only;
    spec.ip.source = from.address, spec.ip.destination = to.address;
    spec.source_port = from.port, spec.destination_port = to.port;
}

PacketFrame captured_frame(const PacketSpec& spec) {
    PacketFrame packet{build_frame(spec), 0, spec.link.link};
    packet.wire_size = static_cast<std::uint32_t>(packet.bytes.size());
    if (spec.captured && *spec.captured < packet.bytes.size()) packet.bytes.resize(*spec.captured);
    return packet;
}

}  // namespace

PacketSpec packet_spec_of(std::string_view line) {
    const std::vector<Word> words = split_words(line);
    if (words.empty()) refuse("not a packet", line);
    PacketSpec spec;
    read_protocol(spec, words[0]);
    std::size_t first = 1;
    if (spec.transport != Transport::link_only && spec.transport != Transport::raw) {
        read_ends(spec, words, line);
        spec.ip.ttl = 64;
        first = 4;
    }
    for (std::size_t i = first; i < words.size(); ++i)
        if (!apply_word(spec, words[i])) refuse("unknown word '" + words[i].whole + "' in", line);
    return spec;
}

PacketFrame packet_of(std::string_view line) { return captured_frame(packet_spec_of(line)); }
Frame frame_of(std::string_view line) { return packet_of(line).bytes; }

std::vector<Frame> fragments_of(std::string_view line, std::size_t data_size, std::uint32_t id) {
    PacketSpec spec = packet_spec_of(line);
    spec.ip.extensions_before_fragment = spec.ip.extensions.size();
    const std::size_t whole = build_l4(spec).size();
    if (data_size == 0 || data_size % 8 != 0) throw std::invalid_argument("fragments of odd size");
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < whole; at += data_size) {
        spec.ip.fragment = FragmentSpec{.id = id,
                                        .offset = static_cast<std::uint32_t>(at),
                                        .size = data_size,
                                        .more = at + data_size < whole};
        frames.push_back(build_frame(spec));
    }
    return frames;
}

PacketFrame Conversation::packet_of(std::string_view line) {
    PacketSpec spec = packet_spec_of(line);
    if (spec.transport != Transport::tcp) return captured_frame(spec);
    const End from{spec.ip.source, spec.source_port},
        to{spec.ip.destination, spec.destination_port};
    const auto sent = next_seq_.find({from, to}), answered = next_seq_.find({to, from});
    TcpSpec& tcp = spec.tcp;
    if (!tcp.seq && !(tcp.flags & kSyn) && sent != next_seq_.end()) tcp.seq = sent->second;
    if (!tcp.ack && (tcp.flags & kAckFlag) && answered != next_seq_.end())
        tcp.ack = answered->second;
    const std::size_t data = build_l4(spec).size() - 20 - (tcp.options.size() + 3) / 4 * 4;
    const std::uint32_t start = tcp.seq.value_or(tcp.flags & kSyn ? 1000 : 1001);
    const std::uint32_t used = (tcp.flags & kSyn ? 1 : 0) + (tcp.flags & kFin ? 1 : 0);
    const auto end = start + static_cast<std::uint32_t>(data) + used;
    // A retransmission does not move the sender back.
    if (sent == next_seq_.end() || (tcp.flags & kSyn) ||
        static_cast<std::int32_t>(end - sent->second) > 0)
        next_seq_[{from, to}] = end;
    return captured_frame(spec);
}

}  // namespace sluice::testing

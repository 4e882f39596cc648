// One table row a word.
#include "tests/support/packet_words.h"

#include <functional>
#include <map>
#include <stdexcept>

#include "tests/support/client_hello.h"
#include "tests/support/dns_message.h"
#include "tests/support/packet_text.h"
#include "tests/support/quic_initial.h"

namespace sluice::testing {
namespace {

using Action = std::function<void(PacketSpec&, const std::string&)>;
using Form = Word::Form;

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
    throw std::invalid_argument(std::string(what) + ": " + std::string(text));
}

std::uint8_t byte_of(const std::string& v) { return static_cast<std::uint8_t>(number_of(v, 0xff)); }
std::uint16_t short_of(const std::string& v) {
    return static_cast<std::uint16_t>(number_of(v, 0xffff));
}
std::uint32_t word_of(const std::string& v) {
    return static_cast<std::uint32_t>(number_of(v, 0xffffffff));
}

std::size_t two_numbers(const std::string& text, std::uint64_t& first, std::uint64_t& second) {
    const auto numbers = numbers_of(text, 0xffffffff);
    if (numbers.size() > 2) refuse("at most two numbers", text);
    first = numbers[0];
    if (numbers.size() == 2) second = numbers[1];
    return numbers.size();
}

// ---- IP ----

void read_extension(PacketSpec& spec, const std::string& text) {
    static const std::map<std::string, std::uint8_t> kNames = {
        {"hop", 0},   {"routing", 43},   {"atomic", 44}, {"ah", 51},
        {"dest", 60}, {"mobility", 135}, {"hip", 139},   {"shim6", 140}};
    const std::size_t comma = text.find(',');
    const std::string name = text.substr(0, comma);
    const auto it = kNames.find(name);
    const std::uint8_t number = it != kNames.end() ? it->second : byte_of(name);
    std::size_t size = number == 51 ? 24 : 8;
    if (comma != std::string::npos) size = number_of(text.substr(comma + 1), 2048);
    spec.ip.extensions.emplace_back(number, size);
}

void read_fragment(PacketSpec& spec, const std::string& text) {
    FragmentSpec fragment;
    for (const Word& word : split_arguments(text)) {
        const bool with_value = word.form == Form::equals;
        if (word.name == "id" && with_value)
            fragment.id = word_of(word.value);
        else if (word.name == "off" && with_value)
            fragment.offset = static_cast<std::uint32_t>(number_of(word.value, 65'528));
        else if (word.name == "size" && with_value)
            fragment.size = number_of(word.value, 65'535);
        else if (word.whole == "more")
            fragment.more = true;
        else if (word.whole == "raw")
            fragment.raw = true;
        else
            refuse("frag(): unknown word", word.whole);
    }
    if (fragment.offset % 8 != 0) refuse("frag(): off is a multiple of 8", text);
    spec.ip.fragment = fragment;
    spec.ip.extensions_before_fragment = spec.ip.extensions.size();
}

// ---- TCP ----

void add_option(PacketSpec& spec, const Frame& bytes) { put_all(spec.tcp.options, bytes); }

void read_mss(PacketSpec& spec, const std::string& v) {
    Frame option{2, 4};
    put16(option, short_of(v));
    add_option(spec, option);
}

void read_timestamps(PacketSpec& spec, const std::string& v) {
    std::uint64_t value = 0, echo = 0;
    two_numbers(v, value, echo);
    Frame option{8, 10};
    put32(option, value), put32(option, echo);
    add_option(spec, option);
}

bool read_flags(PacketSpec& spec, const Word& word) {
    if (spec.transport != Transport::tcp || word.form != Form::bare) return false;
    if (word.name == "none") return true;
    std::uint8_t flags = 0;
    for (const char c : word.name) {
        const std::size_t bit = std::string_view("FSRPAUEC").find(c);
        if (bit == std::string_view::npos) return false;
        flags = static_cast<std::uint8_t>(flags | 1u << bit);
    }
    spec.tcp.flags = flags;
    return true;
}

// ---- ICMP ----

void read_query(PacketSpec& spec, const std::string& text, std::uint8_t v4, std::uint8_t v6) {
    std::uint64_t id = 0, sequence = 0;
    two_numbers(text, id, sequence);
    spec.icmp.type = spec.ip.source.is_v4() ? v4 : v6;
    spec.icmp.rest = static_cast<std::uint32_t>((id & 0xffff) << 16 | (sequence & 0xffff));
}

// RFC 792 quotes the header and 8 bytes; RFC 4443 2.4 as much as fits.
void read_error(PacketSpec& spec, const std::string& text, std::uint8_t v4, std::uint8_t v6) {
    const bool is_v4 = spec.ip.source.is_v4();
    if (is_v4 ? v4 == 0 : v6 == 0) refuse("no such error in this family", text);
    spec.icmp.type = is_v4 ? v4 : v6;
    Frame quote = build_ip(packet_spec_of(text));
    const std::size_t limit = is_v4 ? (quote.at(0) & 15u) * 4 + 8 : 1232;
    if (quote.size() > limit) quote.resize(limit);
    spec.payload = quote;
}

void read_discovery(PacketSpec& spec, const std::string& text) {
    spec.icmp.type = byte_of(text);
    spec.ip.ttl = 255;
    spec.payload.resize(spec.icmp.type == 133 || spec.icmp.type == 134 ? 8 : 16, 0);
}

// ---- payload ----

void read_http(PacketSpec& spec, const std::string& text) {
    std::string method = "GET", path = "/", host;
    for (const Word& word : split_arguments(text)) {
        if (word.form != Form::equals) refuse("http(): unknown word", word.whole);
        if (word.name == "host")
            host = word.value;
        else if (word.name == "path")
            path = word.value;
        else if (word.name == "method")
            method = word.value;
        else
            refuse("http(): unknown word", word.whole);
    }
    put_text(spec.payload, method + " " + path + " HTTP/1.1\r\nHost: " + host +
                               "\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n");
}

void read_dns(PacketSpec& spec, const std::string& text, bool answer) {
    const Frame message = dns_message(dns_spec_of(text, answer));
    if (spec.transport == Transport::tcp) put16(spec.payload, message.size());
    put_all(spec.payload, message);
}

void read_part(PacketSpec& spec, const std::string& text) {
    std::uint64_t from = 0, size = 0;
    const bool sized = two_numbers(text, from, size) == 2;
    spec.payload_from = static_cast<std::uint32_t>(from);
    if (sized) spec.payload_size = size;
}

// ---- link ----

void read_tags(PacketSpec& spec, const std::string& text) {
    for (const Word& word : split_arguments(text)) {
        const std::size_t colon = word.whole.find(':');
        if (colon == std::string::npos) refuse("a tag is TPID:TCI", word.whole);
        spec.link.tags.emplace_back(short_of(word.whole.substr(0, colon)),
                                    short_of(word.whole.substr(colon + 1)));
    }
}

void read_qinq(PacketSpec& spec, const std::string& text) {
    const auto ids = numbers_of(text, 4095);
    if (ids.size() != 2) refuse("qinq=OUTER,INNER", text);
    spec.link.tags.emplace_back(0x88a8, ids[0]);
    spec.link.tags.emplace_back(0x8100, ids[1]);
}

void read_link(PacketSpec& spec, const std::string& text) {
    for (unsigned i = 0; i < wire::kLinkCount; ++i) {
        spec.link.link = static_cast<wire::Link>(i);
        if (name_of(spec.link.link) == text) return;
    }
    refuse("no such link type", text);
}

Frame mac_of(const std::string& text) {
    Frame mac = from_hex(text);
    if (mac.size() != 6) refuse("a MAC is 6 bytes", text);
    return mac;
}

// ---- frame ----

void read_poke(PacketSpec& spec, const std::string& text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos) refuse("poke(OFFSET,HEX)", text);
    spec.pokes.emplace_back(number_of(text.substr(0, comma), 65'535),
                            from_hex(text.substr(comma + 1)));
}

struct Row {
    Form form;
    Action action;
};
using Table = std::multimap<std::string, Row>;
using P = PacketSpec;
using S = std::string;

const Table& ip_words() {
    static const Table table = {
        {"ttl", {Form::equals, [](P& p, const S& v) { p.ip.ttl = byte_of(v); }}},
        {"tos", {Form::equals, [](P& p, const S& v) { p.ip.tos = byte_of(v); }}},
        {"id", {Form::equals, [](P& p, const S& v) { p.ip.id = short_of(v); }}},
        {"nodf", {Form::bare, [](P& p, const S&) { p.ip.dont_fragment = false; }}},
        {"ipopt", {Form::brackets, [](P& p, const S& v) { p.ip.options = from_hex(v); }}},
        {"ext", {Form::brackets, read_extension}},
        {"iplen", {Form::equals, [](P& p, const S& v) { p.ip.length = short_of(v); }}},
        {"next", {Form::equals, [](P& p, const S& v) { p.ip.next_header = byte_of(v); }}},
        {"frag", {Form::brackets, read_fragment}},
    };
    return table;
}

const Table& transport_words() {
    static const Table table = {
        {"seq", {Form::equals, [](P& p, const S& v) { p.tcp.seq = word_of(v); }}},
        {"ack", {Form::equals, [](P& p, const S& v) { p.tcp.ack = word_of(v); }}},
        {"win", {Form::equals, [](P& p, const S& v) { p.tcp.window = short_of(v); }}},
        {"urg", {Form::equals, [](P& p, const S& v) { p.tcp.urgent = short_of(v); }}},
        {"doff", {Form::equals, [](P& p, const S& v) { p.tcp.data_offset = byte_of(v); }}},
        {"opt", {Form::brackets, [](P& p, const S& v) { add_option(p, from_hex(v)); }}},
        {"mss", {Form::equals, read_mss}},
        {"wscale",
         {Form::equals,
          [](P& p, const S& v) {
              add_option(p, {1, 3, 3, byte_of(v)});
          }}},
        {"sack",
         {Form::bare,
          [](P& p, const S&) {
              add_option(p, {4, 2});
          }}},
        {"ts", {Form::equals, read_timestamps}},
        {"ulen", {Form::equals, [](P& p, const S& v) { p.udp_length = short_of(v); }}},
        {"badsum", {Form::bare, [](P& p, const S&) { p.wrong_checksum = true; }}},
        {"type",
         {Form::equals,
          [](P& p, const S& v) {
              if (p.transport == Transport::link_only)
                  p.link.ether_type = short_of(v);
              else
                  p.icmp.type = byte_of(v);
          }}},
        {"code", {Form::equals, [](P& p, const S& v) { p.icmp.code = byte_of(v); }}},
        {"rest", {Form::equals, [](P& p, const S& v) { p.icmp.rest = word_of(v); }}},
        {"echo", {Form::brackets, [](P& p, const S& v) { read_query(p, v, 8, 128); }}},
        {"reply", {Form::brackets, [](P& p, const S& v) { read_query(p, v, 0, 129); }}},
        {"unreach", {Form::brackets, [](P& p, const S& v) { read_error(p, v, 3, 1); }}},
        {"quench", {Form::brackets, [](P& p, const S& v) { read_error(p, v, 4, 0); }}},
        {"redirect", {Form::brackets, [](P& p, const S& v) { read_error(p, v, 5, 0); }}},
        {"toobig", {Form::brackets, [](P& p, const S& v) { read_error(p, v, 0, 2); }}},
        {"exceeded", {Form::brackets, [](P& p, const S& v) { read_error(p, v, 11, 3); }}},
        {"problem", {Form::brackets, [](P& p, const S& v) { read_error(p, v, 12, 4); }}},
        {"quote", {Form::equals, [](P& p, const S& v) { p.payload_size = number_of(v, 65'535); }}},
        {"nd", {Form::brackets, read_discovery}},
    };
    return table;
}

const Table& payload_words() {
    static const Table table = {
        {"text", {Form::brackets, [](P& p, const S& v) { put_text(p.payload, unescape(v)); }}},
        {"hex", {Form::brackets, [](P& p, const S& v) { put_all(p.payload, from_hex(v)); }}},
        {"fill",
         {Form::brackets,
          [](P& p, const S& v) {
              p.payload.resize(p.payload.size() + number_of(v, 65'535), 'x');
          }}},
        {"tls",
         {Form::brackets,
          [](P& p, const S& v) { put_all(p.payload, client_hello(hello_spec_of(v))); }}},
        {"quic",
         {Form::brackets,
          [](P& p, const S& v) { put_all(p.payload, quic_initial(quic_spec_of(v))); }}},
        {"http", {Form::brackets, read_http}},
        {"dns", {Form::brackets, [](P& p, const S& v) { read_dns(p, v, false); }}},
        {"dnsanswer", {Form::brackets, [](P& p, const S& v) { read_dns(p, v, true); }}},
        {"part", {Form::brackets, read_part}},
    };
    return table;
}

const Table& link_words() {
    static const Table table = {
        {"vlan",
         {Form::equals,
          [](P& p, const S& v) { p.link.tags.emplace_back(0x8100, number_of(v, 0xffff)); }}},
        {"qinq", {Form::equals, read_qinq}},
        {"tags", {Form::equals, read_tags}},
        {"mpls",
         {Form::equals,
          [](P& p, const S& v) {
              for (const std::uint64_t label : numbers_of(v, 0xfffff))
                  p.link.labels.push_back(static_cast<std::uint32_t>(label));
          }}},
        {"pw", {Form::bare, [](P& p, const S&) { p.link.pseudowire = true; }}},
        {"pw",
         {Form::equals,
          [](P& p, const S& v) {
              if (v != "nocw") refuse("pw or pw=nocw", v);
              p.link.pseudowire = true, p.link.control_word = false;
          }}},
        {"pppoe", {Form::equals, [](P& p, const S& v) { p.link.pppoe_session = short_of(v); }}},
        {"shortppp", {Form::bare, [](P& p, const S&) { p.link.short_ppp = true; }}},
        {"snap", {Form::bare, [](P& p, const S&) { p.link.snap = true; }}},
        {"llc", {Form::bare, [](P& p, const S&) { p.link.length_as_type = true; }}},
        {"smac", {Form::equals, [](P& p, const S& v) { p.link.source_mac = mac_of(v); }}},
        {"dmac", {Form::equals, [](P& p, const S& v) { p.link.target_mac = mac_of(v); }}},
        {"etype", {Form::equals, [](P& p, const S& v) { p.link.ether_type = short_of(v); }}},
        {"link", {Form::equals, read_link}},
        {"family", {Form::equals, [](P& p, const S& v) { p.link.family = short_of(v); }}},
        {"loop", {Form::bare, [](P& p, const S&) { p.link.big_endian_family = true; }}},
        {"pad", {Form::brackets, [](P& p, const S& v) { p.pad_to = number_of(v, 65'535); }}},
        {"cut", {Form::brackets, [](P& p, const S& v) { p.cut = number_of(v, 65'535); }}},
        {"captured", {Form::brackets, [](P& p, const S& v) { p.captured = number_of(v, 65'535); }}},
        {"poke", {Form::brackets, read_poke}},
    };
    return table;
}

}  // namespace

bool apply_word(PacketSpec& spec, const Word& word) {
    for (const Table* table : {&ip_words(), &transport_words(), &payload_words(), &link_words()}) {
        const auto [first, last] = table->equal_range(word.name);
        for (auto it = first; it != last; ++it)
            if (it->second.form == word.form) {
                it->second.action(spec, word.value);
                return true;
            }
    }
    return read_flags(spec, word);
}

}  // namespace sluice::testing

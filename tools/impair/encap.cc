// Frame transformations of the impairment bump; layouts are drawn in encap.h.
#include "tools/impair/encap.h"

#include <charconv>

namespace sluice::impair {
namespace {

constexpr std::size_t kAddressesSize = 12;  // destination and source MAC
constexpr std::size_t kEthSize = 14;
constexpr std::size_t kTagSize = 4;
constexpr std::size_t kPppoeSize = 8;  // RFC 2516 header and the PPP protocol
constexpr std::uint16_t kTypeIpv4 = 0x0800, kTypeIpv6 = 0x86dd, kTypeMpls = 0x8847;
constexpr std::uint16_t kTypePppoe = 0x8864, kTypeVlan = 0x8100, kTypeQinq = 0x88a8;
constexpr std::uint16_t kTypeOldQinq = 0x9100;
constexpr std::uint16_t kPppIpv4 = 0x0021, kPppIpv6 = 0x0057;

std::uint16_t be16_at(const Frame& f, std::size_t at) {
    return static_cast<std::uint16_t>(f[at] << 8 | f[at + 1]);
}

void append_be16(Frame& out, std::uint32_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

void insert_at(Frame& frame, std::size_t at, const Frame& bytes) {
    frame.insert(frame.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(), bytes.end());
}

void erase_at(Frame& frame, std::size_t at, std::size_t size) {
    const auto from = frame.begin() + static_cast<std::ptrdiff_t>(at);
    frame.erase(from, from + static_cast<std::ptrdiff_t>(size));
}

void set_type(Frame& frame, std::uint16_t type) {
    frame[kAddressesSize] = static_cast<std::uint8_t>(type >> 8);
    frame[kAddressesSize + 1] = static_cast<std::uint8_t>(type);
}

bool carries_ip(const Frame& frame) {
    const std::uint16_t type = be16_at(frame, kAddressesSize);
    return frame.size() > kEthSize && (type == kTypeIpv4 || type == kTypeIpv6);
}

bool is_vlan_type(std::uint16_t type) {
    return type == kTypeVlan || type == kTypeQinq || type == kTypeOldQinq;
}

void push_vlans(const Encap& encap, Frame& frame) {
    Frame tags;
    for (std::size_t i = 0; i < encap.count; ++i) {
        append_be16(tags, encap.kind == EncapKind::qinq && i == 0 ? kTypeQinq : kTypeVlan);
        append_be16(tags, encap.values[i]);
    }
    insert_at(frame, kAddressesSize, tags);
}

bool push_mpls(const Encap& encap, Frame& frame) {
    if (!carries_ip(frame)) return false;
    Frame labels;
    for (std::size_t i = 0; i < encap.count; ++i) {
        const std::uint32_t bottom = i + 1 == encap.count ? 1 : 0;
        const std::uint32_t entry = encap.values[i] << 12 | bottom << 8 | 64;  // TTL 64
        append_be16(labels, entry >> 16);
        append_be16(labels, entry & 0xffff);
    }
    set_type(frame, kTypeMpls);
    insert_at(frame, kEthSize, labels);
    return true;
}

bool push_pppoe(const Encap& encap, Frame& frame) {
    if (!carries_ip(frame)) return false;
    const std::uint16_t type = be16_at(frame, kAddressesSize);
    Frame header{0x11, 0x00};  // version 1, type 1, session data
    append_be16(header, encap.values[0]);
    append_be16(header, static_cast<std::uint32_t>(frame.size() - kEthSize + 2));
    append_be16(header, type == kTypeIpv4 ? kPppIpv4 : kPppIpv6);
    set_type(frame, kTypePppoe);
    insert_at(frame, kEthSize, header);
    return true;
}

bool pop_vlans(const Encap& encap, Frame& frame) {
    const std::size_t size = kTagSize * encap.count;
    if (frame.size() < kEthSize + size) return false;
    for (std::size_t i = 0; i < encap.count; ++i) {
        if (!is_vlan_type(be16_at(frame, kAddressesSize + i * kTagSize))) return false;
    }
    erase_at(frame, kAddressesSize, size);
    return true;
}

bool pop_mpls(Frame& frame) {
    if (be16_at(frame, kAddressesSize) != kTypeMpls) return false;
    std::size_t at = kEthSize;
    while (at + kTagSize <= frame.size() && (frame[at + 2] & 1) == 0)
        at += kTagSize;
    if (at + kTagSize >= frame.size()) return false;
    const std::uint8_t version = frame[at + kTagSize] >> 4;
    if (version != 4 && version != 6) return false;
    erase_at(frame, kEthSize, at + kTagSize - kEthSize);
    set_type(frame, version == 4 ? kTypeIpv4 : kTypeIpv6);
    return true;
}

bool pop_pppoe(Frame& frame) {
    if (be16_at(frame, kAddressesSize) != kTypePppoe) return false;
    if (frame.size() < kEthSize + kPppoeSize || frame[kEthSize] != 0x11) return false;
    const std::size_t length = be16_at(frame, kEthSize + 4);
    const std::uint16_t protocol = be16_at(frame, kEthSize + 6);
    if (length < 2 || kEthSize + 6 + length > frame.size()) return false;
    if (protocol != kPppIpv4 && protocol != kPppIpv6) return false;
    frame.resize(kEthSize + 6 + length);  // Ethernet padding is not payload
    erase_at(frame, kEthSize, kPppoeSize);
    set_type(frame, protocol == kPppIpv4 ? kTypeIpv4 : kTypeIpv6);
    return true;
}

struct KindWord {
    std::string_view word;
    EncapKind kind;
    std::uint8_t count_min, count_max;
    std::uint32_t value_min, value_max;
};
constexpr KindWord kWords[] = {
    {"vlan", EncapKind::vlan, 1, 1, 0, 4094},
    {"qinq", EncapKind::qinq, 2, 2, 0, 4094},
    {"qinq8100", EncapKind::qinq_8100, 2, 2, 0, 4094},
    {"mpls", EncapKind::mpls, 1, kMplsLabelsMax, 16, 1048575},
    {"pppoe", EncapKind::pppoe, 1, 1, 1, 65534},
};

std::optional<Encap> parse_values(const KindWord& word, std::string_view list) {
    Encap encap{.kind = word.kind};
    for (;;) {
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(list.data(), list.data() + list.size(), value);
        if (error != std::errc{} || value < word.value_min || value > word.value_max) return {};
        if (encap.count == word.count_max) return {};
        encap.values[encap.count++] = value;
        list.remove_prefix(static_cast<std::size_t>(end - list.data()));
        if (list.empty()) break;
        if (list.front() != ',') return {};
        list.remove_prefix(1);
    }
    if (encap.count < word.count_min) return {};
    return encap;
}

}  // namespace

std::optional<Encap> parse_encap(std::string_view text) {
    if (text == "none") return Encap{};
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return {};
    for (const KindWord& word : kWords) {
        if (word.word == text.substr(0, equals)) return parse_values(word, text.substr(equals + 1));
    }
    return {};
}

bool push(const Encap& encap, Frame& frame) {
    if (frame.size() < kEthSize) return false;
    switch (encap.kind) {
        case EncapKind::none:
            return false;
        case EncapKind::vlan:
        case EncapKind::qinq:
        case EncapKind::qinq_8100:
            push_vlans(encap, frame);
            return true;
        case EncapKind::mpls:
            return push_mpls(encap, frame);
        case EncapKind::pppoe:
            return push_pppoe(encap, frame);
    }
    return false;
}

bool pop(const Encap& encap, Frame& frame) {
    if (frame.size() < kEthSize) return false;
    switch (encap.kind) {
        case EncapKind::none:
            return false;
        case EncapKind::vlan:
        case EncapKind::qinq:
        case EncapKind::qinq_8100:
            return pop_vlans(encap, frame);
        case EncapKind::mpls:
            return pop_mpls(frame);
        case EncapKind::pppoe:
            return pop_pppoe(frame);
    }
    return false;
}

}  // namespace sluice::impair

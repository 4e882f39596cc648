// words: dns_tunnel
// looks at: the first question of a tunnel's client: iodine's look for a record type that comes
//   through (a label of its own shape, of a type that no host asks for) or its version (its
//   protocol number in base 32, one label of eleven), or dnscat2's own label before hexadecimal ones
// limits: a tunnel joined after its first question, dnscat2 under a domain of its own, dns2tcp, and
//   tunnels inside DoH are told as what carries them; so is what a resolver asks for its clients on
//   a socket that asked something else before
// source: iodine doc/proto_00000502.txt, "Version", "Downstream codec
//   check", and its client as Debian 12 ships it; dnscat2 doc/protocol.md, "DNS encoding"
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kHeaderSize = 12;

bool is_base32(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '5'); }
bool is_hex(char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'); }

// "v", then version 0x00000502 and two random bytes: five bits a letter, so that the eighth letter
// holds the last two bits of the version.
bool is_iodine(std::string_view label) {
    constexpr std::string_view kVersion = "vaaaaka";
    if (label.size() != 11) return false;
    char text[11];
    std::transform(label.begin(), label.end(), text, lower);
    return std::string_view(text, kVersion.size()) == kVersion && text[7] >= 'q' &&
           text[7] <= 'x' && std::all_of(text + 8, text + 11, is_base32);
}

// "y", the letter of a codec, variant 1, and three letters at random; asked for as NULL (RFC 1035) or
// of a private type. The shape alone might be a host's name: the type is what no host asks for.
bool is_iodine_type_check(std::string_view label, unsigned type) {
    constexpr unsigned kNull = 10, kPrivate = 65'399;
    if (label.size() != 6 || (type != kNull && type != kPrivate)) return false;
    char text[6];
    std::transform(label.begin(), label.end(), text, lower);
    return text[0] == 'y' && std::string_view("tsuvr").find(text[1]) != std::string_view::npos &&
           text[2] == 'b' && std::all_of(text + 3, text + 6, is_base32);
}

// The type of the question whose name begins at `at`; 0, which is none, where it is not whole.
unsigned type_after(Bytes message, std::size_t at) {
    while (at < message.size() && message[at] != 0) {
        if (message[at] > 63) return 0;  // a pointer: not in a question of a client
        at += 1u + message[at];
    }
    return at + 3 <= message.size() ? be16(message, at + 1) : 0;
}

// A header and a session fill at least 18 digits.
bool is_dnscat(std::string_view label, std::string_view next) {
    constexpr std::size_t kDigitsMin = 18;
    return label == "dnscat" && next.size() >= kDigitsMin && next.size() % 2 == 0 &&
           std::all_of(next.begin(), next.end(), [](char c) { return is_hex(lower(c)); });
}

// The label at `at`; empty when it is the last one, a pointer or not whole.
std::string_view label_at(std::string_view message, std::size_t at) {
    constexpr std::size_t kLabelMax = 63;
    if (at >= message.size()) return {};
    const auto size = static_cast<std::uint8_t>(message[at]);
    if (size > kLabelMax || at + 1 + size > message.size()) return {};
    return message.substr(at + 1, size);
}

}  // namespace

Answer dns_tunnel_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    // A plain question, or its answer, and nothing reserved.
    if (bytes.size() <= kHeaderSize + 4 || (bytes[2] & 0x78) != 0 || be16(bytes, 4) != 1)
        return Answer::no;
    const std::string_view message = as_text(bytes);
    const std::string_view first = label_at(message, kHeaderSize);
    const std::string_view second = label_at(message, kHeaderSize + 1 + first.size());
    if (first.empty() || second.empty()) return Answer::no;
    return yes_if(is_iodine(first) || is_dnscat(first, second) ||
                  is_iodine_type_check(first, type_after(bytes, kHeaderSize)));
}

}  // namespace sluice::detect

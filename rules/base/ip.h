// IpAddress and Prefix: IPv4 and IPv6 as one 16-byte value (IPv4 mapped, RFC 4291 2.5.5.2).
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "rules/base/bytes.h"

namespace sluice {

// Network byte order. IPv4 a.b.c.d is ::ffff:a.b.c.d, so one key layout serves both families.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    static constexpr IpAddress v4(std::uint32_t host_order) {
        IpAddress a;
        a.bytes[10] = a.bytes[11] = 0xff;
        for (unsigned i = 0; i < 4; ++i)
            a.bytes[12 + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
        return a;
    }
    constexpr bool is_v4() const {
        if (!std::is_constant_evaluated()) {
            std::uint64_t high, low;
            __builtin_memcpy(&high, bytes.data(), sizeof high);
            __builtin_memcpy(&low, bytes.data() + 8, sizeof low);
            return high == 0 && (low & 0xffff'ffff) == 0xffff'0000;
        }
        for (unsigned i = 0; i < 10; ++i)
            if (bytes[i] != 0) return false;
        return bytes[10] == 0xff && bytes[11] == 0xff;
    }
    // Host order; meaningful only when is_v4().
    constexpr std::uint32_t as_v4() const { return be32(bytes, 12); }
    friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

// "192.0.2.1", "2001:db8::1"; nothing for any other text (no zone, no port, no brackets).
std::optional<IpAddress> parse_ip(std::string_view text);
// Dotted quad for mapped IPv4, RFC 5952 form for IPv6.
std::string to_text(const IpAddress& address);

struct Prefix {
    IpAddress network;        // host bits are zero
    std::uint8_t length = 0;  // counted in the mapped 128 bits: IPv4 /24 is 120

    constexpr bool is_v4() const { return length >= 96 && network.is_v4(); }
    // As people write it: 24 for an IPv4 /24, 48 for an IPv6 /48.
    constexpr unsigned family_length() const { return is_v4() ? length - 96u : length; }
    bool contains(const IpAddress& address) const;
    friend constexpr auto operator<=>(const Prefix&, const Prefix&) = default;
};

enum class PrefixError : std::uint8_t { not_an_address, bad_length, host_bits_set };

// "192.0.2.0/24", "2001:db8::/32", or an address alone (a /32 or /128).
// host_bits_set: the text names a host inside a network; `masked` below says which was meant.
struct ParsedPrefix {
    std::optional<Prefix> prefix;
    PrefixError error = PrefixError::not_an_address;  // when there is no prefix
    Prefix masked;                                    // with host_bits_set: what it would be
};
ParsedPrefix parse_prefix(std::string_view text);
std::string to_text(const Prefix& prefix);

// The address with all but the first `length` (0..128) mapped bits cleared.
IpAddress masked(const IpAddress& address, unsigned length);

}  // namespace sluice

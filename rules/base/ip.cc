#include "rules/base/ip.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace sluice {
namespace {
constexpr std::size_t kTextMax = INET6_ADDRSTRLEN;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
    if (text.empty() || text.size() >= kTextMax) return std::nullopt;
    char zero_ended[kTextMax] = {};
    std::memcpy(zero_ended, text.data(), text.size());
    in_addr v4{};
    if (inet_pton(AF_INET, zero_ended, &v4) == 1) return IpAddress::v4(ntohl(v4.s_addr));
    IpAddress v6;
    if (inet_pton(AF_INET6, zero_ended, v6.bytes.data()) == 1) return v6;
    return std::nullopt;
}

std::string to_text(const IpAddress& address) {
    char text[kTextMax];
    if (address.is_v4()) {  // a catalog has a million of these, and inet_ntop goes by sprintf
        char* end = text;
        for (unsigned i = 12; i < 16; ++i) {
            end = std::to_chars(end, text + sizeof text, address.bytes[i]).ptr;
            *end++ = '.';
        }
        return {text, end - 1};
    }
    return inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
}

IpAddress masked(const IpAddress& address, unsigned length) {
    IpAddress result;
    const unsigned whole = length / 8;
    std::memcpy(result.bytes.data(), address.bytes.data(), whole);
    if (length % 8 != 0)
        result.bytes[whole] =
            static_cast<std::uint8_t>(address.bytes[whole] & (0xff00u >> (length % 8)));
    return result;
}

bool Prefix::contains(const IpAddress& address) const { return masked(address, length) == network; }

ParsedPrefix parse_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_ip(text.substr(0, slash));
    if (!address) return {std::nullopt, PrefixError::not_an_address, {}};
    const bool v4 = text.find(':') == std::string_view::npos;
    unsigned length = v4 ? 32 : 128;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        unsigned given = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), given);
        if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
            given > length)
            return {std::nullopt, PrefixError::bad_length, {}};
        length = given;
    }
    if (v4) length += 96;
    const Prefix prefix{masked(*address, length), static_cast<std::uint8_t>(length)};
    if (prefix.network != *address) return {std::nullopt, PrefixError::host_bits_set, prefix};
    return {prefix, PrefixError::not_an_address, prefix};
}

std::string to_text(const Prefix& prefix) {
    return to_text(prefix.network) + "/" + std::to_string(prefix.family_length());
}

}  // namespace sluice

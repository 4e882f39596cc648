// DNS messages: the question, and the addresses an answer gives for it.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "dataplane/wire/stop.h"
#include "rules/base/bytes.h"
#include "rules/base/ip.h"
#include "rules/base/result.h"

namespace sluice::wire {

inline constexpr std::size_t kDnsAddressesMax = 16;  // A/AAAA records taken from one answer
inline constexpr std::size_t kDnsRecordsMax = 64;    // records looked at in one message

struct DnsMessage {
    std::uint16_t id = 0;
    bool response = false;
    std::uint8_t rcode = 0;
    std::uint16_t question_type = 0;  // 1 A, 28 AAAA, 65 HTTPS, ...
    std::uint8_t name_size = 0;       // 0: no question, or the root
    char name_bytes[253] = {};        // the first question, canonical: lower case, no final dot
    std::uint8_t address_count = 0;
    struct Answer {
        IpAddress address;
        std::uint32_t ttl_s = 0;      // smallest along the CNAME chain
    };
    std::array<Answer, kDnsAddressesMax> answers{};  // reached from the question over CNAMEs

    std::string_view name() const { return {name_bytes, name_size}; }
};

// Parses one message (UDP payload, or a TCP message without its length prefix).
//   returns  the message; other when the header cannot be DNS; malformed for cut or looping names,
//            counts that contradict the size. A truncated (TC) answer is fine: what is there counts.
//   cost     O(bytes); compression pointers only backwards, so it ends. No allocation.
//   source   RFC 1035 4, RFC 3596, RFC 2181.
Result<DnsMessage, Stop> parse_dns(Bytes message) noexcept;

}  // namespace sluice::wire

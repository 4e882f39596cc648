// DNS messages: the question, and what an answer gives for it: addresses, the public name of
// encrypted ClientHellos.
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
inline constexpr std::size_t kDnsHeaderSize = 12;

struct DnsMessage {
    std::uint16_t id = 0;
    bool response = false;
    std::uint8_t rcode = 0;
    std::uint16_t question_type = 0;  // 1 A, 28 AAAA, 65 HTTPS, ...
    // 0: no question, the root, or a name that has no plain text: a label with a dot, a space, a
    // control character (service instances may have them, RFC 6763 4.1) or bytes above 0x7e that
    // are no letters in UTF-8 (RFC 4795 2.1.1 has names in it).
    std::uint8_t name_size = 0;
    char name_bytes[253] = {};  // the first question, canonical: lower case, no final dot
    std::uint8_t address_count = 0;
    struct Answer {
        IpAddress address;
        std::uint32_t ttl_s = 0;  // smallest along the CNAME chain
    };
    std::array<Answer, kDnsAddressesMax> answers{};  // reached from the question over CNAMEs
    // Of the first HTTPS record so reached that has one (https_record.h): as sent, in the message.
    std::string_view ech_public_name;
    std::uint32_t ech_ttl_s = 0;

    std::string_view name() const { return {name_bytes, name_size}; }
};

// Can these be the first kDnsHeaderSize bytes of a DNS message of `message_size` bytes? A known
// opcode, at least one question or record (an answer may be bare: it reports an error), and, unless
// TC says that some were left out, no more of them than fit.
bool plausible_dns_header(Bytes header, std::size_t message_size) noexcept;

// Parses one message (UDP payload, or a TCP message without its length prefix).
//   returns  the message; other when plausible_dns_header() says no; malformed for cut or looping
//            names, cut records, and addresses of a wrong size.
//            A truncated (TC) answer is fine: what is there counts.
//   looks at the first kDnsRecordsMax questions and records; what comes after them is not read.
//            Answers are followed from the first question over CNAMEs whatever their order; without
//            a question (multicast announcements) there are none. Bytes after the last record are
//            ignored.
//   cost     O(bytes); compression pointers only backwards, so it ends. No allocation.
//   source   RFC 1035 4, RFC 3596, RFC 2181 8, RFC 6762 10.2, RFC 9460.
Result<DnsMessage, Stop> parse_dns(Bytes message) noexcept;

// The first question alone, of a message whose records may be cut or broken: what was asked is then
// still known. Everything behind the question is left at its default.
//   returns  the same errors as parse_dns(), but nothing behind the question is read
Result<DnsMessage, Stop> parse_dns_question(Bytes message) noexcept;

}  // namespace sluice::wire

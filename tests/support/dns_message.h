// DNS queries and answers for tests (RFC 1035), names compressed as resolvers do.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "rules/base/ip.h"
#include "tests/support/frame.h"

namespace sluice::testing {

struct DnsSpec {
    bool answer = false;
    std::uint16_t id = 1;
    std::string question;
    std::uint16_t type = 1;            // of the question
    std::vector<std::string> cnames;   // question -> first -> second ...; answer only
    std::vector<IpAddress> addresses;  // of the last name; A and AAAA by family
    std::string ech;  // answer: an HTTPS record whose encrypted hellos bear this name
    std::uint32_t ttl_s = 60;
    std::uint8_t rcode = 0;
    bool truncated = false;
};

Frame dns_message(const DnsSpec& spec);

// "q=news.example,id=7,type=AAAA" and, for answers, "a=203.0.113.9,a=2001:db8::1,cname=x.example,
// ech=cover.example,ttl=60,rcode=3,tc"; throws on a typo. Without `type` an answer of only IPv6
// addresses asks AAAA.
DnsSpec dns_spec_of(std::string_view arguments, bool answer);

}  // namespace sluice::testing

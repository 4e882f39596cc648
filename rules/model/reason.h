// Every reason a flow's verdict can have: a stable number, a stable word, a sentence for people.
// Numbers are printed on block pages, in logs and by `explain`; they never change meaning.
//   1xxx forward · 2xxx exempt · 3xxx block · 4xxx inspect · 5xxx unknown source · 6xxx WAF · 7xxx mail
// 8xxx are packets dropped before a verdict: dataplane/wire/drop_reason.h.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::model {

enum class Verdict : std::uint8_t { forward, block, inspect };

// X(word, number, verdict, sentence)
#define SLUICE_REASONS(X)                                                                         \
    X(learning, 1000, forward, "what the flow is for is not known yet")                           \
    X(allowed, 1001, forward, "every category of the name is in the organisation's yearly list")  \
    X(pilot, 1002, forward, "allowed; the organisation is in pilot and not yet under inspection")  \
    X(bypass, 1003, forward, "the network lawfully goes around the gateway (G2)")                 \
    X(link_local, 1004, forward, "link-local or local multicast traffic of the wire itself")      \
    X(inbound_default, 1005, forward, "opened from the internet side; inbound_default forwards")  \
    X(infrastructure, 1006, forward, "a protocol every network needs (DNS, NTP, ICMP, DHCP)")     \
    X(unnamed_open, 1007, forward, "no name could be read; the policy for unnamed flows is open") \
    X(midstream_open, 1008, forward, "seen from its middle only; the policy for that is open")    \
    X(protected_admitted, 1009, forward, "admitted to the protected service (P, H, W, K)")        \
    X(mail_enrolled, 1010, forward, "mail of an enrolled mail system (M7)")                       \
    X(unclassified_open, 1011, forward, "a table was full; the policy for that is open")          \
    X(granted, 1012, forward, "a signed request opened this protocol for the organisation (G15-2)") \
    X(exempt_finance, 2001, forward, "exempt from inspection: finance and banking (G20-1)")       \
    X(exempt_government, 2002, forward, "exempt: government and legal organisations (G20-2)")     \
    X(exempt_health, 2003, forward, "exempt: health and wellness (G20-3)")                        \
    X(exempt_privacy, 2004, forward, "exempt: personal privacy (G20-4)")                          \
    X(exempt_conferencing, 2005, forward, "exempt: video-conferencing services (G20-5)")          \
    X(exempt_signature_update, 2006, forward, "exempt: signature updates of security tools (G20-6)") \
    X(exempt_os_update, 2007, forward, "exempt: operating-system updates (G20-7)")                \
    X(not_granted, 3001, block, "a category of the name is not in the organisation's yearly list (G15)") \
    X(policy_expired, 3002, block, "the organisation's yearly list has ended or not begun (G15-1)") \
    X(no_policy, 3003, block, "the organisation has submitted no yearly list (G15)")              \
    X(unnamed_closed, 3004, block, "no name could be read; the policy for unnamed flows is closed") \
    X(threat_protocol, 3005, block, "a VPN or threatening protocol without a grant (G15-2)")      \
    X(quic_fallback, 3006, block, "QUIC of an organisation under inspection; TCP is used instead") \
    X(protected_not_admitted, 3007, block, "not admitted to the protected service (P, H, W, K)")  \
    X(midstream_closed, 3008, block, "seen from its middle only; the policy for that is closed")  \
    X(uncategorised, 3009, block, "the name is in no category and the yearly list does not open those") \
    X(inbound_blocked, 3010, block, "opened from the internet side; inbound_default blocks")      \
    X(inspect_unavailable, 3011, block, "must be inspected, inspection is not running, policy is closed") \
    X(unclassified_closed, 3012, block, "a table was full; the policy for that is closed")        \
    X(protected_channel, 3013, block, "admitted, but not over a channel the protected service accepts") \
    X(under_inspection, 4001, inspect, "traffic of an organisation under inspection (G20)")       \
    X(unknown_source, 5001, forward, "the address is in no catalog; its deadline has not passed (G13)") \
    X(source_overdue, 5002, block, "the address is in no catalog and its deadline has passed (G13)") \
    X(waf, 6001, inspect, "opened from the internet to an enrolled web resource (G17)")           \
    X(mail_not_enrolled, 7001, block, "port 25 from or to a system that is not enrolled (M)")     \
    X(mail_suspended, 7002, block, "the mail system is suspended (M12)")                          \
    X(protocol_closed, 3014, block, "the policy closes this protocol to the organisation")         \
    X(content_malicious, 4101, block, "the content matches a signature of malicious content")      \
    X(content_type, 4102, block, "files of this type are not let through")                         \
    X(content_unreadable, 4103, block, "the content cannot be looked into, and the policy is closed") \
    X(origin_untrusted, 4201, block, "the server could not show that it is the one it says")        \
    X(no_leaf, 4202, block, "must be inspected, and no certificate could be made for it")           \
    X(client_certificate, 4203, block, "the server asks for a client certificate, policy is closed") \
    X(splice_failed, 4204, block, "must be relayed untouched, and no fresh connection was to be had") \
    X(misdirected, 4205, block, "the request is for another host than the connection (RFC 9110 15.5.20)") \
    X(bad_http, 4206, block, "the message is no HTTP, or readers would disagree about it")

enum class Reason : std::uint8_t {
#define X(word, number, verdict, text) word,
    SLUICE_REASONS(X)
#undef X
};

struct ReasonInfo {
    std::string_view word;
    std::uint16_t number;
    Verdict verdict;
    std::string_view text;
};
inline constexpr std::array kReasons = {
#define X(word, number, verdict, text) ReasonInfo{#word, number, Verdict::verdict, text},
    SLUICE_REASONS(X)
#undef X
};
inline constexpr std::size_t kReasonCount = kReasons.size();

constexpr const ReasonInfo& info(Reason r) { return kReasons[static_cast<std::size_t>(r)]; }
constexpr std::string_view name_of(Reason r) { return info(r).word; }
constexpr std::uint16_t number_of(Reason r) { return info(r).number; }
constexpr std::string_view name_of(Verdict v) {
    constexpr std::string_view kNames[] = {"forward", "block", "inspect"};
    return kNames[static_cast<std::size_t>(v)];
}
constexpr std::optional<Reason> reason_numbered(unsigned number) {
    for (std::size_t i = 0; i < kReasonCount; ++i)
        if (kReasons[i].number == number) return static_cast<Reason>(i);
    return std::nullopt;
}
constexpr std::optional<Reason> reason_named(std::string_view word) {
    for (std::size_t i = 0; i < kReasonCount; ++i)
        if (kReasons[i].word == word) return static_cast<Reason>(i);
    return std::nullopt;
}

// One of the seven exempt categories (G20) decided.
constexpr bool is_exempt(Reason r) {
    return r >= Reason::exempt_finance && r <= Reason::exempt_os_update;
}

}  // namespace sluice::model

// The hot state of a flow: exactly one cache line, key included, IPv4 and IPv6 alike.
//
//   0        16        32  34  36 37 38  40    44    48    52    56   58   60 61 62 63
//   | user   | remote  |up |rp |pr|op|bh |bl   |pkts |seen |ref  |gen |org |ve|re|ap|st|
//                                     bh:bl = bytes, 48 bits      ve: verdict, evidence, confidence
//
// With 2 bytes of tag, 10 bytes a group of 32 and tables run at 80 % that is 82.9 bytes a flow.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "rules/base/ip.h"
#include "rules/base/strong.h"
#include "rules/model/name_evidence.h"
#include "rules/model/protocol.h"
#include "rules/model/reason.h"

namespace sluice::flow {

// Which flow a packet belongs to. The two ends are told apart by the side of the wire they are on,
// not by who sent the packet: both directions have the same key. Operator, not wire: a flow that
// moves to the reserve wire keeps its state. Hashed and compared as bytes: no padding but `zero`.
struct FlowKey {
    IpAddress user, remote;
    std::uint16_t user_port = 0, remote_port = 0;  // host order; ICMP queries: identifier, 0
    std::uint8_t ip_protocol = 0;
    std::uint8_t operator_id = 0;
    std::uint16_t zero = 0;

    // All but the addresses, in one store: keys are read back soon, in pieces of 8 and 16 bytes,
    // and a CPU hands a store on to a load only when it covers it.
    void set_rest(std::uint16_t user_end, std::uint16_t remote_end, std::uint8_t protocol,
                  std::uint8_t op) {
        const std::uint64_t rest = user_end | std::uint64_t{remote_end} << 16 |
                                   std::uint64_t{protocol} << 32 | std::uint64_t{op} << 40;
        std::memcpy(reinterpret_cast<char*>(this) + 32, &rest, sizeof rest);
    }
    friend bool operator==(const FlowKey& a, const FlowKey& b) {
        return std::memcmp(&a, &b, sizeof(FlowKey)) == 0;
    }
};
static_assert(sizeof(FlowKey) == 40 && offsetof(FlowKey, user_port) == 32 &&
              offsetof(FlowKey, operator_id) == 37);

// How far a flow has come; decides its timeout and whether it may be evicted.
enum class Stage : std::uint8_t {
    embryonic,    // one side only so far (SYN without answer, UDP without answer)
    established,  // both sides have spoken
    closing,      // a FIN from one side
    closed,       // FIN from both sides, or a RST: kept a moment for stragglers
};

struct alignas(64) FlowEntry {
    IpAddress user, remote;
    std::uint16_t user_port, remote_port;
    std::uint8_t ip_protocol;
    std::uint8_t operator_id;
    std::uint16_t bytes_high;  // where the key has `zero`
    std::uint32_t bytes_low;
    std::uint32_t packets;
    std::uint32_t seen_ms;     // low 32 bits of MonoTime in ms: compared by difference only
    std::uint32_t ref;         // what it is depends on `marks`: cold record, name slot, SYN options
    std::uint16_t generation;  // of the bundle that judged it
    OrgId org;
    model::Verdict verdict : 2;
    model::NameEvidence evidence : 2;  // for the name
    model::Confidence confidence : 3;  // in `protocol`
    bool evidence_open : 1;            // told as exempt, its end not yet (pipeline/exempt.cc)
    model::Reason reason;
    model::Protocol protocol;
    std::uint8_t marks;  // bits 0..1 Stage, then the flags below

    static constexpr std::uint8_t kStageMask = 0x03;
    static constexpr std::uint8_t kFromInternet = 0x04;  // opened by the remote end
    static constexpr std::uint8_t kMidstream = 0x08;     // TCP whose beginning was not seen
    static constexpr std::uint8_t kHasCold = 0x10;       // ref is a cold record
    static constexpr std::uint8_t kHasName = 0x20;       // ref is a name slot
    static constexpr std::uint8_t kSettled = 0x40;       // verdict is final: the fast path may act
    static constexpr std::uint8_t kFinFromUser = 0x80;   // while closing: who sent the first FIN

    Stage stage() const { return static_cast<Stage>(marks & kStageMask); }
    void set_stage(Stage s) {
        marks = static_cast<std::uint8_t>((marks & ~kStageMask) | static_cast<std::uint8_t>(s));
    }
    bool has(std::uint8_t mark) const { return (marks & mark) != 0; }
    void set(std::uint8_t mark) { marks = static_cast<std::uint8_t>(marks | mark); }
    void clear(std::uint8_t mark) { marks = static_cast<std::uint8_t>(marks & ~mark); }

    std::uint64_t bytes() const { return std::uint64_t{bytes_high} << 32 | bytes_low; }
    void count(std::uint32_t wire_bytes) {
        ++packets;
        const std::uint32_t before = bytes_low;
        bytes_low += wire_bytes;
        if (bytes_low < before) ++bytes_high;  // once in 4 GiB
    }
    FlowKey key() const {
        FlowKey k;
        std::memcpy(static_cast<void*>(&k), this, sizeof k);
        k.zero = 0;
        return k;
    }
};
static_assert(sizeof(FlowEntry) == 64);

// Timeouts [ms]: RFC 5382 (TCP 2 h 4 min established), RFC 4787 (UDP 2 min at least).
struct FlowTimeouts {
    std::uint32_t embryonic_ms = 10'000;
    std::uint32_t tcp_established_ms = 7'440'000;
    std::uint32_t closing_ms = 60'000;
    std::uint32_t closed_ms = 2'000;
    std::uint32_t udp_ms = 120'000;
    std::uint32_t other_ms = 60'000;
    std::uint32_t blocked_ms = 30'000;
};
// How long this flow may be idle before it is taken out [ms]. A closed flow is closed whatever its
// verdict; a blocked one is kept for blocked_ms whatever its stage, so that retries meet it.
inline std::uint32_t timeout_ms(const FlowEntry& entry, const FlowTimeouts& timeouts) noexcept {
    constexpr std::uint8_t kTcp = 6, kUdp = 17;
    const Stage stage = entry.stage();
    if (stage == Stage::closed) return timeouts.closed_ms;
    if (entry.verdict == model::Verdict::block) return timeouts.blocked_ms;
    if (stage == Stage::embryonic) return timeouts.embryonic_ms;
    if (stage == Stage::closing) return timeouts.closing_ms;
    if (entry.ip_protocol == kTcp) return timeouts.tcp_established_ms;
    return entry.ip_protocol == kUdp ? timeouts.udp_ms : timeouts.other_ms;
}

// Idle past its timeout? A packet seen "after" now (its burst read the clock later) is not idle.
inline bool is_expired(const FlowEntry& entry, const FlowTimeouts& timeouts,
                       std::uint32_t now_ms) noexcept {
    const std::uint32_t idle_ms = now_ms - entry.seen_ms;
    return idle_ms > timeout_ms(entry, timeouts) && idle_ms < 0x8000'0000u;
}

}  // namespace sluice::flow

// When we cannot know (design section 8): one row a case, what happens then, and why that default.
// `open` lets the flow or packet pass, `closed` stops it; both are counted under the row's word.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::model {

enum class FailMode : std::uint8_t { open, closed };

// X(word, default, sentence). Order is part of the bundle format: append only.
#define SLUICE_FAIL_CASES(X)                                                                 \
    X(flow_table_full, open, "no room for a new flow and nothing evictable in its group")    \
    X(pool_full, open, "no cold record or name slot for a flow being classified")            \
    X(hold_full, open, "no buffer to hold a client's first bytes until its name is known")   \
    X(midstream, open, "a TCP flow whose beginning was not seen")                            \
    X(fragment_without_head, closed, "a fragment whose first fragment did not come in time") \
    X(unnamed, open, "no name could be read (no SNI, ECH, stalled or unknown protocol)")     \
    X(name_contradiction, open, "the name contradicts what resolvers say of the address")    \
    X(bundle_stale, open, "the policy bundle is older than bundle_age_max")                  \
    X(inspect_unavailable, open, "must be inspected, but sluice-inspect is not running")     \
    X(icmp_error_unmatched, closed, "an ICMP error that quotes no flow in the table")        \
    X(non_ip, open, "a frame that is not IP: ARP, LLDP, LACP, STP, ...")                     \
    X(event_ring_full, open, "no room to tell sluiced: the event is lost, the flow goes on") \
    X(worker_stalled, closed, "the worker of the flow does not turn: blocked flows stay so") \
    X(signer_unavailable, open, "must be inspected, but sluice-signer gives no certificate") \
    X(client_certificate, open, "a server asks for a client certificate and is not spliced") \
    X(content_unread, open, "a body whose coding is unknown, damaged or beyond the limits")

enum class FailCase : std::uint8_t {
#define X(word, mode, text) word,
    SLUICE_FAIL_CASES(X)
#undef X
};

struct FailCaseInfo {
    std::string_view word;
    FailMode default_mode;
    std::string_view text;
};
inline constexpr std::array kFailCases = {
#define X(word, mode, text) FailCaseInfo{#word, FailMode::mode, text},
    SLUICE_FAIL_CASES(X)
#undef X
};
inline constexpr std::size_t kFailCaseCount = kFailCases.size();

constexpr std::string_view name_of(FailCase c) {
    return kFailCases[static_cast<std::size_t>(c)].word;
}
constexpr std::string_view name_of(FailMode m) { return m == FailMode::open ? "open" : "closed"; }
constexpr std::optional<FailCase> fail_case_named(std::string_view word) {
    for (std::size_t i = 0; i < kFailCaseCount; ++i)
        if (kFailCases[i].word == word) return static_cast<FailCase>(i);
    return std::nullopt;
}

class FailTable {
  public:
    constexpr FailTable() {
        for (std::size_t i = 0; i < kFailCaseCount; ++i)
            modes_[i] = kFailCases[i].default_mode;
    }
    constexpr FailMode operator[](FailCase c) const { return modes_[static_cast<std::size_t>(c)]; }
    constexpr void set(FailCase c, FailMode m) { modes_[static_cast<std::size_t>(c)] = m; }
    friend constexpr bool operator==(const FailTable&, const FailTable&) = default;

  private:
    std::array<FailMode, kFailCaseCount> modes_{};
};

}  // namespace sluice::model

#include "dataplane/pipeline/core.h"

namespace sluice::pipeline {
namespace {
// Later fragments of a known datagram are accepted for the reassembly time hosts use (RFC 791 3.2).
constexpr std::uint32_t kFragmentTimeoutMs = 30'000;
// Whoever runs encrypted hellos has one public name for all of his sites.
constexpr std::uint32_t kEchNamesMax = 1'024;
}  // namespace

Core::Core(const WorkerLimits& given, const WorkerDeps& given_deps)
    : limits(given),
      deps(given_deps),
      table(given.flows_max, given_deps.hash_key, given.timeouts),
      gate(given.new_flows_per_organisation),
      cold(given.cold_max),
      held(given.held_packets_max),
      buffers(given.small_buffers, given.large_buffers),
      names(given.names_max, given_deps.hash_key.low),
      dns(flow::DnsNames::Limits{.addresses_max = given.dns_addresses_max},
          given_deps.hash_key.high),
      ech_names(kEchNamesMax, given_deps.hash_key.high),
      dns_questions(std::max(given.dns_addresses_max / 4, 64u)),
      quic_ids(given_deps.hash_key),
      fragments(given.fragments_max, kFragmentTimeoutMs, given_deps.hash_key.low),
      waiting_fragments(given.fragments_max),
      scratch(
          std::max<std::size_t>({wire::kHelloSizeMax, flow::kLargeBuffer, wire::kQuicPacketMax})) {
    if (given.new_flows_per_organisation != 0) refused.resize(1u << 16);  // every OrgId
    const flow::FlowTimeouts& t = limits.timeouts;
    shortest_timeout_ms = std::min({t.embryonic_ms, t.tcp_established_ms, t.closing_ms, t.closed_ms,
                                    t.udp_ms, t.other_ms, t.blocked_ms});
}

model::FailMode lost_sight(Core& core, model::FailCase fail_case) noexcept {
    const model::FailMode mode = core.bundle->fail_table()[fail_case];
    auto& counted =
        mode == model::FailMode::open ? core.counters.fail_open : core.counters.fail_closed;
    ++counted[static_cast<std::size_t>(fail_case)];
    return mode;
}

}  // namespace sluice::pipeline

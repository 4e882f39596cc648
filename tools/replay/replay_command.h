// `sluicectl replay FILE.pcap[ng] --policy DIR [-o table|json|ndjson]`: what the gateway would do with
// a capture. Needs no root, hugepages or daemon. A stable interface: README.md.
#pragma once
#include <cstdint>
#include <string>

namespace sluice::replay {

enum class Output : std::uint8_t { table, json, ndjson };

struct Arguments {
    std::string capture;
    std::string policy;       // a policy directory
    std::string operator_id;  // whose flows are that no catalog knows; empty: the first operator's
    std::string day;          // "2026-11-21": when policies are judged; empty: today
    Output output = Output::table;
    std::uint32_t flows_max = 262'144;
};

// Prints records and summary on stdout, messages on stderr.
//   returns  0, also when the capture is damaged (what is readable was used, and it is said so);
//            2 for an unknown operator or day; 6 when the policy has errors or the file is no capture.
int run_replay(const Arguments& arguments);

}  // namespace sluice::replay

// Replayer: a capture through the same worker that runs on the ports, without root, hugepages, an
// EAL or a daemon.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dataplane/pipeline/worker.h"
#include "dataplane/wire/tunnel.h"
#include "rules/ipc/flow_record.h"
#include "rules/lookup/bundle_view.h"
#include "tools/replay/capture.h"
#include "tools/replay/sides.h"

namespace sluice::replay {

struct Options {
    UtcTime judged_at;       // the day policies and grants are judged on
    OperatorId operator_id;  // whose flows are when no catalog knows them
    std::uint32_t flows_max = 262'144;
};

// rx = forwarded + all dropped + held, exactly.
struct Summary {
    std::uint64_t rx = 0, forwarded = 0, held = 0;
    std::map<std::string, std::uint64_t> dropped;  // by reason word
};

// A flow inside a tunnel: named by what it says, judged as the flow of the tunnel is.
struct InnerFlow {
    ipc::FlowRecord record;
    wire::Carrier tunnel = wire::Carrier::ipip;
};

struct Replayed {
    std::vector<ipc::FlowRecord> flows;  // in order of their first packet
    std::vector<InnerFlow> inner;        // the same; their packets are packets of `flows`
    Summary summary;
    ipc::CounterBlock counters;
    std::string damage;                  // of the capture; empty when it was read to its end
    std::set<std::uint32_t> link_types;  // of its packets, as the file numbers them
};

// Reads `capture` to its end, or to where it is damaged.
Replayed replay(Capture& capture, const lookup::BundleView& bundle, const Options& options);

}  // namespace sluice::replay

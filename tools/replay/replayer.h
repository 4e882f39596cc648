// Replayer: a capture through the same worker that runs on the ports, without root, hugepages, an
// EAL or a daemon.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/pipeline/worker.h"
#include "rules/ipc/flow_record.h"
#include "rules/lookup/bundle_view.h"
#include "tools/replay/capture.h"
#include "tools/replay/sides.h"

namespace sluice::replay {

struct Options {
    UtcTime judged_at;            // the day policies and grants are judged on
    OperatorId operator_id;       // whose flows are when no catalog knows them
    std::uint32_t flows_max = 262'144;
};

// rx = forwarded + all dropped + held, exactly.
struct Summary {
    std::uint64_t rx = 0, forwarded = 0, held = 0;
    std::map<std::string, std::uint64_t> dropped;  // by reason word
};

struct Replayed {
    std::vector<ipc::FlowRecord> flows;  // in order of their first packet
    Summary summary;
    ipc::CounterBlock counters;
    std::string damage;  // of the capture; empty when it was read to its end
};

// Reads `capture` to its end, or to where it is damaged.
Replayed replay(Capture& capture, const lookup::BundleView& bundle, const Options& options);

}  // namespace sluice::replay

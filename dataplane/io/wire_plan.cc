// Deals operators out to workers.
#include "dataplane/io/wire_plan.h"

#include <algorithm>
#include <map>

#include "rules/base/assert.h"

namespace sluice::io {

std::vector<unsigned> spread_wires(std::span<const WireLoad> wires, unsigned workers) {
    SLUICE_ASSERT(workers > 0);
    struct OperatorLoad {
        OperatorId id;
        std::uint64_t gbit = 0;
    };
    std::vector<OperatorLoad> operators;  // in order of first appearance
    for (const WireLoad& wire : wires) {
        auto found = std::ranges::find(operators, wire.operator_id, &OperatorLoad::id);
        if (found == operators.end())
            found = operators.insert(operators.end(), {wire.operator_id, 0});
        found->gbit += wire.committed_gbit;
    }
    std::ranges::stable_sort(operators, std::greater{}, &OperatorLoad::gbit);
    std::vector<std::uint64_t> gbit_of_worker(workers, 0);
    std::map<OperatorId, unsigned> worker_of;
    for (const OperatorLoad& op : operators) {
        const auto least = std::ranges::min_element(gbit_of_worker);
        *least += op.gbit;
        worker_of[op.id] = static_cast<unsigned>(least - gbit_of_worker.begin());
    }
    std::vector<unsigned> plan;
    for (const WireLoad& wire : wires)
        plan.push_back(worker_of[wire.operator_id]);
    return plan;
}

bool operators_undivided(std::span<const WireLoad> wires, std::span<const unsigned> worker_of) {
    SLUICE_ASSERT(wires.size() == worker_of.size());
    std::map<OperatorId, unsigned> seen;
    for (std::size_t i = 0; i < wires.size(); ++i)
        if (seen.emplace(wires[i].operator_id, worker_of[i]).first->second != worker_of[i])
            return false;
    return true;
}

}  // namespace sluice::io

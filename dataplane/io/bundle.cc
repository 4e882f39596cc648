// Where each wire goes under a new bundle.
#include "dataplane/io/bundle.h"

#include "dataplane/io/wire_plan.h"

namespace sluice::io {

Result<std::vector<ActiveBundle::WirePlace>, std::string> place_wires(
    const Bundle& bundle, const std::vector<std::string>& wire_ids, unsigned workers,
    const ActiveBundle* previous) {
    std::vector<ActiveBundle::WirePlace> places;
    std::vector<WireLoad> loads;
    for (const std::string& id : wire_ids) {
        const std::optional<WireFact> fact = bundle.find_wire(id);
        if (!fact)
            return Err{"the policy has no wire \"" + id +
                       "\"; add it to its operator, or take it out of the configuration"};
        places.push_back({*fact, 0});
        loads.push_back({fact->operator_id, fact->committed_gbit});
    }
    std::vector<unsigned> worker_of;
    if (previous == nullptr)
        worker_of = spread_wires(loads, workers);
    else
        for (const ActiveBundle::WirePlace& place : previous->wires)
            worker_of.push_back(place.worker);
    if (!operators_undivided(loads, worker_of))
        return Err{
            std::string("the policy gives wires that two workers serve to one operator; "
                        "restart sluice-dataplane so that it deals them out anew")};
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i].worker = worker_of[i];
    return places;
}

}  // namespace sluice::io

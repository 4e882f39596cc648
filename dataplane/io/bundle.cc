// The configured wires under a new bundle.
#include "dataplane/io/bundle.h"

namespace sluice::io {

Result<std::vector<WireFact>, std::string> find_wires(const Bundle& bundle,
                                                      const std::vector<std::string>& wire_ids) {
    std::vector<WireFact> facts;
    for (const std::string& id : wire_ids) {
        const std::optional<WireFact> fact = bundle.find_wire(id);
        if (!fact)
            return Err{"the policy has no wire \"" + id +
                       "\"; add it to its operator, or take it out of the configuration"};
        facts.push_back(*fact);
    }
    return facts;
}

}  // namespace sluice::io

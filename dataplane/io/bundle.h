// The policy bundle as io/ sees it: what workers judge by, where each configured wire belongs, and
// the version all workers agree on.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/pipeline/worker.h"
#include "rules/base/result.h"
#include "rules/lookup/bundle_view.h"

namespace sluice::io {

// What the policy says of a wire.
struct WireFact {
    OperatorId operator_id;
    bool reserve = false;
    std::uint32_t committed_gbit = 1;
};

// A verified bundle in memory. Immutable; destroyed when no worker can look at it any more.
class Bundle {
  public:
    virtual ~Bundle() = default;
    virtual const lookup::BundleView& view() const = 0;
    virtual std::optional<WireFact> find_wire(std::string_view id) const = 0;
    virtual std::array<std::uint8_t, 32> hash() const = 0;
};

// Loads <directory>/current; unchanged parts are shared with `previous` (may be empty). The error
// is in words for people. Slow: never on a worker.
using LoadBundle = std::function<Result<std::shared_ptr<const Bundle>, std::string>(
    const std::string& directory, const std::shared_ptr<const Bundle>& previous)>;

// Reads bundle files as sluiced publishes them.
LoadBundle bundle_files();

// One version of the policy, put in place for all workers at once.
struct ActiveBundle {
    std::shared_ptr<const Bundle> bundle;
    std::uint16_t generation = 0;  // never 0
    std::int64_t loaded_utc_ns = 0;
    std::vector<WireFact> wires;  // in the order of the configuration
};

// What the bundle says of the configured wires, or, in words, which one it does not know.
Result<std::vector<WireFact>, std::string> find_wires(const Bundle& bundle,
                                                      const std::vector<std::string>& wire_ids);

}  // namespace sluice::io

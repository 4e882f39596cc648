// Looks for a path from a leaf to a trust anchor, with bounded work: depth first, anchors before
// intermediates, key identifiers that fit before others.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "certs/verify/parsed.h"
#include "certs/verify/policy.h"
#include "certs/verify/trust_store.h"

namespace sluice::certs::verify {

using ParsedPtr = std::shared_ptr<const Parsed>;
using Path = std::vector<ParsedPtr>;  // leaf first, anchor last

struct SearchInput {
    const VerifyPolicy& policy;
    Purpose purpose;
    UtcTime now;
    const TrustStore& trust;
    std::span<const ParsedPtr> pool;  // what came with the leaf
    // Asked of each path that is good in itself; a fault makes the search go on.
    std::function<Check(const Path&)> accept;
};

struct SearchResult {
    Check check;          // ok, or the fault of the path that came furthest
    std::string culprit;  // subject of the certificate at fault
    Path path;            // when ok
};

// The leaf itself has passed check_leaf and check_time. Cost: one signature for each issuer tried,
// at most policy.issuers_tried_max.
SearchResult find_path(const ParsedPtr& leaf, const SearchInput& input);

// RFC 5280 6.1: name constraints and certificate policies over a whole path.
Check check_whole_path(const Path& path, const VerifyPolicy& policy);

}  // namespace sluice::certs::verify

// A catalog of random prefixes, the policy around it, and users inside it.
#pragma once
#include <cstdint>
#include <vector>

#include "rules/ipc/bundle.h"
#include "rules/model/policy.h"

namespace sluice::bench {

struct Catalog {
    model::Policy policy;              // its prefixes are disjoint from where remote ends lie
    ipc::LoadedBundle bundle;          // of that policy
    std::vector<std::uint32_t> users;  // an address in a random prefix each, host order
};

// `prefixes` IPv4 prefixes of 50,000 organisations of one operator: 1 in 10 a /20 to /22, most
// /23 and /24, 2 in 10 longer. Some overlap: the longest wins. Every organisation has a yearly
// list; networks around the gateway, overdue addresses, services, mail systems and WAF sites are
// there too, so that each step of the decision has something to look at.
// `names` names of a category of their own besides.
Catalog make_catalog(std::uint32_t prefixes, std::uint32_t users, std::uint64_t seed,
                     std::uint32_t names = 1);
// The same policy compiled once more.
ipc::CompiledBundle compile_again(const Catalog& catalog);

}  // namespace sluice::bench

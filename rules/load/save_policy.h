// save_policy: a policy as the files of its directory. Loading them gives an equal policy again.
#pragma once
#include "rules/load/load_policy.h"

namespace sluice::load {

// The catalog becomes catalog.csv; a category of many names becomes a file below lists/. Comments
// and the split into files are not part of a policy and are not kept. `policy` is one that
// load_policy() could have made: ids are unique, references are known, names are grouped by
// category in the order of the categories. Cost: a million rows or names take less than a second.
FileSet save_policy(const model::Policy& policy);

}  // namespace sluice::load

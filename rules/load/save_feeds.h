// Feeds and geo databases back to files, each feed in its own format.
#pragma once
#include "rules/load/load_policy.h"

namespace sluice::load {

// feeds.yaml with the files it names; geo.yaml likewise. Nothing when there are none.
void save_feeds(const model::Policy& policy, FileSet& files);
void save_geo(const model::Policy& policy, FileSet& files);

}  // namespace sluice::load

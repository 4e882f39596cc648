// From the configuration file's words to what io/ works with.
#pragma once
#include <string>
#include <vector>

#include "dataplane/io/settings.h"
#include "rules/base/result.h"
#include "rules/load/dataplane_config.h"

namespace sluice::app {

// The settings a checked configuration asks for; or, each with the place of its wire, the devices
// that are neither a PCI address nor a virtual device of DPDK.
Result<io::Settings, std::vector<std::string>> settings_of(const load::DataplaneConfig& config,
                                                           const std::string& file);

}  // namespace sluice::app

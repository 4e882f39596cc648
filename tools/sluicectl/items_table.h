// Items of a document as a table of their own fields.
#pragma once
#include <string>
#include <vector>

#include "tools/sluicectl/context.h"

namespace sluice::ctl {

// One column a field, in the order given, titled by its name in capitals.
std::string items_table(const Json& items, const std::vector<std::string>& fields);

}  // namespace sluice::ctl

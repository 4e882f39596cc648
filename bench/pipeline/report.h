// The table people read.
#pragma once
#include <string>
#include <vector>

#include "bench/pipeline/slots.h"

namespace sluice::bench {

// CPU, code path, load average and pages: without them a number means nothing.
void print_machine(const char* code_path, bool huge_pages, const SlotPlan& plan);

// One group of contenders; the last one is ours, the others are what it is compared with.
void print_group(const std::string& title, const char* unit,
                 const std::vector<Contender>& contenders, const std::vector<Samples>& samples);

}  // namespace sluice::bench

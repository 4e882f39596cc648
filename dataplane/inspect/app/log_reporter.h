// Reports as lines of the log: key=value, one line each, quoted where a value has blanks.
#pragma once
#include "dataplane/inspect/report.h"

namespace sluice::inspect {

class LogReporter final : public Reporter {
  public:
    void report(const Report& report) override;
};

// The line without time and level.
std::string line_of(const Report& report);

}  // namespace sluice::inspect

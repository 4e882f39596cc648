// Unknown sources (G13): from addresses the data plane reports to cases of `unknown-source`, and
// from what the catalog has to their end.
#pragma once
#include "control/cases/case_desk.h"
#include "rules/base/ip.h"

namespace sluice::control {

// Spoofed noise opens no case: a real host keeps sending, a forged address is one of many.
struct NoiseLimits {
    std::uint64_t packets_min = 20;       // of one address, ever
    std::int64_t seconds_min = 300;       // between its first and its latest packet
    std::int64_t seconds_recent = 3'600;  // since its latest packet: what is gone opens no case
    unsigned addresses_a_case = 10'000;   // the rest waits for the next case
    std::int64_t seconds_between = 600;   // new cases of one operator
};

// True for an address of an operator that the catalog has now.
using IsCatalogued = std::function<bool(const std::string& operator_id, const IpAddress& address)>;

struct UnknownReport {
    unsigned opened = 0, healed = 0;
    std::uint64_t noise = 0;  // addresses that are not (yet) above the limits
    std::string trouble;
};

class UnknownSources {
  public:
    UnknownSources(Store& reports, CaseStore& cases, CaseDesk& desk, NoiseLimits limits)
        : reports_(reports), cases_(cases), desk_(desk), limits_(limits) {}

    // Closes what the catalog has by now, wholly or in part; then opens one case an operator for
    // addresses that are above the limits, in no catalog and in no open case. Idempotent.
    UnknownReport turn(UtcTime now, const IsCatalogued& is_catalogued);

  private:
    using Pending = std::map<std::string, std::set<std::string>>;  // operator -> addresses

    bool heal(UtcTime now, const IsCatalogued& is_catalogued, Pending& open, UnknownReport& report);
    void heal_case(const Case& c, UtcTime now, const IsCatalogued& is_catalogued, Pending& open,
                   UnknownReport& report);
    void open_cases(UtcTime now, const IsCatalogued& is_catalogued, const Pending& open,
                    UnknownReport& report);
    // An address that can be somebody's source, seen often and long enough.
    bool is_real(const UnknownSource& source, UtcTime now) const;

    Store& reports_;
    CaseStore& cases_;
    CaseDesk& desk_;
    NoiseLimits limits_;
    std::map<std::string, UtcTime> latest_;  // the latest new case of each operator
};

}  // namespace sluice::control

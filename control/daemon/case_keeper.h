// CaseKeeper: turns the life cycles with the daemon's wheel: the sweep each minute and at start,
// unknown sources, the clock that may not be believed, and the layer over the policy in force.
#pragma once
#include <mutex>

#include "control/api/api.h"
#include "control/cases/unknown_sources.h"
#include "control/deadlines/clock_watch.h"

namespace sluice::control {

class CaseKeeper {
  public:
    struct Config {
        std::string rules_dir;  // holds calendars/ and lifecycles/
        bool must_sync = true;  // deadlines wait while the kernel's clock is not synchronised
        GuardLimits guard;
        NoiseLimits noise;
    };
    struct Parts {
        Store& store;
        CaseStore& cases;
        CommitPipeline& pipeline;
    };
    // When `rules` have a mistake, no deadline is acted on, and troubles() says what to mend;
    // effects in force stay.
    CaseKeeper(const Config& config, LifeCycleSet rules, Parts parts);

    // The effects the store holds, before the first policy is compiled.
    void start(Now now);
    // About once a second.
    void tick(Now now);
    std::vector<std::string> troubles() const;
    // For the API; empty when there are no life cycles.
    std::optional<CaseParts> parts();

  private:
    void minute(Now now);
    void watch_clock(Now now);
    Result<Done, StoreError> release_clock();
    bool remember(const std::string& key, const std::string& value);
    void push_layer();
    double catalogued_addresses(const std::string& operator_id) const;
    bool is_catalogued(const std::string& operator_id, const IpAddress& address) const;
    void say(std::string part, std::string trouble);

    CaseStore& cases_;
    CommitPipeline& pipeline_;
    bool must_sync_;
    std::optional<CaseDesk> desk_;
    std::optional<UnknownSources> unknown_;
    std::shared_ptr<const Candidate> seen_;  // the policy the latest turn was made under
    std::optional<MonoTime> latest_;
    std::uint64_t applied_ = 0;
    bool calendars_applied_ = false;

    mutable std::mutex mutex_;  // of what API threads ask: clock_ and troubles_
    ClockWatch clock_;
    Now now_{};
    std::map<std::string, std::string> troubles_;
};

}  // namespace sluice::control

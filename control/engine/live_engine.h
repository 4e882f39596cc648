// Engine over the real rules/: load, compile, publish, and the compiled rules asked through their
// view. Also used by `sluicectl policy check`, without a daemon.
#pragma once
#include <functional>
#include <string>

#include "control/commit/engine.h"

namespace sluice::control {

class LiveEngine : public Engine {
  public:
    // `bundle_dir`: where publish() writes; may be empty when nothing is ever published.
    LiveEngine(std::string bundle_dir, std::function<UtcTime()> now)
        : bundle_dir_(std::move(bundle_dir)), now_(std::move(now)) {}

    Candidate build(const FileSet& files, const Candidate* previous) override;
    Result<Done, std::string> publish(const Candidate& candidate) override;
    std::string published_hash() override;

  private:
    std::string bundle_dir_;
    std::function<UtcTime()> now_;
};

}  // namespace sluice::control

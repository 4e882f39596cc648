// One sluiced a state directory; and what is done to the store while none runs.
#pragma once
#include <string>

#include "rules/base/time.h"

namespace sluice::control {

// Held as long as it lives, by flock: it ends with the process, however that ends.
class StateLock {
  public:
    explicit StateLock(const std::string& state_dir);
    ~StateLock();
    StateLock(const StateLock&) = delete;
    StateLock& operator=(const StateLock&) = delete;
    bool held() const { return fd_ >= 0; }
    const std::string& trouble() const { return trouble_; }

  private:
    int fd_ = -1;
    std::string trouble_;
};

// Puts the backup in the store's place and records it in the audit. Returns the process's exit
// code.
int restore_store(const std::string& backup, const std::string& store, UtcTime now);

}  // namespace sluice::control

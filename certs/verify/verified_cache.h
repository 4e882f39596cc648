// VerifiedCache: chains found good, bounded in number, so that the next connection to the same
// server costs hashes instead of signatures. Only good verdicts are kept.
#pragma once
#include <cstddef>
#include <list>
#include <map>
#include <vector>

#include "certs/verify/handles.h"
#include "rules/base/time.h"
#include "rules/ipc/sha256.h"

namespace sluice::certs::verify {

struct VerifiedChain {
    std::vector<CertificateHandle> chain;
    UtcTime good_from, good_until;  // both inclusive
    bool revocation_known = false;
};

class VerifiedCache {
  public:
    explicit VerifiedCache(std::size_t entries_max) : entries_max_(entries_max) {}

    // The key is a hash of everything the verdict depends on but the time. Null: not there, or not
    // of that instant. Valid until the next call.
    const VerifiedChain* find(const ipc::Sha256& key, UtcTime now);
    // The entry that was used longest ago makes room.
    void keep(const ipc::Sha256& key, VerifiedChain chain);
    void clear();
    std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        VerifiedChain chain;
        std::list<ipc::Sha256>::iterator used;
    };
    std::size_t entries_max_;
    std::map<ipc::Sha256, Entry> entries_;
    std::list<ipc::Sha256> order_;  // most recently used first
};

}  // namespace sluice::certs::verify

#include "certs/verify/verified_cache.h"

namespace sluice::certs::verify {

const VerifiedChain* VerifiedCache::find(const ipc::Sha256& key, UtcTime now) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    const VerifiedChain& chain = found->second.chain;
    if (now < chain.good_from || now > chain.good_until) {
        order_.erase(found->second.used);
        entries_.erase(found);
        return nullptr;
    }
    order_.splice(order_.begin(), order_, found->second.used);
    return &chain;
}

void VerifiedCache::keep(const ipc::Sha256& key, VerifiedChain chain) {
    if (entries_max_ == 0 || entries_.contains(key)) return;
    if (entries_.size() == entries_max_) {
        entries_.erase(order_.back());
        order_.pop_back();
    }
    order_.push_front(key);
    entries_.emplace(key, Entry{std::move(chain), order_.begin()});
}

void VerifiedCache::clear() {
    entries_.clear();
    order_.clear();
}

}  // namespace sluice::certs::verify

#include "dataplane/inspect/splice_list.h"

namespace sluice::inspect {

std::string SpliceKey::text() const {
    return to_text(user) + ' ' + name + ' ' + to_text(remote) + ' ' + std::to_string(remote_port);
}

bool SpliceList::use(const SpliceKey& key, UtcTime now) {
    const auto found = index_.find(key.text());
    if (found == index_.end()) return false;
    if (found->second->until <= now) {
        entries_.erase(found->second);
        index_.erase(found);
        return false;
    }
    ++found->second->flows;
    return true;
}

void SpliceList::add(const SpliceKey& key, UtcTime now) {
    const std::string text = key.text();
    if (const auto found = index_.find(text); found != index_.end()) {
        entries_.erase(found->second);
        index_.erase(found);
    }
    if (entries_max_ == 0) return;
    if (index_.size() >= entries_max_) {
        index_.erase(entries_.front().key.text());
        entries_.pop_front();
    }
    entries_.push_back({key, now, UtcTime{now.raw() + ttl_seconds_}, 1});
    index_[text] = std::prev(entries_.end());
}

void SpliceList::clear() {
    entries_.clear();
    index_.clear();
}

std::vector<SpliceEntry> SpliceList::list(UtcTime now) const {
    std::vector<SpliceEntry> all;
    for (const SpliceEntry& entry : entries_)
        if (entry.until > now) all.push_back(entry);
    return all;
}

}  // namespace sluice::inspect

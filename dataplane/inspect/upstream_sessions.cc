#include "dataplane/inspect/upstream_sessions.h"

#include <utility>

namespace sluice::inspect {

SessionPtr UpstreamSessions::take(const std::string& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    const auto entry = found->second;
    SSL_SESSION* session = entry->session.get();
    if (SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION) {
        SessionPtr taken = std::move(entry->session);
        entries_.erase(entry);
        index_.erase(found);
        return taken;
    }
    SSL_SESSION_up_ref(session);
    entries_.splice(entries_.begin(), entries_, entry);
    return SessionPtr(session);
}

void UpstreamSessions::put(const std::string& key, SessionPtr session) {
    if (const auto found = index_.find(key); found != index_.end()) {
        found->second->session = std::move(session);
        entries_.splice(entries_.begin(), entries_, found->second);
        return;
    }
    entries_.push_front({key, std::move(session)});
    index_.emplace(key, entries_.begin());
    if (index_.size() <= sessions_max_) return;
    index_.erase(entries_.back().key);
    entries_.pop_back();
}

void UpstreamSessions::clear() {
    index_.clear();
    entries_.clear();
}

}  // namespace sluice::inspect

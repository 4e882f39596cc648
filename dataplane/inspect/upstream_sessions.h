// TLS sessions with servers, to resume: by name, address and port, so that what was verified for
// one name is never used for another. Bounded; the longest unused goes first.
#pragma once
#include <openssl/ssl.h>

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace sluice::inspect {

struct SessionFree {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SessionPtr = std::unique_ptr<SSL_SESSION, SessionFree>;

class UpstreamSessions {
  public:
    explicit UpstreamSessions(std::size_t sessions_max) : sessions_max_(sessions_max) {}

    // Of TLS 1.3 a session is used once (RFC 8446 C.4), so it leaves the cache; TLS 1.2 stays.
    SessionPtr take(const std::string& key);
    void put(const std::string& key, SessionPtr session);
    // Everything: another bundle or other trust anchors judge anew.
    void clear();
    std::size_t size() const { return index_.size(); }

  private:
    struct Entry {
        std::string key;
        SessionPtr session;
    };
    std::size_t sessions_max_;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace sluice::inspect

// Servers that ask a client for its certificate, by client address: such flows are relayed
// untouched, because the client's key signs the handshake and nobody can do that for it. For a
// time, listed, bounded.
#pragma once
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/base/ip.h"
#include "rules/base/time.h"

namespace sluice::inspect {

struct SpliceKey {
    IpAddress user;
    std::string name;
    IpAddress remote;
    std::uint16_t remote_port = 0;
    std::string text() const;
};

struct SpliceEntry {
    SpliceKey key;
    UtcTime since, until;
    std::uint64_t flows = 0;
};

class SpliceList {
  public:
    // A server that stops asking is inspected again after `ttl_seconds`.
    SpliceList(std::size_t entries_max, std::int64_t ttl_seconds)
        : entries_max_(entries_max), ttl_seconds_(ttl_seconds) {}

    // Whether the flow is to be relayed; counts it.
    bool use(const SpliceKey& key, UtcTime now);
    // The longest listed goes when there is no room.
    void add(const SpliceKey& key, UtcTime now);
    // Another bundle may forbid what this one allowed.
    void clear();
    std::vector<SpliceEntry> list(UtcTime now) const;

  private:
    std::size_t entries_max_;
    std::int64_t ttl_seconds_;
    std::list<SpliceEntry> entries_;  // longest listed first
    std::unordered_map<std::string, std::list<SpliceEntry>::iterator> index_;
};

}  // namespace sluice::inspect

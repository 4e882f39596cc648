// follow(): one look at an operator's feed, from the notification to a new replica. No disk, no
// clock; the network is a parameter.
#pragma once
#include <string>

#include "control/catalog/fetch.h"
#include "control/catalog/replica_files.h"

namespace sluice::control::catalog {

struct Followed {
    bool changed = false;
    std::optional<Refused> refused;  // then nothing changed
    Replica replica;                 // what is in force from now on
    std::string etag;                // of the notification that was believed; empty otherwise
};

// `etag`: of the last notification that was followed to its end.

//   cost  as many fetches as there are new deltas, at most 1,000
Followed follow(const Source& source, const Replica& replica, const std::string& etag,
                const Gate& gate, const Fetcher& fetch, UtcTime now);

// An uploaded catalog: the whole of it, as the next version of a session of its own.
Followed take_upload(const Replica& replica, const std::vector<Row>& rows, const Gate& gate,
                     UtcTime now);

}  // namespace sluice::control::catalog

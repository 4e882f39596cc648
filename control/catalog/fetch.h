// Fetches files of a feed over HTTPS (libcurl). Nothing is followed anywhere else: no redirects, no
// other protocol, certificates always checked.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "rules/base/result.h"

namespace sluice::control::catalog {

struct Fetched {
    bool unchanged = false;  // 304: what has this ETag is still what is there
    std::string body, etag;
};

struct FetchOrder {
    std::string url;
    std::string etag;     // of what is known; empty = whatever it is
    std::string ca_file;  // PEM; empty = the machine's
    std::size_t bytes_max = 0;
};

using Fetcher = std::function<Result<Fetched, std::string>(const FetchOrder&)>;

// The real one. Limits: 30 s to connect and begin, then at least 1 KiB/s; bytes_max.
Result<Fetched, std::string> fetch_https(const FetchOrder& order);

// `reference` as seen from `base`: absolute https stays, a bare path is beside the base. Empty when
// it leads to another host or out of https.
std::string beside(const std::string& base, const std::string& reference);

}  // namespace sluice::control::catalog

// Certificates for tests: authorities, leaves, origins with whatever is wrong with them.
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/inspect/leaf_cache.h"

namespace sluice::inspect::test {

struct Issued {
    CertificatePtr certificate;
    KeyPtr key;
};

struct CertificateWish {
    std::string name = "news.example";
    std::int64_t from_seconds = -3600;  // from now
    std::int64_t until_seconds = 86'400;
};

class TestCa {
  public:
    explicit TestCa(const std::string& name);
    X509* certificate() const { return root_.certificate.get(); }
    // With a fresh P-256 key, or for `key` (then Issued::key is empty).
    Issued issue(const CertificateWish& wish, EVP_PKEY* key = nullptr) const;

  private:
    Issued root_;
};

}  // namespace sluice::inspect::test

// CrlStore: certificate revocation lists from local files. Immutable once made.
#pragma once
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "certs/verify/handles.h"
#include "certs/verify/policy.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "rules/base/time.h"
#include "rules/ipc/sha256.h"

namespace sluice::certs::verify {

class CrlStore {
  public:
    static constexpr std::size_t kFileBytesMax = 64u << 20;
    static constexpr std::size_t kFilesMax = 4096;

    // Every *.crl (DER or PEM) and *.pem of a directory. The error names the file; a directory with
    // one that cannot be read gives no store, so that a list is never lost unseen.
    static Result<std::shared_ptr<const CrlStore>, std::string> load(const std::string& directory);
    // DER lists; null when one cannot be read.
    static std::shared_ptr<const CrlStore> of(std::span<const Bytes> lists);

    // The lists that may speak of certificates of these issuers (indirect ones always), as far as
    // the policy takes them: version 2, with a number that is not critical, an end, and a strong
    // signature (RFC 5280 5.1.2, 5.2.3). Borrowed.
    std::vector<X509_CRL*> about(std::span<const X509_NAME* const> issuers,
                                 const VerifyPolicy& policy) const;
    std::size_t size() const { return lists_.size(); }
    // Differs when a list differs.
    const ipc::Sha256& generation() const { return generation_; }

  private:
    CrlStore() = default;
    bool add(Bytes der);
    void close();

    std::vector<CrlHandle> lists_;
    std::multimap<std::string, std::size_t> by_issuer_;  // canonical name -> index
    std::vector<std::size_t> indirect_;
    std::vector<ipc::Sha256> fingerprints_;
    ipc::Sha256 generation_{};
};

}  // namespace sluice::certs::verify

// TrustStore: a ChainVerifier over a PEM file of trust anchors, by OpenSSL. Good verdicts are kept
// for a while: the same server shows the same chain all day, and checking it costs most of what an
// inspected handshake costs.
#pragma once
#include <openssl/x509.h>

#include <array>
#include <map>
#include <memory>
#include <string>

#include "dataplane/inspect/chain_verifier.h"
#include "rules/base/result.h"

namespace sluice::inspect {

class TrustStore final : public ChainVerifier {
  public:
    static constexpr std::int64_t kKeepSeconds = 300;
    static constexpr std::size_t kKeptMax = 20'000;

    // The error names the file.
    static Result<std::unique_ptr<TrustStore>, std::string> load(const std::string& pem_file);
    ~TrustStore() override { X509_STORE_free(store_); }
    TrustStore(const TrustStore&) = delete;
    TrustStore& operator=(const TrustStore&) = delete;

    ChainVerdict verify(const ChainQuestion& question) override;

  private:
    using Key = std::array<std::uint8_t, 32>;
    struct Kept {
        UtcTime since;
        std::shared_ptr<const OriginPath> path;
    };
    explicit TrustStore(X509_STORE* store) : store_(store) {}
    ChainVerdict verify_anew(const ChainQuestion& question) const;

    X509_STORE* store_;
    std::map<Key, Kept> kept_;
};

}  // namespace sluice::inspect

// What the signer makes sure of about the origin, whoever verified it before: that the chain which
// came hangs together by signatures up to a trust anchor, is valid now, and is for the name.
//
// This is not the verification of upstream chains (certs/verify): no policies, revocation or key
// strengths. It is the least without which no trusted leaf leaves the signer, so that a mistake of
// the asker cannot launder an origin.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "certs/x509/certificate.h"
#include "rules/base/result.h"
#include "rules/ipc/signer.h"

namespace sluice::certs {

// Hashes are evenly spread already.
struct FirstEight {
    std::size_t operator()(const ipc::Sha256& hash) const noexcept;
};

// Certificates that chains may end in, by their SHA-256.
class TrustAnchors {
  public:
    // All certificates of a PEM file. The error names the file and what is wrong.
    static Result<TrustAnchors, std::string> load(const std::filesystem::path& pem_file);
    void add(const ipc::Sha256& fingerprint) { known_.insert(fingerprint); }
    bool has(const ipc::Sha256& fingerprint) const { return known_.count(fingerprint) != 0; }
    std::size_t size() const { return known_.size(); }

  private:
    std::unordered_set<ipc::Sha256, FirstEight> known_;
};

// The CAs above an origin, leaf's issuer first, anchor last, found to hang together.
struct Authority {
    X509Ptr issuer;
    Validity validity{};  // of all of them together; empty (ends before it begins): never valid
};
// Remembers them by their bytes: a few hundred CAs sign most of the internet, and each link costs a
// signature check.
class Authorities {
  public:
    // Null: a certificate cannot be read, is no CA, or is not signed by the next.
    std::shared_ptr<const Authority> find(std::span<const Bytes> above);

  private:
    std::unordered_map<ipc::Sha256, std::shared_ptr<const Authority>, FirstEight> known_;
};
inline constexpr std::size_t kAuthoritiesMax = 4'096;  // forgotten all at once when there are more

struct Origin {
    ipc::Sha256 leaf{}, anchor{};  // fingerprints, for the log
    Validity validity{};           // of its certificate
};

// Looks at a chain for a trusted leaf, in this order: no_origin_chain, bad_origin_chain,
// origin_untrusted, origin_is_ca, origin_expired, name_not_covered. Cost: one signature check, and
// one for each link between CAs that are not known yet.
struct OriginQuestion {
    std::span<const Bytes> chain;
    const Subject& subject;
    UtcTime now;
};
Result<Origin, ipc::SignerRefusal> check_origin(const OriginQuestion& question,
                                                const TrustAnchors& anchors,
                                                Authorities& authorities);

}  // namespace sluice::certs

// What the signer makes sure of about the origin, whoever verified it before: that the chain which
// came hangs together by signatures up to a trust anchor, is valid now, and is for the name.
//
// This is not the verification of upstream chains (certs/verify): no policies, revocation or key
// strengths. It is the least without which no trusted leaf leaves the signer, so that a mistake of
// the asker cannot launder an origin.
#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <unordered_set>

#include "certs/x509/certificate.h"
#include "rules/base/result.h"
#include "rules/ipc/signer.h"

namespace sluice::certs {

// Certificates that chains may end in, by their SHA-256.
class TrustAnchors {
  public:
    // All certificates of a PEM file. The error names the file and what is wrong.
    static Result<TrustAnchors, std::string> load(const std::filesystem::path& pem_file);
    void add(const ipc::Sha256& fingerprint) { known_.insert(fingerprint); }
    bool has(const ipc::Sha256& fingerprint) const { return known_.count(fingerprint) != 0; }
    std::size_t size() const { return known_.size(); }

  private:
    struct First8 {
        std::size_t operator()(const ipc::Sha256& hash) const noexcept;
    };
    std::unordered_set<ipc::Sha256, First8> known_;
};

struct Origin {
    ipc::Sha256 leaf{}, anchor{};  // fingerprints, for the log
    Validity validity{};           // of its certificate
};

// Looks at a chain for a trusted leaf, in this order: no_origin_chain, bad_origin_chain,
// origin_untrusted, origin_is_ca, origin_expired, name_not_covered. Cost: a signature check a link.
Result<Origin, ipc::SignerRefusal> check_origin(std::span<const Bytes> chain,
                                                const Subject& subject, const TrustAnchors& anchors,
                                                UtcTime now);

}  // namespace sluice::certs

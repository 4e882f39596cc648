// Who makes leaf certificates: sluice-signer in the product. Asked without waiting; the answer
// comes to the LeafTaker.
#pragma once
#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/inspect/chain_verifier.h"
#include "rules/base/ip.h"
#include "rules/base/result.h"
#include "rules/ipc/signer.h"

namespace sluice::inspect {

struct CertificateFree {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using CertificatePtr = std::unique_ptr<X509, CertificateFree>;

// Everything a leaf is for.
struct LeafOrder {
    std::string operator_id, organisation;  // ids of the policy
    std::string name;                       // exactly one; empty: `address`
    IpAddress address;
    ipc::SignerIssuer issuer = ipc::SignerIssuer::trusted;
    EVP_PKEY* key = nullptr;  // the worker's own; only its public half leaves
    // Of the origin, as verified; nullptr where it is not trusted.
    std::shared_ptr<const OriginPath> path;
    std::array<std::uint8_t, 32> origin{};  // SHA-256 of its own certificate; zero: it has none
    std::int64_t not_before_utc = 0, not_after_utc = 0;
    std::array<std::uint8_t, 32> bundle_hash{};
};

struct LeafChain {
    std::vector<CertificatePtr> certificates;  // the leaf, then what leads to the root
    std::int64_t not_after_utc = 0;
    std::string generation;
};

enum class LeafTrouble : std::uint8_t {
    unreachable,  // no signer, or it died while it was asked
    refused,      // `refusal` says why
};
struct LeafRefusal {
    LeafTrouble trouble = LeafTrouble::unreachable;
    ipc::SignerRefusal refusal = ipc::SignerRefusal::internal;
};

class LeafTaker {
  public:
    virtual void on_leaf(std::uint64_t token, Result<LeafChain, LeafRefusal> answer) = 0;

  protected:
    ~LeafTaker() = default;
};

class LeafSource {
  public:
    virtual ~LeafSource() = default;
    // The answer comes once, during this call or later, with the same token.
    virtual void ask(std::uint64_t token, const LeafOrder& order, LeafTaker& taker) = 0;
    // Of the CA, as far as known; a change of it makes cached leaves old.
    virtual const std::string& generation() const = 0;
};

}  // namespace sluice::inspect

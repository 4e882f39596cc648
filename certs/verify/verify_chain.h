// Verifies certificate chains as well as a browser does: RFC 5280 section 6, RFC 9525 names, the
// CA/Browser Forum's profile, stapled OCSP and local CRLs. Never touches the network.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "certs/verify/fault.h"
#include "certs/verify/handles.h"
#include "certs/verify/policy.h"
#include "rules/base/bytes.h"
#include "rules/base/ip.h"
#include "rules/base/time.h"

namespace sluice::certs::verify {

class TrustStore;
class CrlStore;
class VerifiedCache;

struct VerifyRequest {
    X509* leaf = nullptr;                  // borrowed for the call
    std::span<X509* const> intermediates;  // as sent, any order, without the leaf; borrowed
    Bytes staple;                          // OCSPResponse, DER (RFC 6066 8); empty: none came
    // What was asked for: a canonical host name (rules/base/canonical_name.h) or an address.
    // Purpose::server needs exactly one of them; other purposes may leave both out.
    std::string_view name;
    std::optional<IpAddress> address;
    UtcTime now;
    // When the lists are asked, if not at `now`: a document is judged by the certificate as it was
    // when it was signed, but by what is known of its revocation today.
    std::optional<UtcTime> revocation_at;
    Purpose purpose = Purpose::server;
    // A resumed TLS session carries no staple: its absence is not held against the certificate.
    bool staple_expected = true;
};

struct Verdict {
    Fault fault = Fault::untrusted;
    std::string detail;                    // for the log: which certificate, which rule
    std::vector<CertificateHandle> chain;  // leaf first, trust anchor last; empty unless ok()
    bool revocation_known = false;         // a staple or CRL answered for the leaf
    UtcTime good_until;                    // the verdict holds until then, inclusive, when ok()
    bool from_cache = false;
    bool ok() const { return fault == Fault::none; }
};

// One per thread: the cache in it is not shared. The stores are immutable and may be shared.
class ChainVerifier {
  public:
    // `crls` null: no CRLs. `cache_entries` 0: no cache; each entry takes about 200 bytes and
    // keeps its certificates alive.
    ChainVerifier(std::shared_ptr<const TrustStore> trust, std::shared_ptr<const CrlStore> crls,
                  VerifyPolicy policy, std::size_t cache_entries = 4096);
    ~ChainVerifier();
    ChainVerifier(ChainVerifier&&) noexcept;

    // Never throws, never waits. Among several faulty paths the fault of the one that came furthest
    // is told. Cost: see README.md.
    Verdict verify(const VerifyRequest& request);

    // The same for bytes: `certificates` is the leaf and what came with it, each one DER
    // certificate; the leaf and intermediates of `request` are ignored.
    Verdict verify_der(std::span<const Bytes> certificates, VerifyRequest request);

    // New stores or policy from now on. What the cache holds no longer counts.
    void replace(std::shared_ptr<const TrustStore> trust, std::shared_ptr<const CrlStore> crls,
                 VerifyPolicy policy);

    const VerifyPolicy& policy() const { return policy_; }

  private:
    std::shared_ptr<const TrustStore> trust_;
    std::shared_ptr<const CrlStore> crls_;
    VerifyPolicy policy_;
    std::unique_ptr<VerifiedCache> cache_;
};

}  // namespace sluice::certs::verify

// Whether a leaf may be made, and with what in it: every refusal of the signer but those of rate
// and log is decided here, in one order. Pure but for a cache of keys; no clock, no file.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "certs/ca/generation.h"
#include "certs/leaf/mint.h"
#include "certs/signer/origin.h"
#include "rules/ipc/bundle.h"
#include "rules/ipc/signer_check.h"

namespace sluice::certs {

// A loaded bundle with its ids found quickly.
class PolicyBook {
  public:
    explicit PolicyBook(ipc::LoadedBundle bundle);
    const ipc::LoadedBundle& bundle() const { return bundle_; }
    // Nothing of it: exempt, not_inspected, unknown_operator, unknown_organisation.
    std::optional<ipc::SignerRefusal> refuses(const ipc::CheckedLeafRequest& request,
                                              const Subject& subject, UtcTime now) const;

  private:
    ipc::LoadedBundle bundle_;
    std::unordered_map<std::string_view, OrgId> organisations_;  // views into the bundle
};

// What the signer goes by. Replaced part by part when something is read again.
struct Books {
    std::shared_ptr<const Generation> generation;  // null: no_ca
    std::shared_ptr<const PolicyBook> policy;      // null: no_bundle
    TrustAnchors anchors;
    Der log_spki;  // of the log's key: never a leaf's
};

// Keys that were found good: workers ask with the same one again and again.
class LeafKeys {
  public:
    // Null when the bytes are no key that a leaf may be for.
    EVP_PKEY* find(Bytes spki);

  private:
    struct Row {
        Der spki;
        KeyPtr key;
    };
    std::vector<Row> rows_;
    std::size_t next_ = 0;  // to be replaced when full
};
inline constexpr std::size_t kLeafKeysMax = 128;

struct Judged {
    Subject subject;
    EVP_PKEY* key = nullptr;  // of LeafKeys: valid until kLeafKeysMax others were asked for
    Validity validity;
    Origin origin;  // zero fingerprints: untrusted
    const Issuer* issuer = nullptr;
};
// In this order: wildcard, bad_name, no_bundle, unknown_operator, unknown_organisation, exempt,
// not_inspected, no_ca, bad_key, ca_key, name_constraint, those of check_origin() (a trusted leaf
// only), no_validity. Cost: two lookups and a signature check a link of the origin's chain.
Result<Judged, ipc::SignerRefusal> judge(const Books& books, LeafKeys& keys,
                                         const ipc::CheckedLeafRequest& request, UtcTime now);

}  // namespace sluice::certs

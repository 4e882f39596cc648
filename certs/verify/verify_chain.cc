#include "certs/verify/verify_chain.h"

#include <openssl/err.h>

#include <algorithm>

#include "certs/verify/crl_store.h"
#include "certs/verify/names.h"
#include "certs/verify/path.h"
#include "certs/verify/profile.h"
#include "certs/verify/revocation.h"
#include "certs/verify/trust_store.h"
#include "certs/verify/verified_cache.h"
#include "rules/base/assert.h"
#include "rules/base/canonical_name.h"

namespace sluice::certs::verify {
namespace {

Verdict refuse(const Check& check, const X509_NAME* culprit = nullptr) {
    Verdict verdict;
    verdict.fault = check.fault;
    verdict.detail = check.why;
    if (culprit != nullptr) verdict.detail += " (" + text_of(culprit) + ")";
    return verdict;
}

Check check_sizes(const VerifyRequest& request, const VerifyPolicy& policy) {
    if (request.intermediates.size() + 1 > policy.certificates_max)
        return {Fault::too_large, "more certificates than the limit"};
    const auto too_large = [&](X509* x) {
        const int size = i2d_X509(x, nullptr);
        return size < 0 || static_cast<std::size_t>(size) > policy.certificate_bytes_max;
    };
    if (too_large(request.leaf) ||
        std::any_of(request.intermediates.begin(), request.intermediates.end(), too_large))
        return {Fault::too_large, "a certificate of more bytes than the limit"};
    return {};
}

// The host name asked for in its one spelling; wrong_name for a text that is no host name.
Check canonical_question(const VerifyRequest& request, const VerifyPolicy& policy,
                         std::string& name) {
    if (request.name.empty() && !request.address)
        return request.purpose == Purpose::server && policy.name_required
                   ? Check{Fault::wrong_name, "no name was asked for"}
                   : Check{};
    if (request.address)
        return request.name.empty() ? Check{} : Check{Fault::wrong_name, "a name and an address"};
    char buffer[kNameBufferBytes];
    std::size_t size = 0;
    if (!canonical_name(request.name, buffer, size))
        return {Fault::wrong_name, "what was asked for is no host name"};
    name.assign(buffer, size);
    return {};
}

template <class T>
void add_plain(ipc::Sha256Stream& all, const T& value) {
    all.add(std::as_bytes(std::span(&value, 1)));
}

// Everything but the time and the policy (the cache is cleared when that changes).
ipc::Sha256 cache_key(const VerifyRequest& request, const std::string& name,
                      const TrustStore& trust, const CrlStore* crls) {
    ipc::Sha256Stream all;
    const auto add_certificate = [&](X509* x) {
        ipc::Sha256 digest{};
        unsigned size = 0;
        SLUICE_ASSERT(X509_digest(x, EVP_sha256(), digest.data(), &size) == 1);
        add_plain(all, digest);
    };
    add_plain(all, request.intermediates.size());
    add_certificate(request.leaf);
    for (X509* x : request.intermediates)
        add_certificate(x);
    add_plain(all, trust.generation());
    add_plain(all, crls != nullptr ? crls->generation() : ipc::Sha256{});
    add_plain(all, ipc::sha256(std::as_bytes(request.staple)));
    add_plain(all, static_cast<std::uint8_t>(request.purpose));
    add_plain(all, request.staple_expected);
    add_plain(all, request.address.has_value());
    add_plain(all, request.address.value_or(IpAddress{}).bytes);
    all.add(name);
    return all.result();
}

Check check_leaf_alone(const Parsed& leaf, const VerifyRequest& request, const std::string& name,
                       const VerifyPolicy& policy) {
    if (const Check check = check_leaf(leaf, request.purpose, policy); !check.ok()) return check;
    if (const Check check = check_time(leaf, request.now); !check.ok()) return check;
    if (name.empty() && !request.address) return {};
    return check_name(leaf, name, request.address, policy);
}

std::vector<ParsedPtr> parse_all(std::span<X509* const> certificates) {
    std::vector<ParsedPtr> all;
    for (X509* x : certificates)
        all.push_back(parse(x));
    return all;
}

Verdict accepted(const Path& path, const RevocationAnswer& revocation) {
    Verdict verdict;
    verdict.fault = Fault::none;
    verdict.revocation_known = revocation.leaf_known;
    verdict.good_until = revocation.good_until;
    for (const ParsedPtr& p : path) {
        verdict.chain.push_back(share(p->x509.get()));
        verdict.good_until = std::min(verdict.good_until, p->not_after);
    }
    return verdict;
}

UtcTime begin_of(const Path& path) {
    UtcTime begin = path.front()->not_before;
    for (const ParsedPtr& p : path)
        begin = std::max(begin, p->not_before);
    return begin;
}

Verdict from_cache(const VerifiedChain& found) {
    Verdict verdict;
    verdict.fault = Fault::none;
    for (const CertificateHandle& x : found.chain)
        verdict.chain.push_back(share(x.get()));
    verdict.revocation_known = found.revocation_known;
    verdict.good_until = found.good_until;
    verdict.from_cache = true;
    return verdict;
}

}  // namespace

ChainVerifier::ChainVerifier(std::shared_ptr<const TrustStore> trust,
                             std::shared_ptr<const CrlStore> crls, VerifyPolicy policy,
                             std::size_t cache_entries)
    : trust_(std::move(trust)),
      crls_(std::move(crls)),
      policy_(std::move(policy)),
      cache_(std::make_unique<VerifiedCache>(cache_entries)) {
    SLUICE_ASSERT(trust_ != nullptr);
}

ChainVerifier::~ChainVerifier() = default;
ChainVerifier::ChainVerifier(ChainVerifier&&) noexcept = default;

void ChainVerifier::replace(std::shared_ptr<const TrustStore> trust,
                            std::shared_ptr<const CrlStore> crls, VerifyPolicy policy) {
    SLUICE_ASSERT(trust != nullptr);
    trust_ = std::move(trust);
    crls_ = std::move(crls);
    policy_ = std::move(policy);
    cache_->clear();
}

Verdict ChainVerifier::verify(const VerifyRequest& request) {
    SLUICE_ASSERT(request.leaf != nullptr);
    if (const Check sizes = check_sizes(request, policy_); !sizes.ok()) return refuse(sizes);
    std::string name;
    if (const Check asked = canonical_question(request, policy_, name); !asked.ok())
        return refuse(asked);
    const ipc::Sha256 key = cache_key(request, name, *trust_, crls_.get());
    if (const VerifiedChain* found = cache_->find(key, request.now)) return from_cache(*found);

    const ParsedPtr leaf = parse(request.leaf);
    const Check alone = check_leaf_alone(*leaf, request, name, policy_);
    if (!alone.ok()) return refuse(alone, leaf->subject());
    const std::vector<ParsedPtr> pool = parse_all(request.intermediates);
    const RevocationQuestion question{request.staple,  request.staple_expected,
                                      request.purpose, request.revocation_at.value_or(request.now),
                                      crls_.get(),     pool};
    RevocationAnswer revocation;
    const SearchResult result = find_path(
        leaf, {policy_, request.purpose, request.now, *trust_, pool, [&](const Path& path) {
                   revocation = judge_revocation(path, question, policy_);
                   return revocation.check;
               }});
    if (!result.check.ok()) {
        Verdict verdict = refuse(result.check);
        verdict.detail += " (" + result.culprit + ")";
        return verdict;
    }
    Verdict verdict = accepted(result.path, revocation);
    VerifiedChain kept{{}, begin_of(result.path), verdict.good_until, verdict.revocation_known};
    for (const CertificateHandle& x : verdict.chain)
        kept.chain.push_back(share(x.get()));
    cache_->keep(key, std::move(kept));
    return verdict;
}

Verdict ChainVerifier::verify_der(std::span<const Bytes> certificates, VerifyRequest request) {
    if (certificates.size() > policy_.certificates_max)
        return refuse({Fault::too_large, "more certificates than the limit"});
    std::vector<CertificateHandle> owned;
    std::vector<X509*> borrowed;
    for (const Bytes der : certificates) {
        if (der.size() > policy_.certificate_bytes_max)
            return refuse({Fault::too_large, "a certificate of more bytes than the limit"});
        CertificateHandle x = certificate_from_der(der);
        // An intermediate that cannot be read is no help; a leaf that cannot is no leaf.
        if (x == nullptr && owned.empty())
            return refuse({Fault::malformed, "RFC 5280 4.1: not a DER certificate"});
        if (x == nullptr) continue;
        borrowed.push_back(x.get());
        owned.push_back(std::move(x));
    }
    if (owned.empty()) return refuse({Fault::malformed, "no certificate came"});
    request.leaf = borrowed.front();
    request.intermediates = std::span(borrowed).subspan(1);
    return verify(request);
}

}  // namespace sluice::certs::verify

#include "certs/verify/trust_store.h"

#include <algorithm>
#include <cstring>

#include "certs/verify/parsed.h"
#include "certs/verify/pem_file.h"

namespace sluice::certs::verify {

TrustStore::~TrustStore() = default;

Result<std::shared_ptr<const TrustStore>, std::string> TrustStore::load(const std::string& file,
                                                                        Vetting vetting) {
    SLUICE_TRY(bytes, read_small_file(file, kFileBytesMax));
    SLUICE_TRY(blocks, pem_blocks(as_text(bytes), "CERTIFICATE"));
    if (blocks.empty())
        return Err{file + ": no certificate in it; give a PEM file of the authorities to trust"};
    if (blocks.size() > kAnchorsMax)
        return Err{file + ": more than " + std::to_string(kAnchorsMax) + " certificates; split it"};
    std::shared_ptr<TrustStore> store(new TrustStore(vetting));
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const CertificateHandle anchor = certificate_from_der(blocks[i]);
        if (anchor == nullptr)
            return Err{file + ": certificate number " + std::to_string(i + 1) +
                       " cannot be read; take it out or replace it"};
        store->add(anchor.get());
    }
    store->close();
    return std::shared_ptr<const TrustStore>(std::move(store));
}

std::shared_ptr<const TrustStore> TrustStore::of(std::span<X509* const> anchors, Vetting vetting) {
    std::shared_ptr<TrustStore> store(new TrustStore(vetting));
    for (X509* anchor : anchors)
        store->add(anchor);
    store->close();
    return store;
}

void TrustStore::add(X509* anchor) {
    auto parsed = parse(anchor);
    by_subject_[canonical_key(parsed->subject())].push_back(parsed);
    fingerprints_.push_back(parsed->fingerprint);
}

void TrustStore::close() {
    std::sort(fingerprints_.begin(), fingerprints_.end());
    fingerprints_.erase(std::unique(fingerprints_.begin(), fingerprints_.end()),
                        fingerprints_.end());
    size_ = fingerprints_.size();
    ipc::Sha256Stream all;
    for (const ipc::Sha256& fingerprint : fingerprints_)
        all.add(std::as_bytes(std::span(fingerprint)));
    generation_ = all.result();
}

std::span<const std::shared_ptr<const Parsed>> TrustStore::with_subject(
    const X509_NAME* name) const {
    const auto found = by_subject_.find(canonical_key(name));
    if (found == by_subject_.end()) return {};
    return found->second;
}

bool TrustStore::contains(const ipc::Sha256& fingerprint) const {
    return std::binary_search(fingerprints_.begin(), fingerprints_.end(), fingerprint);
}

}  // namespace sluice::certs::verify

#include "certs/signer/origin.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstring>
#include <vector>

#include "certs/log/log_files.h"

namespace sluice::certs {
namespace {

using Refusal = ipc::SignerRefusal;
using Chain = std::vector<X509Ptr>;

constexpr std::size_t kAnchorsBytesMax = 16u << 20;

// Each certificate is signed by the next, which is a CA; the last is the anchor.
bool hangs_together(const Chain& chain) {
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
        X509* const issuer = chain[i + 1].get();
        if (X509_check_ca(issuer) == 0 || X509_check_issued(issuer, chain[i].get()) != X509_V_OK ||
            X509_verify(chain[i].get(), X509_get0_pubkey(issuer)) != 1)
            return false;
    }
    return true;
}

bool all_valid(const Chain& chain, UtcTime now) {
    for (const X509Ptr& certificate : chain) {
        const auto validity = validity_of(certificate.get());
        if (!validity || !validity->contains(now)) return false;
    }
    return true;
}

}  // namespace

std::size_t TrustAnchors::First8::operator()(const ipc::Sha256& hash) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, hash.data(), sizeof value);
    return value;
}

Result<TrustAnchors, std::string> TrustAnchors::load(const std::filesystem::path& pem_file) {
    const auto text = read_file(pem_file, kAnchorsBytesMax);
    if (!text)
        return Err{pem_file.string() + ": cannot be read; name a PEM file of root certificates"};
    const BioPtr memory(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
    TrustAnchors anchors;
    while (const X509Ptr certificate{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)})
        anchors.add(fingerprint(der_of(certificate.get())));
    const bool to_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!to_the_end || anchors.size() == 0)
        return Err{pem_file.string() +
                   ": holds a certificate that cannot be read, or none; after " +
                   std::to_string(anchors.size()) + " good ones"};
    return anchors;
}

Result<Origin, Refusal> check_origin(std::span<const Bytes> chain, const Subject& subject,
                                     const TrustAnchors& anchors, UtcTime now) {
    if (chain.empty()) return Err{Refusal::no_origin_chain};
    Chain parsed;
    for (Bytes der : chain) {
        parsed.push_back(parse_certificate(der));
        if (!parsed.back()) return Err{Refusal::bad_origin_chain};
    }
    const bool together = hangs_together(parsed);
    ERR_clear_error();
    if (!together) return Err{Refusal::bad_origin_chain};
    const Origin origin{fingerprint(chain.front()), fingerprint(chain.back()),
                        validity_of(parsed.front().get()).value_or(Validity{})};
    if (!anchors.has(origin.anchor)) return Err{Refusal::origin_untrusted};
    if (says_ca(parsed.front().get())) return Err{Refusal::origin_is_ca};
    if (!all_valid(parsed, now)) return Err{Refusal::origin_expired};
    if (!covers(parsed.front().get(), subject)) return Err{Refusal::name_not_covered};
    return origin;
}

}  // namespace sluice::certs

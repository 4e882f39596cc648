#include "certs/signer/origin.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "certs/log/log_files.h"
#include "rules/ipc/signer_check.h"

namespace sluice::certs {
namespace {

using Refusal = ipc::SignerRefusal;

constexpr std::size_t kAnchorsBytesMax = 16u << 20;

bool signed_by(X509* certificate, X509* issuer) {
    const bool good = X509_check_ca(issuer) != 0 &&
                      X509_check_issued(issuer, certificate) == X509_V_OK &&
                      X509_verify(certificate, X509_get0_pubkey(issuer)) == 1;
    ERR_clear_error();
    return good;
}

constexpr Validity kNever{UtcTime{1}, UtcTime{0}};

Validity together(const Validity& a, const Validity& b) {
    return {std::max(a.not_before, b.not_before), std::min(a.not_after, b.not_after)};
}

// Each is signed by the next; null when not.
std::shared_ptr<const Authority> read_authority(std::span<const Bytes> above) {
    auto authority = std::make_shared<Authority>();
    X509Ptr below;
    for (Bytes der : above) {
        X509Ptr certificate = parse_certificate(der);
        if (!certificate || (below && !signed_by(below.get(), certificate.get()))) return nullptr;
        const Validity own = validity_of(certificate.get()).value_or(kNever);
        authority->validity = below ? together(authority->validity, own) : own;
        if (!authority->issuer && below) authority->issuer = std::move(below);
        below = std::move(certificate);
    }
    if (!authority->issuer) authority->issuer = std::move(below);
    return authority;
}

ipc::Sha256 key_of(std::span<const Bytes> above) {
    std::vector<std::uint8_t> all;
    for (Bytes der : above)
        ipc::add_to_chain(all, der);
    return ipc::sha256(std::as_bytes(std::span(all)));
}

}  // namespace

std::size_t FirstEight::operator()(const ipc::Sha256& hash) const noexcept {
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

std::shared_ptr<const Authority> Authorities::find(std::span<const Bytes> above) {
    const ipc::Sha256 key = key_of(above);
    if (const auto at = known_.find(key); at != known_.end()) return at->second;
    auto authority = read_authority(above);
    if (!authority) return nullptr;  // not remembered: outsiders could fill the table with them
    if (known_.size() >= kAuthoritiesMax) known_.clear();
    known_.emplace(key, authority);
    return authority;
}

Result<Origin, Refusal> check_origin(const OriginQuestion& question, const TrustAnchors& anchors,
                                     Authorities& authorities) {
    const std::span<const Bytes> chain = question.chain;
    if (chain.empty()) return Err{Refusal::no_origin_chain};
    const X509Ptr leaf = parse_certificate(chain.front());
    if (!leaf) return Err{Refusal::bad_origin_chain};
    Origin origin{fingerprint(chain.front()), fingerprint(chain.back()),
                  validity_of(leaf.get()).value_or(kNever)};
    Validity all = origin.validity;
    if (chain.size() > 1) {
        const auto authority = authorities.find(chain.subspan(1));
        if (!authority || !signed_by(leaf.get(), authority->issuer.get()))
            return Err{Refusal::bad_origin_chain};
        all = together(all, authority->validity);
    }
    if (!anchors.has(origin.anchor)) return Err{Refusal::origin_untrusted};
    if (says_ca(leaf.get())) return Err{Refusal::origin_is_ca};
    if (!all.contains(question.now)) return Err{Refusal::origin_expired};
    if (!covers(leaf.get(), question.subject)) return Err{Refusal::name_not_covered};
    return origin;
}

}  // namespace sluice::certs

#include "control/requests/envelope.h"

#include <openssl/err.h>
#include <openssl/pem.h>

// Declares its PEM functions only where pem.h came first.
#include <openssl/cms.h>

#include <algorithm>

#include "certs/verify/parsed.h"

namespace sluice::control::requests {
namespace {

using certs::verify::CertificateHandle;
using certs::verify::FreedBy;
using CmsHandle = std::unique_ptr<CMS_ContentInfo, FreedBy<CMS_ContentInfo_free>>;
using BioHandle = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;

Err<Refusal> refuse(Fault fault, std::string detail = {}) {
    ERR_clear_error();
    return Err{Refusal{fault, std::move(detail)}};
}

BioHandle bio_of(const std::string& bytes) {
    return BioHandle(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string text_of(const ASN1_OBJECT* object) {
    char text[128] = {};
    OBJ_obj2txt(text, sizeof text, object, 1);
    return text;
}

CmsHandle parse(const std::string& message) {
    const BioHandle bio = bio_of(message);
    if (message.starts_with("-----BEGIN "))
        return CmsHandle(PEM_read_bio_CMS(bio.get(), nullptr, nullptr, nullptr));
    CmsHandle cms(d2i_CMS_bio(bio.get(), nullptr));
    // Bytes behind the message were signed by nobody.
    return BIO_pending(bio.get()) == 0 ? std::move(cms) : nullptr;
}

const ASN1_OBJECT* object_of(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    return object;
}

// The OID that is not accepted; empty when both are.
std::string odd_algorithm(CMS_SignerInfo* signer) {
    constexpr int kDigests[] = {NID_sha256, NID_sha384, NID_sha512};
    constexpr int kSignatures[] = {NID_rsaEncryption,
                                   NID_sha256WithRSAEncryption,
                                   NID_sha384WithRSAEncryption,
                                   NID_sha512WithRSAEncryption,
                                   NID_rsassaPss,
                                   NID_ecdsa_with_SHA256,
                                   NID_ecdsa_with_SHA384,
                                   NID_ecdsa_with_SHA512,
                                   NID_ED25519};
    X509_ALGOR *digest = nullptr, *signature = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
    const auto among = [](const auto& list, const X509_ALGOR* a) {
        return std::ranges::find(list, OBJ_obj2nid(object_of(a))) != std::end(list);
    };
    if (!among(kSignatures, signature)) return text_of(object_of(signature));
    if (!among(kDigests, digest)) return text_of(object_of(digest));
    return {};
}

// The algorithms OpenSSL has of its own and nobody may use any more are not a provider's to bring.
bool is_weak(CMS_SignerInfo* signer) {
    constexpr int kWeak[] = {NID_md4, NID_md5, NID_sha1, NID_ripemd160, NID_mdc2};
    X509_ALGOR* digest = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, nullptr);
    return std::ranges::find(kWeak, OBJ_obj2nid(object_of(digest))) != std::end(kWeak);
}

// A provider's algorithm is for a provider's kind of key.
bool has_own_key(const X509* certificate) {
    const EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr) return false;
    const int kind = EVP_PKEY_get_base_id(key);
    return kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS || kind == EVP_PKEY_EC ||
           kind == EVP_PKEY_ED25519;
}

std::optional<UtcTime> signing_time(CMS_SignerInfo* signer) {
    const ASN1_OBJECT* object = OBJ_nid2obj(NID_pkcs9_signingTime);
    constexpr int kOneWithOneValue = -3;
    for (const int type : {V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME})
        if (const void* time = CMS_signed_get0_data_by_OBJ(signer, object, kOneWithOneValue, type))
            return certs::verify::instant_of(static_cast<const ASN1_TIME*>(time));
    return std::nullopt;
}

// The certificate the signer info names, and the rest.
void sort_certificates(CMS_ContentInfo* cms, CMS_SignerInfo* signer, Envelope& out) {
    STACK_OF(X509)* all = CMS_get1_certs(cms);
    for (int i = 0; i < sk_X509_num(all); ++i) {
        CertificateHandle x = certs::verify::share(sk_X509_value(all, i));
        if (out.signer == nullptr && CMS_SignerInfo_cert_cmp(signer, x.get()) == 0)
            out.signer = std::move(x);
        else
            out.others.push_back(std::move(x));
    }
    sk_X509_pop_free(all, X509_free);
}

// Digest, signed attributes and signature. The certificate's own standing is not asked here.
bool signature_is_good(CMS_ContentInfo* cms, const std::optional<std::string>& content,
                       std::string& signed_bytes) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    const BioHandle detached = content ? bio_of(*content) : nullptr;
    const unsigned flags = CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY;
    if (CMS_verify(cms, nullptr, nullptr, detached.get(), out.get(), flags) != 1) return false;
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    signed_bytes.assign(data, static_cast<std::size_t>(std::max(size, 0l)));
    return true;
}

// The message's one signer; a refusal when its form is not a request's.
Result<CMS_SignerInfo*, Refusal> signer_of(CMS_ContentInfo* cms, bool with_content) {
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) return refuse(Fault::not_cms);
    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
        return refuse(Fault::wrong_content_type, text_of(CMS_get0_eContentType(cms)));
    ASN1_OCTET_STRING** inside = CMS_get0_content(cms);
    const bool attached = inside != nullptr && *inside != nullptr;
    if (attached && with_content) return refuse(Fault::two_contents);
    if (!attached && !with_content) return refuse(Fault::no_content);
    STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms);
    if (sk_CMS_SignerInfo_num(signers) != 1) return refuse(Fault::not_one_signer);
    return sk_CMS_SignerInfo_value(signers, 0);
}

}  // namespace

Result<Envelope, Refusal> open_envelope(const std::string& message,
                                        const std::optional<std::string>& content, bool foreign) {
    if (message.size() > kRequestBytesMax || (content && content->size() > kRequestBytesMax))
        return refuse(Fault::too_large);
    const CmsHandle cms = parse(message);
    if (cms == nullptr) return refuse(Fault::not_cms);
    SLUICE_TRY(signer, signer_of(cms.get(), content.has_value()));
    Envelope out;
    sort_certificates(cms.get(), signer, out);
    if (out.signer == nullptr) return refuse(Fault::no_certificate);
    const auto signed_at = signing_time(signer);
    if (!signed_at) return refuse(Fault::no_signing_time);
    out.signed_at = *signed_at;
    const std::string odd = odd_algorithm(signer);
    if (!odd.empty() && (!foreign || is_weak(signer) || has_own_key(out.signer.get())))
        return refuse(Fault::algorithm, odd + " (requests.yaml: providers)");
    if (!signature_is_good(cms.get(), content, out.content)) {
        // A provider was configured, and it is not this algorithm's.
        const unsigned long error = ERR_peek_error();
        const bool unknown = ERR_GET_REASON(error) == CMS_R_UNKNOWN_DIGEST_ALGORITHM ||
                             X509_get0_pubkey(out.signer.get()) == nullptr;
        if (!odd.empty() && unknown) return refuse(Fault::algorithm, odd);
        return refuse(Fault::bad_signature);
    }
    ERR_clear_error();
    return out;
}

}  // namespace sluice::control::requests

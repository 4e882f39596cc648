#include "dataplane/inspect/trust_store.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <cstring>

namespace sluice::inspect {
namespace {

constexpr int kSecurityLevel = 2;  // RSA of 2048 bits, no SHA-1 (OpenSSL: SSL_CTX_set_security_level)
constexpr unsigned char kTlsFeature[] = {0x30, 0x03, 0x02, 0x01, 0x05};  // RFC 7633: status_request

struct ContextFree {
    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};

std::vector<std::uint8_t> der_of(X509* certificate) {
    unsigned char* made = nullptr;
    const int size = i2d_X509(certificate, &made);
    std::vector<std::uint8_t> der;
    if (size > 0) der.assign(made, made + size);
    OPENSSL_free(made);
    return der;
}

OriginFault fault_of(int error) {
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
            return OriginFault::expired;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return OriginFault::wrong_name;
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return OriginFault::weak;
        case X509_V_ERR_CERT_REVOKED:
            return OriginFault::revoked;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED:
            return OriginFault::untrusted_issuer;
        default:
            return OriginFault::malformed;
    }
}

bool wants_staple(X509* certificate) {
    const int at = X509_get_ext_by_NID(certificate, NID_tlsfeature, -1);
    if (at < 0) return false;
    const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
    return static_cast<std::size_t>(ASN1_STRING_length(value)) == sizeof kTlsFeature &&
           std::memcmp(ASN1_STRING_get0_data(value), kTlsFeature, sizeof kTlsFeature) == 0;
}

std::string subject_of(const ChainQuestion& question) {
    return question.name.empty() ? to_text(question.address) : std::string(question.name);
}

}  // namespace

Result<std::unique_ptr<TrustStore>, std::string> TrustStore::load(const std::string& pem_file) {
    X509_STORE* store = X509_STORE_new();
    if (store != nullptr && X509_STORE_load_file(store, pem_file.c_str()) == 1)
        return std::unique_ptr<TrustStore>(new TrustStore(store));
    X509_STORE_free(store);
    return Err{pem_file + ": cannot be read; name a PEM file of root certificates as trust_store"};
}

ChainVerdict TrustStore::verify(const ChainQuestion& question) {
    std::string what = subject_of(question) + '\n';
    for (int i = 0; i < sk_X509_num(question.chain); ++i) {
        Key digest{};
        unsigned size = 0;
        X509_digest(sk_X509_value(question.chain, i), EVP_sha256(), digest.data(), &size);
        what.append(as_text(digest));
    }
    Key key;
    SHA256(as_bytes(what).data(), what.size(), key.data());
    const std::int64_t now = question.now.raw();
    if (const auto found = kept_.find(key); found != kept_.end()) {
        const std::int64_t since = found->second.since.raw();
        if (since <= now && now - since < kKeepSeconds)
            return {.trusted = true, .path = found->second.path};
        kept_.erase(found);
    }
    ChainVerdict verdict = verify_anew(question);
    if (!verdict.trusted || question.resumed) return verdict;
    if (kept_.size() >= kKeptMax) kept_.clear();
    kept_[key] = {question.now, verdict.path};
    return verdict;
}

ChainVerdict TrustStore::verify_anew(const ChainQuestion& question) const {
    X509* own = sk_X509_value(question.chain, 0);
    const std::unique_ptr<X509_STORE_CTX, ContextFree> context(X509_STORE_CTX_new());
    if (!context || X509_STORE_CTX_init(context.get(), store_, own, question.chain) != 1)
        return {.fault = OriginFault::malformed, .detail = "no memory"};
    X509_STORE_CTX_set_default(context.get(), "ssl_server");
    X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_auth_level(wanted, kSecurityLevel);
    X509_VERIFY_PARAM_set_time(wanted, question.now.raw());
    const std::string subject = subject_of(question);
    if (question.name.empty())
        X509_VERIFY_PARAM_set1_ip_asc(wanted, subject.c_str());
    else
        X509_VERIFY_PARAM_set1_host(wanted, subject.c_str(), subject.size());
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                                X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_verify_cert(context.get()) != 1) {
        const int error = X509_STORE_CTX_get_error(context.get());
        return {.fault = fault_of(error), .detail = X509_verify_cert_error_string(error)};
    }
    if (wants_staple(own) && question.staple.empty() && !question.resumed)
        return {.fault = OriginFault::staple_missing, .detail = "RFC 7633"};
    auto path = std::make_shared<OriginPath>();
    STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
    for (int i = 0; i < sk_X509_num(chain); ++i)
        path->push_back(der_of(sk_X509_value(chain, i)));
    return {.trusted = true, .path = std::move(path)};
}

}  // namespace sluice::inspect

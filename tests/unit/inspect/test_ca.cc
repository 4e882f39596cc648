#include "tests/unit/inspect/test_ca.h"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "rules/base/assert.h"
#include "rules/base/ip.h"

namespace sluice::inspect::test {
namespace {

void add_extension(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    SLUICE_ASSERT(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

CertificatePtr begin(const std::string& name, std::int64_t from, std::int64_t until) {
    CertificatePtr certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
    const std::time_t now = std::time(nullptr);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now + from);
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now + until);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

}  // namespace

TestCa::TestCa(const std::string& name) {
    root_.key.reset(EVP_EC_gen("P-256"));
    root_.certificate = begin(name, -86'400, 10 * 86'400);
    X509* x = root_.certificate.get();
    X509_set_pubkey(x, root_.key.get());
    X509_set_issuer_name(x, X509_get_subject_name(x));
    add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(x, x, NID_key_usage, "critical,keyCertSign");
    add_extension(x, x, NID_subject_key_identifier, "hash");
    SLUICE_ASSERT(X509_sign(x, root_.key.get(), EVP_sha256()) > 0);
}

Issued TestCa::issue(const CertificateWish& wish, EVP_PKEY* key) const {
    Issued issued;
    if (key == nullptr) issued.key.reset(EVP_EC_gen("P-256"));
    issued.certificate = begin(wish.name, wish.from_seconds, wish.until_seconds);
    X509* x = issued.certificate.get();
    X509_set_pubkey(x, key != nullptr ? key : issued.key.get());
    X509_set_issuer_name(x, X509_get_subject_name(root_.certificate.get()));
    const bool address = parse_ip(wish.name).has_value();
    add_extension(x, root_.certificate.get(), NID_subject_alt_name,
                  (address ? "IP:" : "DNS:") + wish.name);
    SLUICE_ASSERT(X509_sign(x, root_.key.get(), EVP_sha256()) > 0);
    return issued;
}

}  // namespace sluice::inspect::test

#include "certs/x509/extension.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

using BasicPtr = std::unique_ptr<BASIC_CONSTRAINTS, Freed<BASIC_CONSTRAINTS_free>>;
using AuthorityPtr = std::unique_ptr<AUTHORITY_KEYID, Freed<AUTHORITY_KEYID_free>>;

}  // namespace

void add_extension(X509* certificate, int nid, void* value, bool critical) {
    const int added =
        X509_add1_ext_i2d(certificate, nid, value, critical ? 1 : 0, X509V3_ADD_APPEND);
    SLUICE_ASSERT(added == 1);
}

void set_random_serial(X509* certificate) {
    unsigned char bytes[16];
    SLUICE_ASSERT(RAND_bytes(bytes, sizeof bytes) == 1);
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
    const BignumPtr number(BN_bin2bn(bytes, sizeof bytes, nullptr));
    SLUICE_ASSERT(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void add_subject_key_id(X509* certificate) {
    unsigned char hash[SHA_DIGEST_LENGTH];
    unsigned size = 0;
    SLUICE_ASSERT(X509_pubkey_digest(certificate, EVP_sha1(), hash, &size) == 1);
    const OctetsPtr id(ASN1_OCTET_STRING_new());
    SLUICE_ASSERT(ASN1_OCTET_STRING_set(id.get(), hash, static_cast<int>(size)) == 1);
    add_extension(certificate, NID_subject_key_identifier, id.get(), false);
}

void add_authority_key_id(X509* certificate, const X509* issuer) {
    // The getter fills a cache inside, which is why OpenSSL wants it writable.
    const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(const_cast<X509*>(issuer));
    SLUICE_ASSERT(id != nullptr);
    const AuthorityPtr authority(AUTHORITY_KEYID_new());
    authority->keyid = ASN1_OCTET_STRING_dup(id);
    add_extension(certificate, NID_authority_key_identifier, authority.get(), false);
}

void add_basic_constraints(X509* certificate, bool ca, int path_length) {
    const BasicPtr basic(BASIC_CONSTRAINTS_new());
    basic->ca = ca ? 0xff : 0;
    if (ca) {
        basic->pathlen = ASN1_INTEGER_new();
        SLUICE_ASSERT(ASN1_INTEGER_set(basic->pathlen, path_length) == 1);
    }
    add_extension(certificate, NID_basic_constraints, basic.get(), true);
}

void add_key_usage(X509* certificate, unsigned bits) {
    const BitsPtr usage(ASN1_BIT_STRING_new());
    // KU_ constants count bits from the top of the first byte, as the encoding does.
    for (int bit = 0; bit < 8; ++bit)
        if ((bits & (0x80u >> bit)) != 0) ASN1_BIT_STRING_set_bit(usage.get(), bit, 1);
    add_extension(certificate, NID_key_usage, usage.get(), true);
}

void set_validity(X509* certificate, std::int64_t not_before_utc, std::int64_t not_after_utc) {
    SLUICE_ASSERT(ASN1_TIME_set(X509_getm_notBefore(certificate), not_before_utc) != nullptr);
    SLUICE_ASSERT(ASN1_TIME_set(X509_getm_notAfter(certificate), not_after_utc) != nullptr);
}

bool sign_certificate(X509* certificate, EVP_PKEY* issuer_key) {
    const bool ed = EVP_PKEY_get_base_id(issuer_key) == EVP_PKEY_ED25519;
    return X509_sign(certificate, issuer_key, ed ? nullptr : EVP_sha256()) > 0;
}

}  // namespace sluice::certs

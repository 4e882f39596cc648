#include "certs/verify/key_strength.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace sluice::certs::verify {
namespace {

using Number = std::unique_ptr<BIGNUM, FreedBy<BN_free>>;

Check weak(const char* why) { return {Fault::weak_key, why}; }

Check check_rsa(const EVP_PKEY* key, const VerifyPolicy& policy) {
    const auto bits = static_cast<unsigned>(EVP_PKEY_get_bits(key));
    if (bits < policy.rsa_bits_min || bits > policy.rsa_bits_max)
        return weak("CA/B BR 6.1.5: an RSA modulus below or above the policy's size");
    if (bits % 8 != 0) return weak("CA/B BR 6.1.5: an RSA modulus of bits not divisible by 8");
    BIGNUM *n = nullptr, *e = nullptr;
    const bool got = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
                     EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1;
    const Number modulus(n), exponent(e);
    if (!got || !BN_is_odd(modulus.get())) return weak("CA/B BR 6.1.6: an even RSA modulus");
    // Below 2^64: larger ones only cost time (BR 6.1.6 recommends below 2^256; nobody uses them).
    if (!BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) || BN_num_bits(exponent.get()) > 64)
        return weak("CA/B BR 6.1.6: an RSA exponent that is even, below 3 or huge");
    return {};
}

Check check_ec(const Parsed& p, const EVP_PKEY* key) {
    X509_ALGOR* algorithm = nullptr;
    int parameters = 0;
    X509_PUBKEY_get0_param(nullptr, nullptr, nullptr, &algorithm,
                           X509_get_X509_PUBKEY(p.x509.get()));
    X509_ALGOR_get0(nullptr, &parameters, nullptr, algorithm);
    if (parameters != V_ASN1_OBJECT)
        return weak("RFC 5480 2.1.1: a curve given by its numbers instead of its name");
    char name[64] = {};
    std::size_t length = 0;
    EVP_PKEY_get_group_name(key, name, sizeof name, &length);
    const int curve = OBJ_txt2nid(name);
    if (curve != NID_X9_62_prime256v1 && curve != NID_secp384r1 && curve != NID_secp521r1)
        return weak("CA/B BR 6.1.5: a curve other than P-256, P-384 and P-521");
    return {};
}

std::uint16_t family_of_pss(const X509_ALGOR* algorithm) {
    const void* value = nullptr;
    int type = 0;
    X509_ALGOR_get0(nullptr, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE) return 0;  // no parameters: SHA-1 (RFC 4055 3.1)
    using Pss = std::unique_ptr<RSA_PSS_PARAMS, FreedBy<RSA_PSS_PARAMS_free>>;
    const auto* sequence = static_cast<const ASN1_STRING*>(value);
    const Pss pss(
        static_cast<RSA_PSS_PARAMS*>(ASN1_item_unpack(sequence, ASN1_ITEM_rptr(RSA_PSS_PARAMS))));
    if (pss == nullptr || pss->hashAlgorithm == nullptr) return 0;
    const ASN1_OBJECT* hash = nullptr;
    X509_ALGOR_get0(&hash, nullptr, nullptr, pss->hashAlgorithm);
    const int nid = OBJ_obj2nid(hash);
    const bool sha2 = nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
    return sha2 ? kRsaPssSha2 : 0;
}

// Of a kind that OpenSSL itself has no code for: its own weak ones (SHA-1, DSA) are not among them.
bool is_foreign_key(int nid) {
    constexpr int kOwn[] = {EVP_PKEY_NONE,  EVP_PKEY_RSA,  EVP_PKEY_RSA2, EVP_PKEY_RSA_PSS,
                            EVP_PKEY_DSA,   EVP_PKEY_DSA1, EVP_PKEY_DSA2, EVP_PKEY_DSA3,
                            EVP_PKEY_DSA4,  EVP_PKEY_EC,   EVP_PKEY_SM2,  EVP_PKEY_ED25519,
                            EVP_PKEY_ED448, EVP_PKEY_DH,   EVP_PKEY_DHX,  EVP_PKEY_X25519,
                            EVP_PKEY_X448};
    return std::find(std::begin(kOwn), std::end(kOwn), nid) == std::end(kOwn);
}

std::uint16_t foreign_family(int signature) {
    int digest = NID_undef, key = NID_undef;
    const bool known = OBJ_find_sigid_algs(signature, &digest, &key) == 1;
    return known && is_foreign_key(key) ? kForeign : 0;
}

std::uint16_t family_of(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    const int nid = OBJ_obj2nid(object);
    switch (nid) {
        case NID_sha256WithRSAEncryption:
        case NID_sha384WithRSAEncryption:
        case NID_sha512WithRSAEncryption:
            return kRsaPkcs1Sha2;
        case NID_ecdsa_with_SHA256:
        case NID_ecdsa_with_SHA384:
        case NID_ecdsa_with_SHA512:
            return kEcdsaSha2;
        case NID_rsassaPss:
            return family_of_pss(algorithm);
        case NID_ED25519:
            return kEd25519;
        default:
            return foreign_family(nid);
    }
}

}  // namespace

Check check_key(const Parsed& p, const VerifyPolicy& policy) {
    const EVP_PKEY* key = p.key();
    if (key == nullptr) return weak("a public key of a kind that is not known");
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return check_rsa(key, policy);
        case EVP_PKEY_EC:
            return check_ec(p, key);
        case EVP_PKEY_ED25519:
            if ((policy.signature_algorithms & kEd25519) != 0) return {};
            return weak("CA/B BR 6.1.5: Ed25519 is not taken by this policy");
        default:
            if ((policy.signature_algorithms & kForeign) != 0 &&
                is_foreign_key(EVP_PKEY_get_base_id(key)))
                return {};
            return weak("CA/B BR 6.1.5: a key that is neither RSA nor ECDSA");
    }
}

Check check_algorithm(const X509_ALGOR* algorithm, const VerifyPolicy& policy) {
    if ((family_of(algorithm) & policy.signature_algorithms) != 0) return {};
    return {Fault::weak_signature, "CA/B BR 7.1.3.2: a signature algorithm that is not accepted"};
}

Check check_signature_algorithm(const X509* certificate, const VerifyPolicy& policy) {
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, certificate);
    return check_algorithm(algorithm, policy);
}

}  // namespace sluice::certs::verify

#include "certs/leaf/mint.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <cstring>

#include "certs/x509/extension.h"
#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, Freed<NAME_CONSTRAINTS_free>>;
using UsagePtr = std::unique_ptr<EXTENDED_KEY_USAGE, Freed<EXTENDED_KEY_USAGE_free>>;

bool is_rsa(const EVP_PKEY* key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA; }

bool is_p256(const EVP_PKEY* key) {
    char group[32];
    std::size_t size = 0;
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
           std::strcmp(group, SN_X9_62_prime256v1) == 0;
}

void add_subject(X509* leaf, const Subject& subject) {
    const NamesPtr names(GENERAL_NAMES_new());
    GENERAL_NAME* name = GENERAL_NAME_new();
    SLUICE_ASSERT(names && name != nullptr && sk_GENERAL_NAME_push(names.get(), name) > 0);
    if (subject.address) {
        const std::size_t skip = subject.address->is_v4() ? 12 : 0;
        name->type = GEN_IPADD;
        name->d.iPAddress = ASN1_OCTET_STRING_new();
        SLUICE_ASSERT(ASN1_OCTET_STRING_set(name->d.iPAddress, subject.address->bytes.data() + skip,
                                            static_cast<int>(16 - skip)) == 1);
    } else {
        name->type = GEN_DNS;
        name->d.dNSName = ASN1_IA5STRING_new();
        SLUICE_ASSERT(ASN1_STRING_set(name->d.dNSName, subject.name.data(),
                                      static_cast<int>(subject.name.size())) == 1);
    }
    add_extension(leaf, NID_subject_alt_name, names.get(), true);
}

void add_server_usage(X509* leaf) {
    const UsagePtr usage(EXTENDED_KEY_USAGE_new());
    SLUICE_ASSERT(sk_ASN1_OBJECT_push(usage.get(), OBJ_nid2obj(NID_server_auth)) > 0);
    add_extension(leaf, NID_ext_key_usage, usage.get(), false);
}

bool within_constraints(X509* leaf, const X509* issuer) {
    const ConstraintsPtr constraints(static_cast<NAME_CONSTRAINTS*>(
        X509_get_ext_d2i(issuer, NID_name_constraints, nullptr, nullptr)));
    return !constraints || NAME_CONSTRAINTS_check(leaf, constraints.get()) == X509_V_OK;
}

}  // namespace

bool is_leaf_key(const EVP_PKEY* key) {
    const bool kind = is_p256(key) || (is_rsa(key) && EVP_PKEY_get_bits(key) >= 2'048 &&
                                       EVP_PKEY_get_bits(key) <= 4'096);
    if (!kind) return false;
    const KeyContextPtr context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, const_cast<EVP_PKEY*>(key), nullptr));
    const bool sound = EVP_PKEY_public_check(context.get()) == 1;
    ERR_clear_error();
    return sound;
}

std::optional<Validity> clip_validity(const Validity& wanted, const Issuer& issuer,
                                      const std::optional<Validity>& origin, UtcTime now) {
    Validity v{std::max(wanted.not_before, issuer.validity.not_before),
               std::min(wanted.not_after, issuer.validity.not_after)};
    if (origin) {
        v.not_before = std::max(v.not_before, origin->not_before);
        v.not_after = std::min(v.not_after, origin->not_after);
    }
    // The seven days are counted from a little before now, and never go past what is left.
    v.not_before = std::max(v.not_before, UtcTime{now.raw() - kBackdateSecondsMax});
    v.not_after = std::min(v.not_after, UtcTime{v.not_before.raw() + kLeafSecondsMax});
    if (!v.contains(now)) return std::nullopt;
    return v;
}

X509Ptr mint_leaf(const LeafPlan& plan, const Issuer& issuer) {
    X509Ptr leaf(X509_new());
    X509* x = leaf.get();
    SLUICE_ASSERT(x != nullptr && X509_set_version(x, X509_VERSION_3) == 1 &&
                  X509_set_pubkey(x, plan.key) == 1);
    set_random_serial(x);
    set_validity(x, plan.validity.not_before.raw(), plan.validity.not_after.raw());
    X509_set_issuer_name(x, X509_get_subject_name(issuer.certificate.get()));
    add_subject(x, plan.subject);
    add_basic_constraints(x, false, 0);
    add_key_usage(
        x, is_rsa(plan.key) ? KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT : KU_DIGITAL_SIGNATURE);
    add_server_usage(x);
    add_subject_key_id(x);
    add_authority_key_id(x, issuer.certificate.get());
    if (!sign_certificate(x, issuer.key.get())) leaf.reset();
    return leaf;
}

bool is_as_promised(Bytes der, const LeafPlan& plan, const Issuer& issuer) {
    const X509Ptr leaf = parse_certificate(der);
    if (!leaf) return false;
    X509* x = leaf.get();
    const auto subject = only_subject(x);
    const auto validity = validity_of(x);
    const bool good = subject == plan.subject && !says_ca(x) &&
                      X509_NAME_entry_count(X509_get_subject_name(x)) == 0 &&
                      X509_get_extended_key_usage(x) == XKU_SSL_SERVER &&
                      (X509_get_key_usage(x) & KU_KEY_CERT_SIGN) == 0 && validity &&
                      validity->not_before == plan.validity.not_before &&
                      validity->not_after == plan.validity.not_after &&
                      EVP_PKEY_eq(X509_get0_pubkey(x), plan.key) == 1 &&
                      X509_check_issued(issuer.certificate.get(), x) == X509_V_OK &&
                      X509_verify(x, X509_get0_pubkey(issuer.certificate.get())) == 1 &&
                      within_constraints(x, issuer.certificate.get());
    ERR_clear_error();
    return good;
}

}  // namespace sluice::certs

#include "tests/unit/verify/pki.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <cstdio>

#include "rules/base/assert.h"

namespace sluice::certs::verify::test {
namespace {

void add_name(X509_NAME* name, const std::string& text) {
    if (!text.empty())
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
}

void set_time(X509* x, bool end, const std::string& text) {
    ASN1_TIME* time = ASN1_TIME_new();
    if (text.empty()) {
        ASN1_TIME_set(time, kNoon + (end ? 5 : -5) * kDay);
    } else {  // any text at all: the type by its length
        time->type = text.size() >= 15 ? V_ASN1_GENERALIZEDTIME : V_ASN1_UTCTIME;
        ASN1_STRING_set(time, text.data(), static_cast<int>(text.size()));
    }
    end ? X509_set1_notAfter(x, time) : X509_set1_notBefore(x, time);
    ASN1_TIME_free(time);
}

void set_serial(X509* x, const std::string& hexadecimal) {
    BIGNUM* number = nullptr;
    BN_hex2bn(&number, hexadecimal.c_str());
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
}

void add_extensions(X509* x, X509* issuer, const Spec& spec) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
    X509V3_set_ctx_nodb(&context);
    for (const auto& [name, value] : spec.extensions) {
        if (value.empty()) continue;
        X509_EXTENSION* extension =
            X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str());
        if (extension == nullptr)
            std::fprintf(stderr, "no extension: %s = %s\n", name.c_str(), value.c_str());
        SLUICE_ASSERT(extension != nullptr);
        X509_add_ext(x, extension, -1);
        X509_EXTENSION_free(extension);
    }
}

}  // namespace

Spec& Spec::set(const std::string& extension, const std::string& value) {
    for (auto& [name, text] : extensions)
        if (name == extension) {
            text = value;
            return *this;
        }
    return add(extension, value);
}

Spec& Spec::add(const std::string& extension, const std::string& value) {
    extensions.emplace_back(extension, value);
    return *this;
}

Der Made::der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(x509.get(), &bytes);
    Der der(bytes, bytes + size);
    OPENSSL_free(bytes);
    return der;
}

Spec root_spec(const std::string& name) {
    Spec spec;
    spec.common_name = name;
    return spec.set("basicConstraints", "critical,CA:TRUE")
        .set("keyUsage", "critical,keyCertSign,cRLSign")
        .set("subjectKeyIdentifier", "hash");
}

Spec authority_spec(const std::string& name) {
    return root_spec(name).set("authorityKeyIdentifier", "keyid:always");
}

Spec leaf_spec(const std::string& name) {
    Spec spec;
    spec.common_name = name;
    return spec.set("basicConstraints", "critical,CA:FALSE")
        .set("keyUsage", "critical,digitalSignature")
        .set("extendedKeyUsage", "serverAuth")
        .set("subjectKeyIdentifier", "hash")
        .set("authorityKeyIdentifier", "keyid:always")
        .set("subjectAltName", "DNS:host.example.org");
}

Made make(const Spec& spec, const Made* issuer) {
    Made made{CertificateHandle(X509_new()), KeyHandle(spec.key)};
    spec.key != nullptr ? void(EVP_PKEY_up_ref(spec.key)) : void(made.key = ec_key("P-256"));
    X509* x = made.x509.get();
    X509_set_version(x, spec.version - 1);
    set_serial(x, spec.serial);
    set_time(x, false, spec.not_before);
    set_time(x, true, spec.not_after);
    X509_set_pubkey(x, made.key.get());
    add_name(X509_get_subject_name(x), spec.common_name);
    add_name(X509_get_subject_name(x), spec.second_common_name);
    X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer->x509.get() : x));
    add_extensions(x, issuer != nullptr ? issuer->x509.get() : x, spec);
    if (spec.change) spec.change(x);
    const KeyHandle stranger = spec.by_issuer_key ? nullptr : ec_key("P-256");
    EVP_PKEY* signer = stranger ? stranger.get() : issuer ? issuer->key.get() : made.key.get();
    const bool own_digest = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519;
    SLUICE_ASSERT(X509_sign(x, signer, own_digest ? nullptr : spec.digest) > 0);
    if (spec.spoil) spec.spoil(x);
    // As it comes from the wire.
    const Der der = made.der();
    const unsigned char* at = der.data();
    made.x509.reset(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    SLUICE_ASSERT(made.x509 != nullptr);
    return made;
}

KeyHandle rsa_key(unsigned bits) { return KeyHandle(EVP_RSA_gen(bits)); }

KeyHandle ec_key(const char* curve, bool explicit_parameters) {
    KeyHandle key(EVP_EC_gen(curve));
    if (explicit_parameters)
        EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING, "explicit");
    return key;
}

KeyHandle rsa_numbers(std::uint64_t exponent, bool even_modulus) {
    BIGNUM *n = BN_new(), *e = BN_new();
    BN_set_bit(n, 2047);
    BN_set_bit(n, 77);
    if (!even_modulus) BN_set_bit(n, 0);
    BN_set_word(e, exponent);
    OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
    OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(context);
    SLUICE_ASSERT(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return KeyHandle(key);
}

const Made& root() {
    static const Made made = make(root_spec());
    return made;
}

const Made& authority() {
    static const Made made = make(authority_spec(), &root());
    return made;
}

VerifyRequest request_for(const Made& leaf, std::span<X509* const> others) {
    VerifyRequest request;
    request.leaf = leaf.x509.get();
    request.intermediates = others;
    request.name = "host.example.org";
    request.now = UtcTime{kNoon};
    return request;
}

Verdict verify(const Made& leaf, const std::vector<const Made*>& others, const VerifyPolicy& policy,
               Purpose purpose) {
    std::vector<X509*> sent;
    for (const Made* other : others)
        sent.push_back(other->x509.get());
    X509* anchors[] = {root().x509.get()};
    VerifyRequest request = request_for(leaf, sent);
    request.purpose = purpose;
    if (purpose != Purpose::server) request.name = {};
    return ChainVerifier(TrustStore::of(anchors), nullptr, policy).verify(request);
}

Fault fault_of(const Spec& leaf) { return verify(make(leaf, &authority())).fault; }

}  // namespace sluice::certs::verify::test

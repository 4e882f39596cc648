#include "tests/unit/verify/lists.h"

#include "rules/base/assert.h"

namespace sluice::certs::verify::test {
namespace {

using Time = std::unique_ptr<ASN1_TIME, FreedBy<ASN1_TIME_free>>;
using General = std::unique_ptr<ASN1_GENERALIZEDTIME, FreedBy<ASN1_GENERALIZEDTIME_free>>;

Time time_of(std::int64_t at) { return Time(ASN1_TIME_set(nullptr, at)); }
General general_of(std::int64_t at) { return General(ASN1_GENERALIZEDTIME_set(nullptr, at)); }

void add_to_list(X509_CRL* list, const ListSpec& spec) {
    if (spec.number) {
        ASN1_INTEGER* number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, 7);
        X509_CRL_add1_ext_i2d(list, NID_crl_number, number, spec.number_critical ? 1 : 0, 0);
        ASN1_INTEGER_free(number);
    }
    if (spec.extension.empty()) return;
    X509V3_CTX context;
    X509V3_set_ctx(&context, spec.signer->x509.get(), nullptr, nullptr, list, 0);
    X509V3_set_ctx_nodb(&context);
    X509_EXTENSION* extension =
        X509V3_EXT_nconf(nullptr, &context, spec.extension.c_str(), spec.value.c_str());
    SLUICE_ASSERT(extension != nullptr);
    X509_CRL_add_ext(list, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

Der make_list(const ListSpec& spec) {
    const CrlHandle list(X509_CRL_new());
    X509_CRL_set_version(list.get(), 1);
    const Made* named = spec.named != nullptr ? spec.named : spec.signer;
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(named->x509.get()));
    X509_CRL_set1_lastUpdate(list.get(), time_of(spec.from).get());
    X509_CRL_set1_nextUpdate(list.get(), time_of(spec.until).get());
    for (const Made* made : spec.revoked) {
        X509_REVOKED* entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(made->x509.get()));
        X509_REVOKED_set_revocationDate(entry, time_of(spec.from).get());
        X509_CRL_add0_revoked(list.get(), entry);
    }
    add_to_list(list.get(), spec);
    X509_CRL_sort(list.get());
    SLUICE_ASSERT(X509_CRL_sign(list.get(), spec.signer->key.get(), spec.digest) > 0);
    unsigned char* bytes = nullptr;
    const int size = i2d_X509_CRL(list.get(), &bytes);
    Der der(bytes, bytes + size);
    OPENSSL_free(bytes);
    return der;
}

Der make_staple(const StapleSpec& spec) {
    const OcspBasicHandle basic(OCSP_BASICRESP_new());
    OCSP_CERTID* id = OCSP_cert_to_id(EVP_sha1(), spec.about->x509.get(), spec.issuer->x509.get());
    const General until = spec.until != 0 ? general_of(spec.until) : nullptr;
    OCSP_SINGLERESP* single = OCSP_basic_add1_status(
        basic.get(), id, spec.status, OCSP_REVOKED_STATUS_NOSTATUS, general_of(spec.from).get(),
        general_of(spec.from).get(), until.get());
    OCSP_CERTID_free(id);
    if (spec.critical_extension) {
        X509_EXTENSION* extension =
            X509V3_EXT_nconf(nullptr, nullptr, "1.2.3.4", "critical,DER:05:00");
        OCSP_SINGLERESP_add_ext(single, extension, -1);
        X509_EXTENSION_free(extension);
    }
    STACK_OF(X509)* sent = sk_X509_new_null();
    if (spec.sent != nullptr) sk_X509_push(sent, spec.sent->x509.get());
    SLUICE_ASSERT(OCSP_basic_sign(basic.get(), spec.signer->x509.get(), spec.signer->key.get(),
                                  spec.digest, sent, spec.sent != nullptr ? 0 : spec.flags) == 1);
    sk_X509_free(sent);
    const OcspResponseHandle response(
        OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
    unsigned char* bytes = nullptr;
    const int size = i2d_OCSP_RESPONSE(response.get(), &bytes);
    Der der(bytes, bytes + size);
    OPENSSL_free(bytes);
    return der;
}

}  // namespace sluice::certs::verify::test

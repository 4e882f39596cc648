#include "dataplane/inspect/origin_verifier.h"

#include <openssl/x509.h>

#include "certs/verify/crl_store.h"
#include "certs/verify/trust_store.h"

namespace sluice::inspect {
namespace {

using certs::verify::Fault;

constexpr std::size_t kVerdictsKept = 20'000;

OriginFault fault_of(Fault fault) {
    switch (fault) {
        case Fault::not_yet_valid:
        case Fault::expired:
            return OriginFault::expired;
        case Fault::untrusted:
        case Fault::bad_signature:
        case Fault::not_a_ca:
        case Fault::path_too_long:
        case Fault::too_much_work:
            return OriginFault::untrusted_issuer;
        case Fault::wrong_name:
        case Fault::no_names:
        case Fault::name_not_permitted:
            return OriginFault::wrong_name;
        case Fault::revoked:
        case Fault::revocation_unknown:
            return OriginFault::revoked;
        case Fault::weak_key:
        case Fault::weak_signature:
            return OriginFault::weak;
        case Fault::staple_missing:
        case Fault::staple_bad:
        case Fault::staple_stale:
            return OriginFault::staple_missing;
        default:
            return OriginFault::malformed;
    }
}

std::vector<std::uint8_t> der_of(X509* certificate) {
    unsigned char* made = nullptr;
    const int size = i2d_X509(certificate, &made);
    std::vector<std::uint8_t> der;
    if (size > 0) der.assign(made, made + size);
    OPENSSL_free(made);
    return der;
}

}  // namespace

Result<std::unique_ptr<OriginVerifier>, std::string> OriginVerifier::load(const Files& files) {
    SLUICE_TRY(trust, certs::verify::TrustStore::load(files.trust_store,
                                                      certs::verify::Vetting::root_program));
    std::shared_ptr<const certs::verify::CrlStore> crls;
    if (!files.crl_directory.empty()) {
        SLUICE_TRY(loaded, certs::verify::CrlStore::load(files.crl_directory));
        crls = std::move(loaded);
    }
    return std::make_unique<OriginVerifier>(
        certs::verify::ChainVerifier(std::move(trust), std::move(crls), {}, kVerdictsKept));
}

ChainVerdict OriginVerifier::verify(const ChainQuestion& question) {
    std::vector<X509*> others;
    for (int i = 1; i < sk_X509_num(question.chain); ++i)
        others.push_back(sk_X509_value(question.chain, i));
    certs::verify::VerifyRequest request;
    request.leaf = sk_X509_value(question.chain, 0);
    request.intermediates = others;
    request.staple = question.staple;
    request.name = question.name;
    if (question.name.empty()) request.address = question.address;
    request.now = question.now;
    request.staple_expected = !question.resumed;
    const certs::verify::Verdict verdict = verifier_.verify(request);
    if (!verdict.ok())
        return {.fault = fault_of(verdict.fault),
                .detail = std::string(info(verdict.fault).word) + ' ' + verdict.detail};
    auto path = std::make_shared<OriginPath>();
    for (const auto& certificate : verdict.chain)
        path->push_back(der_of(certificate.get()));
    return {.trusted = true, .path = std::move(path)};
}

}  // namespace sluice::inspect

// OpenSSL's objects that verification owns: freed once, by the right function.
#pragma once
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace sluice::certs::verify {

template <auto Free>
struct FreedBy {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using CertificateHandle = std::unique_ptr<X509, FreedBy<X509_free>>;
using CrlHandle = std::unique_ptr<X509_CRL, FreedBy<X509_CRL_free>>;
using NamesHandle = std::unique_ptr<GENERAL_NAMES, FreedBy<GENERAL_NAMES_free>>;
using ConstraintsHandle = std::unique_ptr<NAME_CONSTRAINTS, FreedBy<NAME_CONSTRAINTS_free>>;
using KeyIdHandle = std::unique_ptr<AUTHORITY_KEYID, FreedBy<AUTHORITY_KEYID_free>>;
using UsesHandle = std::unique_ptr<EXTENDED_KEY_USAGE, FreedBy<EXTENDED_KEY_USAGE_free>>;
using BasicHandle = std::unique_ptr<BASIC_CONSTRAINTS, FreedBy<BASIC_CONSTRAINTS_free>>;
using PointsHandle = std::unique_ptr<CRL_DIST_POINTS, FreedBy<CRL_DIST_POINTS_free>>;
using ScopeHandle = std::unique_ptr<ISSUING_DIST_POINT, FreedBy<ISSUING_DIST_POINT_free>>;
using OcspResponseHandle = std::unique_ptr<OCSP_RESPONSE, FreedBy<OCSP_RESPONSE_free>>;
using OcspBasicHandle = std::unique_ptr<OCSP_BASICRESP, FreedBy<OCSP_BASICRESP_free>>;

// One more owner of the same object.
inline CertificateHandle share(X509* certificate) {
    X509_up_ref(certificate);
    return CertificateHandle(certificate);
}

}  // namespace sluice::certs::verify

#include "certs/verify/ocsp.h"

#include <openssl/err.h>

#include <algorithm>

#include "certs/verify/der.h"
#include "certs/verify/key_strength.h"
#include "certs/verify/profile.h"

namespace sluice::certs::verify {
namespace {

constexpr std::size_t kStapleBytesMax = 64 * 1024;
constexpr int kAnswersMax = 64;  // single responses looked at

Check bad(const char* why) { return {Fault::staple_bad, why}; }

OcspBasicHandle basic_of(Bytes staple) {
    if (staple.size() > kStapleBytesMax || !is_der(staple)) return nullptr;
    const unsigned char* at = staple.data();
    const OcspResponseHandle response(
        d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(staple.size())));
    if (response == nullptr ||
        OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return nullptr;
    return OcspBasicHandle(OCSP_response_get1_basic(response.get()));
}

// RFC 6960 4.1.1: the certificate is named by its issuer's name and key, hashed, and its serial.
bool is_about(const OCSP_SINGLERESP* answer, const Parsed& leaf, const Parsed& issuer) {
    const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(answer);
    ASN1_OBJECT* hash = nullptr;
    OCSP_id_get0_info(nullptr, &hash, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
    const int nid = OBJ_obj2nid(hash);
    if (nid != NID_sha1 && nid != NID_sha256) return false;  // names, not protects: SHA-1 is usual
    using Id = std::unique_ptr<OCSP_CERTID, FreedBy<OCSP_CERTID_free>>;
    const Id wanted(OCSP_cert_to_id(EVP_get_digestbynid(nid), leaf.x509.get(), issuer.x509.get()));
    return wanted != nullptr && OCSP_id_cmp(wanted.get(), id) == 0;
}

OCSP_SINGLERESP* answer_about(OCSP_BASICRESP* basic, const Parsed& leaf, const Parsed& issuer) {
    for (int i = 0; i < std::min(OCSP_resp_count(basic), kAnswersMax); ++i)
        if (is_about(OCSP_resp_get0(basic, i), leaf, issuer)) return OCSP_resp_get0(basic, i);
    return nullptr;
}

// RFC 6960 4.4: no extension of a response is critical that is not understood; none is here.
bool critical_extension(OCSP_BASICRESP* basic, OCSP_SINGLERESP* answer) {
    return OCSP_BASICRESP_get_ext_by_critical(basic, 1, -1) >= 0 ||
           OCSP_SINGLERESP_get_ext_by_critical(answer, 1, -1) >= 0;
}

bool is_named(const OCSP_BASICRESP* basic, X509* signer) {
    const ASN1_OCTET_STRING* key = nullptr;
    const X509_NAME* name = nullptr;
    if (OCSP_resp_get0_id(basic, &key, &name) != 1) return false;
    if (name != nullptr) return X509_NAME_cmp(name, X509_get_subject_name(signer)) == 0;
    unsigned char hash[20];
    unsigned size = 0;
    return X509_pubkey_digest(signer, EVP_sha1(), hash, &size) == 1 &&
           ASN1_STRING_length(key) == static_cast<int>(size) &&
           std::equal(hash, hash + size, ASN1_STRING_get0_data(key));
}

// RFC 6960 4.2.2.2: issued directly by the authority, for OCSP, valid now, and strong.
Check check_delegate(X509* delegate, const Parsed& issuer, UtcTime now,
                     const VerifyPolicy& policy) {
    const auto p = parse(delegate);
    if (!p->encoding.ok()) return bad("the responder's certificate breaks the encoding rules");
    if (X509_NAME_cmp(p->issuer(), issuer.subject()) != 0 ||
        X509_verify(delegate, issuer.key()) != 1)
        return bad("RFC 6960 4.2.2.2: the responder was not authorised by the issuer");
    if ((p->purposes & kOcspSigning) == 0)
        return bad("RFC 6960 4.2.2.2: the responder's certificate is not for OCSP");
    if (p->key_usage && (*p->key_usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
        return bad("RFC 5280 4.2.1.12: the responder's key may not sign");
    if (!check_time(*p, now).ok()) return bad("the responder's certificate is not valid now");
    if (!check_key(*p, policy).ok() || !check_signature_algorithm(delegate, policy).ok())
        return bad("the responder's certificate is too weak");
    return {};
}

// A signature of the response by `signer`'s key.
bool verifies(OCSP_BASICRESP* basic, X509* signer) {
    return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(basic),
                            OCSP_resp_get0_signature(basic),
                            const_cast<OCSP_RESPDATA*>(OCSP_resp_get0_respdata(basic)),
                            X509_get0_pubkey(signer)) == 1;
}

Check check_signer(OCSP_BASICRESP* basic, const Parsed& issuer, UtcTime now,
                   const VerifyPolicy& policy) {
    if (!check_algorithm(OCSP_resp_get0_tbs_sigalg(basic), policy).ok())
        return bad("CA/B BR 7.1.3.2: signed with an algorithm that is not accepted");
    if (is_named(basic, issuer.x509.get()))
        return verifies(basic, issuer.x509.get()) ? Check{} : bad("the signature is wrong");
    const STACK_OF(X509)* sent = OCSP_resp_get0_certs(basic);
    for (int i = 0; i < std::min(sk_X509_num(sent), 8); ++i) {
        X509* delegate = sk_X509_value(sent, i);
        if (!is_named(basic, delegate)) continue;
        const Check check = check_delegate(delegate, issuer, now, policy);
        if (!check.ok()) return check;
        return verifies(basic, delegate) ? Check{} : bad("the signature is wrong");
    }
    return bad("RFC 6960 4.2.2.2: signed by nobody who may");
}

StapleAnswer judge_times(OCSP_SINGLERESP* answer, UtcTime now, const VerifyPolicy& policy) {
    ASN1_GENERALIZEDTIME *from = nullptr, *until = nullptr;
    int reason = 0;
    const int status = OCSP_single_get0_status(answer, &reason, nullptr, &from, &until);
    if (status == V_OCSP_CERTSTATUS_REVOKED)
        return {{Fault::revoked, "RFC 6960 2.2: the responder says revoked"}, true, now};
    if (status != V_OCSP_CERTSTATUS_GOOD)
        return {bad("RFC 6960 2.2: the responder does not know the certificate"), false, now};
    const auto begin = from != nullptr ? instant_of(from) : std::nullopt;
    const auto next_update = until != nullptr ? instant_of(until) : std::nullopt;
    if (!begin || (until != nullptr && !next_update))
        return {bad("RFC 6960 4.2.2.1: a time that cannot be read"), false, now};
    const std::int64_t this_update = begin.value_or(UtcTime{}).raw();
    UtcTime end{this_update + policy.staple_age_max_s};
    if (next_update) end = std::min(end, *next_update);
    if (now > end || this_update > now.raw() + policy.clock_skew_s)
        return {{Fault::staple_stale, "RFC 6960 4.2.2.1: not of now"}, false, now};
    return {{}, true, end};
}

}  // namespace

StapleAnswer judge_staple(Bytes staple, const Parsed& leaf, const Parsed& issuer, UtcTime now,
                          const VerifyPolicy& policy) {
    const OcspBasicHandle basic = basic_of(staple);
    if (basic == nullptr) {
        ERR_clear_error();
        return {bad("RFC 6960 4.2.1: no successful, readable response"), false, now};
    }
    OCSP_SINGLERESP* answer = answer_about(basic.get(), leaf, issuer);
    StapleAnswer result{bad("RFC 6960 3.2: about another certificate"), false, now};
    if (answer != nullptr && critical_extension(basic.get(), answer))
        result.check = bad("RFC 6960 4.4: a critical extension that is not understood");
    else if (answer != nullptr)
        result.check = check_signer(basic.get(), issuer, now, policy);
    if (result.check.ok()) result = judge_times(answer, now, policy);
    ERR_clear_error();
    return result;
}

}  // namespace sluice::certs::verify

#include "certs/verify/profile.h"

#include <openssl/err.h>

#include "certs/verify/extensions.h"
#include "certs/verify/key_strength.h"
#include "certs/verify/names.h"

namespace sluice::certs::verify {
namespace {

Check first_of(std::initializer_list<Check> checks) {
    for (const Check& check : checks)
        if (!check.ok()) return check;
    return {};
}

bool is_web(const VerifyPolicy& policy) { return policy.profile == Profile::web; }

Check readable(const Parsed& p, const VerifyPolicy& policy) {
    if (!p.encoding.ok()) return p.encoding;
    return is_web(policy) ? p.strict : Check{};
}

std::uint8_t bit_of(Purpose purpose) {
    switch (purpose) {
        case Purpose::server:
            return kServerAuth;
        case Purpose::client:
            return kClientAuth;
        case Purpose::signer:
            return kEmail;
    }
    return 0;
}

// RFC 5280 4.2.1.12; an authority's list bounds what it may issue for (CA/B BR 7.1.2.10.6).
Check authority_purpose(const Parsed& authority, Purpose purpose) {
    if (!authority.has_extended_usage ||
        (authority.purposes & (bit_of(purpose) | kAnyPurpose)) != 0)
        return {};
    return {Fault::wrong_purpose, "RFC 5280 4.2.1.12: an authority issues for other purposes"};
}

Check leaf_purpose(const Parsed& leaf, Purpose purpose, const VerifyPolicy& policy) {
    const bool strict = is_web(policy) && purpose == Purpose::server;
    if (!leaf.has_extended_usage)
        return strict ? Check{Fault::wrong_purpose, "CA/B BR 7.1.2.7.6: no extended key usage"}
                      : Check{};
    if (strict && leaf.extended_usage_critical)
        return {Fault::bad_extension, "CA/B BR 7.1.2.7.6: extended key usage is critical"};
    if (strict && (leaf.purposes & kAnyPurpose) != 0)
        return {Fault::wrong_purpose, "CA/B BR 7.1.2.7.10: anyExtendedKeyUsage in a leaf"};
    if ((leaf.purposes & (bit_of(purpose) | kAnyPurpose)) != 0) return {};
    return {Fault::wrong_purpose, "RFC 5280 4.2.1.12: the leaf is for other purposes"};
}

// RFC 5280 4.2.1.12: the key usages consistent with each purpose.
Check leaf_usage(const Parsed& leaf, Purpose purpose) {
    std::uint32_t fitting = KU_DIGITAL_SIGNATURE;
    if (purpose == Purpose::server) fitting |= KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT;
    if (purpose == Purpose::client) fitting |= KU_KEY_AGREEMENT;
    if (purpose == Purpose::signer) fitting |= KU_NON_REPUDIATION;
    if (!leaf.key_usage || (*leaf.key_usage & fitting) != 0) return {};
    return {Fault::key_usage, "RFC 5280 4.2.1.12: the leaf's key usage does not fit its purpose"};
}

// A leaf is no authority, by any of its marks (CA/B BR 7.1.2.7.8, 7.1.2.7.11; RFC 5280 4.2.1.9,
// 4.2.1.10).
Check leaf_no_authority(const Parsed& leaf) {
    if (leaf.ca.value_or(false))
        return {Fault::wrong_purpose, "CA/B BR 7.1.2.7.8: an authority's certificate as a leaf"};
    if ((leaf.key_usage.value_or(0) & KU_KEY_CERT_SIGN) != 0)
        return {Fault::key_usage, "RFC 5280 4.2.1.9: keyCertSign without being an authority"};
    if (leaf.path_length || leaf.constraints != nullptr)
        return {Fault::bad_extension, "RFC 5280 4.2.1.9, 4.2.1.10: an authority's rule in a leaf"};
    return {};
}

Check key_identifiers(const Parsed& p) {
    if (p.authority_key == nullptr || p.authority_key->keyid == nullptr)
        return {Fault::bad_extension, "RFC 5280 4.2.1.1: no authority key identifier"};
    if (p.authority_key->issuer != nullptr)
        return {Fault::bad_extension, "CA/B BR 7.1.2.11.1: an authority key by issuer and serial"};
    return {};
}

Check issuer_name(const Parsed& p) {
    return is_empty(p.issuer()) ? Check{Fault::bad_subject, "RFC 5280 4.1.2.4: an empty issuer"}
                                : Check{};
}

// RFC 5280 4.1.2.6, CA/B BR 7.1.2.7.12: alternative names are critical just where the subject is
// empty.
Check leaf_names(const Parsed& leaf, Purpose purpose, const VerifyPolicy& policy) {
    const bool empty = is_empty(leaf.subject());
    if (leaf.names == nullptr) {
        if (purpose == Purpose::server)
            return {Fault::no_names, "CA/B BR 7.1.2.7.12: no alternative names"};
        return empty ? Check{Fault::bad_subject, "RFC 5280 4.1.2.6: no name at all"} : Check{};
    }
    if (empty && !leaf.names_critical)
        return {Fault::bad_subject, "RFC 5280 4.1.2.6: names not critical, and an empty subject"};
    if (purpose != Purpose::server) return {};
    if (!empty && leaf.names_critical)
        return {Fault::bad_subject, "CA/B BR 7.1.2.7.12: names critical beside a subject"};
    return check_names_form(leaf, policy);
}

// RFC 5280 6.1.4 k, n; CA/B BR 7.1.2.10.
Check authority_marks(const Parsed& authority) {
    if (!authority.ca.value_or(false))
        return {Fault::not_a_ca, "RFC 5280 6.1.4 k: no basic constraints that say CA"};
    if (authority.key_usage && (*authority.key_usage & KU_KEY_CERT_SIGN) == 0)
        return {Fault::key_usage, "RFC 5280 6.1.4 n: an authority without keyCertSign"};
    return {};
}

Check strict_authority(const Parsed& authority) {
    if (!authority.ca_critical)
        return {Fault::bad_extension, "RFC 5280 4.2.1.9: basic constraints are not critical"};
    if (is_empty(authority.subject()))
        return {Fault::bad_subject, "RFC 5280 4.1.2.6: an authority without a name"};
    if (authority.subject_key == nullptr)
        return {Fault::bad_extension, "RFC 5280 4.2.1.2: an authority without a key identifier"};
    return issuer_name(authority);
}

// By its signature, whatever issuer it names (RFC 5280 4.2.1.1). Cost: a signature; asked of odd
// anchors only.
bool is_signed_by_itself(const Parsed& anchor) {
    const bool good = X509_verify(anchor.x509.get(), anchor.key()) == 1;
    ERR_clear_error();
    return good;
}

// RFC 5280 4.2.1.1: only a self-signed certificate may lack the identifier of its signer's key, and
// then it can name no other key than its own. CA/B BR 7.1.2.1.3: no issuer and serial.
Check anchor_identifiers(const Parsed& anchor) {
    if (!anchor.self_issued && !is_signed_by_itself(anchor)) return key_identifiers(anchor);
    const AUTHORITY_KEYID* own = anchor.authority_key.get();
    if (own == nullptr) return {};
    if (own->issuer != nullptr || own->keyid == nullptr)
        return {Fault::bad_extension, "CA/B BR 7.1.2.1.3: a root's authority key by other means"};
    if (anchor.subject_key != nullptr && ASN1_OCTET_STRING_cmp(own->keyid, anchor.subject_key) != 0)
        return {Fault::bad_extension,
                "CA/B BR 7.1.2.1.3: a root that names another key than its own"};
    return {};
}

}  // namespace

Check check_time(const Parsed& p, UtcTime now) {
    if (now < p.not_before) return {Fault::not_yet_valid, "RFC 5280 6.1.3 a 2"};
    if (now > p.not_after) return {Fault::expired, "RFC 5280 6.1.3 a 2"};
    return {};
}

Check check_leaf(const Parsed& leaf, Purpose purpose, const VerifyPolicy& policy) {
    const Check base = readable(leaf, policy);
    if (!base.ok()) return base;
    const Check common = first_of(
        {check_key(leaf, policy), leaf_usage(leaf, purpose), leaf_purpose(leaf, purpose, policy)});
    if (!common.ok() || !is_web(policy)) return common;
    return first_of({leaf_no_authority(leaf), issuer_name(leaf), key_identifiers(leaf),
                     leaf_names(leaf, purpose, policy)});
}

Check check_intermediate(const Parsed& authority, Purpose purpose, const VerifyPolicy& policy) {
    const Check base = readable(authority, policy);
    if (!base.ok()) return base;
    const Check common = first_of({authority_marks(authority), check_key(authority, policy),
                                   authority_purpose(authority, purpose)});
    if (!common.ok() || !is_web(policy)) return common;
    return first_of({strict_authority(authority), key_identifiers(authority)});
}

Check check_anchor(const Parsed& anchor, Purpose purpose, Vetting vetting,
                   const VerifyPolicy& policy) {
    if (!anchor.encoding.ok()) return anchor.encoding;
    if (const Check key = check_key(anchor, policy); !key.ok() || !is_web(policy)) return key;
    if (const Check marks = authority_marks(anchor); !marks.ok()) return marks;
    if (vetting == Vetting::root_program) return {};
    if (anchor.has_extended_usage && purpose == Purpose::server)
        return {Fault::bad_extension, "CA/B BR 7.1.2.1.2: a root with an extended key usage"};
    return first_of(
        {strict_extensions(anchor), strict_authority(anchor), anchor_identifiers(anchor)});
}

}  // namespace sluice::certs::verify

#include "certs/verify/extensions.h"

#include <algorithm>

namespace sluice::certs::verify {
namespace {

// What path validation acts on, or need not act on to be right: may be critical.
constexpr int kUnderstood[] = {
    NID_basic_constraints,
    NID_key_usage,
    NID_ext_key_usage,
    NID_subject_alt_name,
    NID_name_constraints,
    NID_certificate_policies,
    NID_policy_mappings,
    NID_policy_constraints,
    NID_inhibit_any_policy,
    NID_crl_distribution_points,
    NID_authority_key_identifier,
    NID_subject_key_identifier,
    NID_tlsfeature,
};

// Conforming CAs mark these non-critical: RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.15, 4.2.2.1, 4.2.2.2.
constexpr int kNeverCritical[] = {NID_authority_key_identifier, NID_subject_key_identifier,
                                  NID_freshest_crl, NID_info_access, NID_sinfo_access};
// And these critical: RFC 5280 4.2.1.11, 4.2.1.14.
constexpr int kAlwaysCritical[] = {NID_policy_constraints, NID_inhibit_any_policy};

constexpr long kStatusRequest = 5;  // RFC 6066 8

template <std::size_t N>
bool listed(const int (&list)[N], int nid) {
    return std::find(std::begin(list), std::end(list), nid) != std::end(list);
}

int nid_of(X509_EXTENSION* extension) { return OBJ_obj2nid(X509_EXTENSION_get_object(extension)); }

// RFC 5280 4.2: not more than one instance of an extension.
bool any_twice(const X509* x) {
    for (int i = 0; i < X509_get_ext_count(x); ++i) {
        const ASN1_OBJECT* object = X509_EXTENSION_get_object(X509_get_ext(x, i));
        if (X509_get_ext_by_OBJ(x, object, i) >= 0) return true;
    }
    return false;
}

// The extension `nid`, read; null when there is none, and then or when it cannot be read -1 or -2
// in `state`, else whether it is critical.
template <class Handle>
Handle take(const Parsed& p, int nid, int& state) {
    using Type = typename Handle::element_type;
    return Handle(static_cast<Type*>(X509_get_ext_d2i(p.x509.get(), nid, &state, nullptr)));
}

bool read_basic(Parsed& p) {
    int state = 0;
    const auto basic = take<BasicHandle>(p, NID_basic_constraints, state);
    if (basic == nullptr) return state == -1;
    p.ca = basic->ca != 0;
    p.ca_critical = state == 1;
    if (basic->pathlen == nullptr) return true;
    const std::int64_t length = ASN1_INTEGER_get(basic->pathlen);
    p.path_length = length;
    return length >= 0;
}

bool read_usage(Parsed& p) {
    int state = 0;
    using Bits = std::unique_ptr<ASN1_BIT_STRING, FreedBy<ASN1_BIT_STRING_free>>;
    const auto bits = take<Bits>(p, NID_key_usage, state);
    if (bits == nullptr) return state == -1;
    std::uint32_t usage = 0;
    for (int i = 0; i < std::min(2, bits->length); ++i)
        usage |= static_cast<std::uint32_t>(bits->data[i]) << (8 * i);
    p.key_usage = usage;
    return usage != 0;  // RFC 5280 4.2.1.3: at least one bit is set
}

std::uint8_t purpose_of(const ASN1_OBJECT* object) {
    switch (OBJ_obj2nid(object)) {
        case NID_server_auth:
            return kServerAuth;
        case NID_client_auth:
            return kClientAuth;
        case NID_email_protect:
            return kEmail;
        case NID_OCSP_sign:
            return kOcspSigning;
        case NID_anyExtendedKeyUsage:
            return kAnyPurpose;
        default:
            return 0;
    }
}

bool read_extended_usage(Parsed& p) {
    int state = 0;
    const auto uses = take<UsesHandle>(p, NID_ext_key_usage, state);
    if (uses == nullptr) return state == -1;
    p.has_extended_usage = true;
    p.extended_usage_critical = state == 1;
    for (int i = 0; i < sk_ASN1_OBJECT_num(uses.get()); ++i)
        p.purposes =
            static_cast<std::uint8_t>(p.purposes | purpose_of(sk_ASN1_OBJECT_value(uses.get(), i)));
    return sk_ASN1_OBJECT_num(uses.get()) > 0;  // RFC 5280 4.2.1.12: SIZE (1..MAX)
}

bool read_names(Parsed& p) {
    int state = 0;
    p.names = take<NamesHandle>(p, NID_subject_alt_name, state);
    if (p.names == nullptr) return state == -1;
    p.names_critical = state == 1;
    return sk_GENERAL_NAME_num(p.names.get()) > 0;  // RFC 5280 4.2.1.6: SIZE (1..MAX)
}

bool read_constraints(Parsed& p) {
    int state = 0;
    p.constraints = take<ConstraintsHandle>(p, NID_name_constraints, state);
    if (p.constraints == nullptr) return state == -1;
    // RFC 5280 4.2.1.10: not an empty sequence.
    return sk_GENERAL_SUBTREE_num(p.constraints->permittedSubtrees) > 0 ||
           sk_GENERAL_SUBTREE_num(p.constraints->excludedSubtrees) > 0;
}

bool read_key_ids(Parsed& p) {
    int state = 0;
    p.authority_key = take<KeyIdHandle>(p, NID_authority_key_identifier, state);
    if (p.authority_key == nullptr && state != -1) return false;
    // RFC 5280 4.2.1.1: issuer and serial come both or not at all.
    if (p.authority_key != nullptr &&
        (p.authority_key->issuer == nullptr) != (p.authority_key->serial == nullptr))
        return false;
    p.subject_key = X509_get0_subject_key_id(p.x509.get());
    return p.subject_key != nullptr ||
           X509_get_ext_by_NID(p.x509.get(), NID_subject_key_identifier, -1) < 0;
}

bool read_features(Parsed& p) {
    int state = 0;
    using Features = std::unique_ptr<TLS_FEATURE, FreedBy<TLS_FEATURE_free>>;
    const auto features = take<Features>(p, NID_tlsfeature, state);
    if (features == nullptr) return state == -1;
    for (int i = 0; i < sk_ASN1_INTEGER_num(features.get()); ++i)
        p.must_staple |=
            ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == kStatusRequest;
    return true;
}

// Extensions that are only held to be readable; those of policies are acted on in path.cc.
bool read_rest(Parsed& p) {
    constexpr int kPolicies[] = {NID_certificate_policies, NID_policy_mappings,
                                 NID_policy_constraints, NID_inhibit_any_policy};
    for (int i = 0; i < X509_get_ext_count(p.x509.get()); ++i) {
        X509_EXTENSION* extension = X509_get_ext(p.x509.get(), i);
        const int nid = nid_of(extension);
        p.has_policies |= listed(kPolicies, nid);
        const X509V3_EXT_METHOD* method = X509V3_EXT_get(extension);
        if (method == nullptr || (!listed(kUnderstood, nid) && !listed(kNeverCritical, nid)))
            continue;
        void* value = X509V3_EXT_d2i(extension);
        if (value == nullptr) return false;
        if (method->it != nullptr)
            ASN1_item_free(static_cast<ASN1_VALUE*>(value), ASN1_ITEM_ptr(method->it));
        else
            method->ext_free(value);
    }
    return true;
}

}  // namespace

Check read_extensions(Parsed& p) {
    X509* x = p.x509.get();
    if (any_twice(x)) return {Fault::duplicate_extension, "RFC 5280 4.2: an extension comes twice"};
    for (int i = 0; i < X509_get_ext_count(x); ++i)
        if (X509_EXTENSION_get_critical(X509_get_ext(x, i)) != 0 &&
            !listed(kUnderstood, nid_of(X509_get_ext(x, i))) &&
            !listed(kNeverCritical, nid_of(X509_get_ext(x, i))))
            return {Fault::unknown_critical, "RFC 5280 4.2: critical and not understood"};
    if (!read_basic(p)) return {Fault::bad_extension, "RFC 5280 4.2.1.9: bad basic constraints"};
    if (!read_usage(p)) return {Fault::bad_extension, "RFC 5280 4.2.1.3: bad key usage"};
    if (!read_extended_usage(p))
        return {Fault::bad_extension, "RFC 5280 4.2.1.12: bad extended key usage"};
    if (!read_names(p)) return {Fault::bad_extension, "RFC 5280 4.2.1.6: bad alternative names"};
    if (!read_constraints(p))
        return {Fault::bad_extension, "RFC 5280 4.2.1.10: bad name constraints"};
    if (!read_key_ids(p)) return {Fault::bad_extension, "RFC 5280 4.2.1.1: bad key identifiers"};
    if (!read_features(p)) return {Fault::bad_extension, "RFC 7633 4.1: bad TLS feature list"};
    if (!read_rest(p)) return {Fault::malformed, "an extension cannot be read"};
    return {};
}

Check strict_extensions(const Parsed& p) {
    X509* x = p.x509.get();
    for (int i = 0; i < X509_get_ext_count(x); ++i) {
        const int nid = nid_of(X509_get_ext(x, i));
        const bool critical = X509_EXTENSION_get_critical(X509_get_ext(x, i)) != 0;
        if (critical && listed(kNeverCritical, nid))
            return {Fault::bad_extension, "RFC 5280 4.2: an extension is critical and must not be"};
        if (!critical && listed(kAlwaysCritical, nid))
            return {Fault::bad_extension, "RFC 5280 4.2: an extension is not critical and must be"};
    }
    return {};
}

}  // namespace sluice::certs::verify

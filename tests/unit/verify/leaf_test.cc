// Leaves that are good but for one thing: each row is one rule, and fails when that rule is gone.
#include <gtest/gtest.h>

#include "tests/unit/verify/pki.h"

using namespace sluice;
using namespace sluice::certs::verify;
using namespace sluice::certs::verify::test;

namespace {

struct Row {
    const char* name;
    Fault fault;
    std::function<void(Spec&)> change;
};

auto with(const char* extension, const char* value) {
    return [=](Spec& s) { s.set(extension, value); };
}

auto with_key(KeyHandle (*maker)()) {
    return [=](Spec& s) {
        static std::vector<KeyHandle> kept;
        kept.push_back(maker());
        s.key = kept.back().get();
    };
}

void add_twice(X509* x, int nid) {
    const int at = X509_get_ext_by_NID(x, nid, -1);
    X509_add_ext(x, X509_get_ext(x, at), -1);
}

void other_algorithm_outside(X509* x) {
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, x);
    X509_ALGOR_set0(const_cast<X509_ALGOR*>(algorithm), OBJ_nid2obj(NID_ecdsa_with_SHA384),
                    V_ASN1_UNDEF, nullptr);
}

const Row kRows[] = {
    {"good", Fault::none, [](Spec&) {}},
    // Encoding.
    {"version_2_with_extensions", Fault::bad_version, [](Spec& s) { s.version = 2; }},
    {"version_1", Fault::bad_version,
     [](Spec& s) {
         s.version = 1;
         s.extensions.clear();
     }},
    {"serial_zero", Fault::bad_serial, [](Spec& s) { s.serial = "0"; }},
    {"serial_negative", Fault::bad_serial, [](Spec& s) { s.serial = "-1001"; }},
    {"serial_20_octets", Fault::none,
     [](Spec& s) { s.serial = "7f00000000000000000000000000000000000001"; }},
    {"serial_padded_to_21_octets", Fault::bad_serial,
     [](Spec& s) { s.serial = "ff00000000000000000000000000000000000001"; }},
    {"serial_21_octets", Fault::bad_serial,
     [](Spec& s) { s.serial = "010000000000000000000000000000000000000001"; }},
    {"general_time_before_2050", Fault::bad_validity,
     [](Spec& s) { s.not_after = "20270101000000Z"; }},
    {"general_time_after_2050", Fault::none, [](Spec& s) { s.not_after = "20500101000000Z"; }},
    {"time_without_seconds", Fault::bad_validity, [](Spec& s) { s.not_after = "2701010000Z"; }},
    {"time_with_offset", Fault::bad_validity, [](Spec& s) { s.not_after = "270101000000+0100"; }},
    {"day_that_is_not", Fault::bad_validity, [](Spec& s) { s.not_after = "270230000000Z"; }},
    {"algorithms_differ", Fault::signature_mismatch,
     [](Spec& s) { s.spoil = other_algorithm_outside; }},
    {"extension_twice", Fault::duplicate_extension,
     [](Spec& s) { s.change = [](X509* x) { add_twice(x, NID_subject_key_identifier); }; }},
    {"unknown_twice", Fault::duplicate_extension,
     [](Spec& s) {
         s.add("1.3.6.1.4.1.55738.7", "DER:05:00").add("1.3.6.1.4.1.55738.7", "DER:05:00");
     }},
    {"unknown_critical", Fault::unknown_critical,
     with("1.3.6.1.4.1.55738.7", "critical,DER:05:00")},
    {"unknown_not_critical", Fault::none, with("1.3.6.1.4.1.55738.7", "DER:05:00")},
    {"issuer_names_critical", Fault::unknown_critical,
     with("issuerAltName", "critical,DNS:a.example")},
    // Extensions.
    {"basic_constraints_garbage", Fault::bad_extension, with("basicConstraints", "DER:05:00")},
    {"key_usage_without_bits", Fault::bad_extension, with("keyUsage", "DER:03:02:07:00")},
    {"extended_usage_empty", Fault::bad_extension, with("extendedKeyUsage", "DER:30:00")},
    {"names_empty", Fault::bad_extension, with("subjectAltName", "DER:30:00")},
    {"names_garbage", Fault::bad_extension, with("subjectAltName", "DER:04:01:41")},
    {"information_access_garbage", Fault::malformed, with("authorityInfoAccess", "DER:04:01:41")},
    {"information_access_critical", Fault::bad_extension,
     with("authorityInfoAccess", "critical,OCSP;URI:http://ocsp.example.org")},
    {"information_access", Fault::none,
     with("authorityInfoAccess", "OCSP;URI:http://ocsp.example.org")},
    {"feature_garbage", Fault::bad_extension, with("tlsfeature", "DER:04:01:41")},
    {"authority_key_critical", Fault::bad_extension,
     with("authorityKeyIdentifier", "critical,keyid:always")},
    {"subject_key_critical", Fault::bad_extension, with("subjectKeyIdentifier", "critical,hash")},
    {"authority_key_missing", Fault::bad_extension, with("authorityKeyIdentifier", "")},
    {"authority_key_by_serial", Fault::bad_extension,
     with("authorityKeyIdentifier", "keyid:always,issuer:always")},
    {"authority_key_of_another", Fault::bad_extension,
     with("authorityKeyIdentifier", "DER:30:06:80:04:01:02:03:04")},
    {"policy_constraints_not_critical", Fault::bad_extension,
     with("policyConstraints", "requireExplicitPolicy:9")},
    {"inhibit_any_not_critical", Fault::bad_extension, with("inhibitAnyPolicy", "1")},
    // Purpose.
    {"no_key_usage", Fault::none, with("keyUsage", "")},
    {"key_usage_of_another_kind", Fault::key_usage, with("keyUsage", "cRLSign")},
    {"key_usage_signs_certificates", Fault::key_usage,
     with("keyUsage", "digitalSignature,keyCertSign")},
    {"no_extended_usage", Fault::wrong_purpose, with("extendedKeyUsage", "")},
    {"extended_usage_critical", Fault::bad_extension,
     with("extendedKeyUsage", "critical,serverAuth")},
    {"any_extended_usage", Fault::wrong_purpose,
     with("extendedKeyUsage", "serverAuth,anyExtendedKeyUsage")},
    {"client_only", Fault::wrong_purpose, with("extendedKeyUsage", "clientAuth")},
    {"authority_as_leaf", Fault::wrong_purpose, with("basicConstraints", "critical,CA:TRUE")},
    {"constraints_in_leaf", Fault::bad_extension,
     with("nameConstraints", "critical,permitted;DNS:example.org")},
    {"path_length_in_leaf", Fault::bad_extension, with("basicConstraints", "DER:30:03:02:01:00")},
    // Names.
    {"no_names_but_common_name", Fault::no_names, with("subjectAltName", "")},
    {"another_name", Fault::wrong_name,
     [](Spec& s) {
         s.common_name = "a.example.org", s.set("subjectAltName", "DNS:a.example.org");
     }},
    {"name_in_capitals", Fault::none,
     [](Spec& s) {
         s.common_name = "HOST.example.org", s.set("subjectAltName", "DNS:HOST.example.org");
     }},
    {"parent_of_the_name", Fault::wrong_name,
     [](Spec& s) { s.common_name = "example.org", s.set("subjectAltName", "DNS:example.org"); }},
    {"wildcard", Fault::none,
     [](Spec& s) {
         s.common_name = "*.example.org", s.set("subjectAltName", "DNS:*.example.org");
     }},
    {"wildcard_in_a_label", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:h*.example.org")},
    {"wildcard_not_first", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:a.*.org")},
    {"wildcard_alone", Fault::bad_subject, with("subjectAltName", "DNS:host.example.org,DNS:*")},
    {"wildcard_below_top_level", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:*.org")},
    {"underscore", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:a_b.example.org")},
    {"leading_dot", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:.example.org")},
    {"final_dot", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:example.org.")},
    {"leading_hyphen", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:-a.example.org")},
    {"address_as_name", Fault::bad_subject,
     with("subjectAltName", "DNS:host.example.org,DNS:192.0.2.1")},
    {"address_of_5_bytes", Fault::bad_subject,
     with("subjectAltName",
          "DER:30:19:82:10:68:6f:73:74:2e:65:78:61:6d:70:6c:65:2e:6f:72:67:87:05:01:02:03:04:05")},
    {"names_critical_beside_subject", Fault::bad_subject,
     with("subjectAltName", "critical,DNS:host.example.org")},
    {"names_not_critical_without_subject", Fault::bad_subject, [](Spec& s) { s.common_name = ""; }},
    {"names_critical_without_subject", Fault::none,
     [](Spec& s) { s.common_name = "", s.set("subjectAltName", "critical,DNS:host.example.org"); }},
    {"common_name_of_another", Fault::bad_subject,
     [](Spec& s) { s.common_name = "a.example.net"; }},
    {"common_name_in_other_case", Fault::bad_subject,
     [](Spec& s) { s.common_name = "Host.example.org"; }},
    {"common_name_of_parent", Fault::none, [](Spec& s) { s.common_name = "example.org"; }},
    {"common_name_half_a_label", Fault::bad_subject,
     [](Spec& s) { s.common_name = "st.example.org"; }},
    {"two_common_names", Fault::bad_subject,
     [](Spec& s) { s.second_common_name = "host.example.org"; }},
    {"common_name_of_other_address", Fault::bad_subject,
     [](Spec& s) {
         s.common_name = "192.0.2.001",
         s.set("subjectAltName", "DNS:host.example.org,IP:192.0.2.1");
     }},
    // Keys and signatures.
    {"rsa_2048", Fault::none, with_key([] { return rsa_key(2048); })},
    {"rsa_1024", Fault::weak_key, with_key([] { return rsa_key(1024); })},
    {"rsa_2052", Fault::weak_key, with_key([] { return rsa_key(2052); })},
    {"rsa_exponent_1", Fault::weak_key, with_key([] { return rsa_numbers(1, false); })},
    {"rsa_exponent_even", Fault::weak_key, with_key([] { return rsa_numbers(65536, false); })},
    {"rsa_modulus_even", Fault::weak_key, with_key([] { return rsa_numbers(65537, true); })},
    {"p384", Fault::none, with_key([] { return ec_key("P-384"); })},
    {"secp256k1", Fault::weak_key, with_key([] { return ec_key("secp256k1"); })},
    {"p192", Fault::weak_key, with_key([] { return ec_key("P-192"); })},
    {"explicit_curve", Fault::weak_key, with_key([] { return ec_key("P-256", true); })},
    {"ed25519", Fault::weak_key,
     with_key([] { return KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); })},
    {"sha1", Fault::weak_signature, [](Spec& s) { s.digest = EVP_sha1(); }},
    {"sha224", Fault::weak_signature, [](Spec& s) { s.digest = EVP_sha224(); }},
    {"sha512", Fault::none, [](Spec& s) { s.digest = EVP_sha512(); }},
    {"signed_by_a_stranger", Fault::bad_signature, [](Spec& s) { s.by_issuer_key = false; }},
    // Time.
    {"begins_now", Fault::none, [](Spec& s) { s.not_before = "260601120000Z"; }},
    {"begins_in_a_second", Fault::not_yet_valid, [](Spec& s) { s.not_before = "260601120001Z"; }},
    {"ends_now", Fault::none, [](Spec& s) { s.not_after = "260601120000Z"; }},
    {"ended_a_second_ago", Fault::expired, [](Spec& s) { s.not_after = "260601115959Z"; }},
    {"demands_a_staple", Fault::staple_missing, with("tlsfeature", "status_request")},
};

class Leaf : public testing::TestWithParam<Row> {};

TEST_P(Leaf, Rule) {
    Spec spec = leaf_spec();
    GetParam().change(spec);
    const Verdict verdict = verify(make(spec, &authority()));
    EXPECT_EQ(info(verdict.fault).word, info(GetParam().fault).word) << verdict.detail;
    EXPECT_EQ(verdict.chain.size(), verdict.ok() ? 3u : 0u);
}

INSTANTIATE_TEST_SUITE_P(Rows, Leaf, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace

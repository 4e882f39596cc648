// Authorities, roots and paths: each row is good but for one thing.
#include <gtest/gtest.h>

#include "certs/verify/profile.h"
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

const Row kAuthorities[] = {
    {"good", Fault::none, [](Spec&) {}},
    {"no_basic_constraints", Fault::not_a_ca, with("basicConstraints", "")},
    {"not_a_ca", Fault::not_a_ca, with("basicConstraints", "critical,CA:FALSE")},
    {"basic_constraints_not_critical", Fault::bad_extension, with("basicConstraints", "CA:TRUE")},
    {"no_sign_usage", Fault::key_usage, with("keyUsage", "critical,cRLSign")},
    {"no_usage_at_all", Fault::none, with("keyUsage", "")},
    {"no_subject_key", Fault::bad_extension, with("subjectKeyIdentifier", "")},
    {"no_authority_key", Fault::bad_extension, with("authorityKeyIdentifier", "")},
    {"no_name", Fault::bad_subject, [](Spec& s) { s.common_name = ""; }},
    {"for_servers", Fault::none, with("extendedKeyUsage", "serverAuth")},
    {"for_any", Fault::none, with("extendedKeyUsage", "anyExtendedKeyUsage")},
    {"for_clients", Fault::wrong_purpose, with("extendedKeyUsage", "clientAuth")},
    {"path_length_0", Fault::none, with("basicConstraints", "critical,CA:TRUE,pathlen:0")},
    {"path_length_negative", Fault::bad_extension,
     with("basicConstraints", "critical,DER:30:06:01:01:ff:02:01:ff")},
    {"expired", Fault::expired, [](Spec& s) { s.not_after = "260601115959Z"; }},
    {"not_yet", Fault::not_yet_valid, [](Spec& s) { s.not_before = "260601120001Z"; }},
    {"sha1", Fault::weak_signature, [](Spec& s) { s.digest = EVP_sha1(); }},
    {"serial_zero", Fault::bad_serial, [](Spec& s) { s.serial = "0"; }},
    {"unknown_critical", Fault::unknown_critical,
     with("1.3.6.1.4.1.55738.7", "critical,DER:05:00")},
    {"signed_by_a_stranger", Fault::bad_signature, [](Spec& s) { s.by_issuer_key = false; }},
    {"policy_required", Fault::certificate_policies,
     with("policyConstraints", "critical,requireExplicitPolicy:0")},
};

class Authority : public testing::TestWithParam<Row> {};

TEST_P(Authority, Rule) {
    Spec spec = authority_spec();
    GetParam().change(spec);
    const Made middle = make(spec, &root());
    Spec leaf = leaf_spec();
    if (spec.extensions[2].second.empty()) leaf.set("authorityKeyIdentifier", "DER:30:03:80:01:01");
    const Verdict verdict = verify(make(leaf, &middle), {&middle});
    EXPECT_EQ(info(verdict.fault).word, info(GetParam().fault).word) << verdict.detail;
}

INSTANTIATE_TEST_SUITE_P(Rows, Authority, testing::ValuesIn(kAuthorities),
                         [](const auto& row) { return std::string(row.param.name); });

const Row kRoots[] = {
    {"good", Fault::none, [](Spec&) {}},
    {"its_own_key_named", Fault::none, with("authorityKeyIdentifier", "keyid:always")},
    {"another_key_named", Fault::bad_extension,
     with("authorityKeyIdentifier", "DER:30:03:80:01:01")},
    {"its_key_by_serial", Fault::bad_extension,
     with("authorityKeyIdentifier",
          "DER:30:17:a1:12:a4:10:30:0e:31:0c:30:0a:06:03:55:04:03:0c:03:61:62:63:82:01:01")},
    {"extended_usage", Fault::bad_extension, with("extendedKeyUsage", "serverAuth")},
    {"no_basic_constraints", Fault::not_a_ca, with("basicConstraints", "")},
    {"basic_constraints_not_critical", Fault::bad_extension, with("basicConstraints", "CA:TRUE")},
    {"no_sign_usage", Fault::key_usage, with("keyUsage", "critical,cRLSign")},
    {"subject_key_critical", Fault::bad_extension, with("subjectKeyIdentifier", "critical,hash")},
    {"unknown_critical", Fault::unknown_critical,
     with("1.3.6.1.4.1.55738.7", "critical,DER:05:00")},
    {"expired", Fault::expired, [](Spec& s) { s.not_after = "260601115959Z"; }},
    {"sha1_of_itself", Fault::none, [](Spec& s) { s.digest = EVP_sha1(); }},
    {"serial_zero", Fault::none, [](Spec& s) { s.serial = "0"; }},
    {"p192", Fault::weak_key,
     [](Spec& s) {
         static const KeyHandle weak = ec_key("P-192");
         s.key = weak.get();
     }},
};

Verdict below_root(const Made& anchor, Vetting vetting = Vetting::none) {
    const Made leaf = make(leaf_spec(), &anchor);
    X509* anchors[] = {anchor.x509.get()};
    return ChainVerifier(TrustStore::of(anchors, vetting), nullptr, {})
        .verify(request_for(leaf, {}));
}

class Root : public testing::TestWithParam<Row> {};

TEST_P(Root, Rule) {
    Spec spec = root_spec("another root");
    GetParam().change(spec);
    const Verdict verdict = below_root(make(spec));
    EXPECT_EQ(info(verdict.fault).word, info(GetParam().fault).word) << verdict.detail;
}

INSTANTIATE_TEST_SUITE_P(Rows, Root, testing::ValuesIn(kRoots),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Anchor, OfARootProgrammeNeedNotHaveTodaysForm) {
    const Made old = make(root_spec("old").set("basicConstraints", "CA:TRUE"));
    EXPECT_EQ(below_root(old).fault, Fault::bad_extension);
    EXPECT_EQ(below_root(old, Vetting::root_program).fault, Fault::none);
    const Made none = make(root_spec("none").set("basicConstraints", ""));
    EXPECT_EQ(below_root(none, Vetting::root_program).fault, Fault::not_a_ca);
}

TEST(Anchor, SignedByAnotherMustNameTheKeyOfThatOther) {
    const Made named = make(authority_spec("named"), &root());
    const Made unnamed = make(root_spec("unnamed"), &root());
    EXPECT_EQ(below_root(named).fault, Fault::none);
    EXPECT_EQ(below_root(unnamed).fault, Fault::bad_extension);
}

TEST(Anchor, EveryRootOfTheSystemIsTaken) {
    const auto system = TrustStore::load_system();
    if (!system.ok()) GTEST_SKIP() << system.error();
    EXPECT_GT((*system)->size(), 50u);
}

TEST(Path, LeafThatIsTrustedItself) {
    const Made leaf = make(leaf_spec(), &authority());
    X509* anchors[] = {leaf.x509.get()};
    ChainVerifier verifier(TrustStore::of(anchors), nullptr, {});
    EXPECT_EQ(verifier.verify(request_for(leaf, {})).chain.size(), 1u);
}

TEST(Path, WithoutItsAuthorityIsUntrusted) {
    EXPECT_EQ(verify(make(leaf_spec(), &authority()), {}).fault, Fault::untrusted);
}

TEST(Path, IsFoundAroundAnAuthorityThatDoesNotLeadToTrust) {
    const Made stranger = make(root_spec("stranger"));
    Spec crossed = authority_spec();
    crossed.key = authority().key.get();
    const Made to_stranger = make(crossed, &stranger), expired = make(
                                                           [&] {
                                                               Spec s = crossed;
                                                               s.not_after = "260601115959Z";
                                                               return s;
                                                           }(),
                                                           &root());
    const Made leaf = make(leaf_spec(), &authority());
    EXPECT_TRUE(verify(leaf, {&to_stranger, &expired, &authority()}).ok());
    EXPECT_EQ(verify(leaf, {&to_stranger, &expired}).fault, Fault::expired);
}

TEST(Path, CircleOfAuthoritiesEnds) {
    const Made a = make(root_spec("a")), b = make(root_spec("b"));
    Spec a_by_b = authority_spec("a"), b_by_a = authority_spec("b");
    a_by_b.key = a.key.get();
    b_by_a.key = b.key.get();
    const Made ab = make(a_by_b, &b), ba = make(b_by_a, &a);
    EXPECT_EQ(verify(make(leaf_spec(), &a), {&ab, &ba}).fault, Fault::untrusted);
}

TEST(Path, LengthIsHeldByAuthorityAndPolicy) {
    const Made first = make(
        authority_spec("first").set("basicConstraints", "critical,CA:TRUE,pathlen:0"), &root());
    const Made second = make(authority_spec("second"), &first);
    EXPECT_EQ(verify(make(leaf_spec(), &second), {&first, &second}).fault, Fault::path_too_long);
    VerifyPolicy policy;
    policy.intermediates_max = 0;
    EXPECT_EQ(verify(make(leaf_spec(), &authority()), {&authority()}, policy).fault,
              Fault::path_too_long);
    policy.intermediates_max = 1;
    EXPECT_TRUE(verify(make(leaf_spec(), &authority()), {&authority()}, policy).ok());
}

TEST(Path, SelfIssuedAuthoritiesAreNotCounted) {
    const Made old =
        make(authority_spec("same").set("basicConstraints", "critical,CA:TRUE,pathlen:0"), &root());
    const Made renewed = make(authority_spec("same"), &old);
    EXPECT_TRUE(verify(make(leaf_spec(), &renewed), {&old, &renewed}).ok());
}

TEST(Path, WorkIsBounded) {
    // Authorities of one name, each signed by the key of the next: every one could be the issuer.
    std::vector<Made> made;
    std::vector<const Made*> sent;
    made.reserve(30);
    for (int i = 0; i < 30; ++i) {
        Spec spec = authority_spec("same").set("authorityKeyIdentifier", "DER:30:03:80:01:01");
        spec.set("subjectKeyIdentifier", "DER:04:01:01");
        made.push_back(make(spec, i == 0 ? nullptr : &made.back()));
        sent.push_back(&made.back());
    }
    const Made leaf =
        make(leaf_spec().set("authorityKeyIdentifier", "DER:30:03:80:01:01"), &made[15]);
    VerifyPolicy policy;
    policy.intermediates_max = 30;
    EXPECT_EQ(verify(leaf, sent, policy).fault, Fault::too_much_work);
    policy.certificates_max = 30;
    EXPECT_EQ(verify(leaf, sent, policy).fault, Fault::too_large);
    policy.certificate_bytes_max = 200;
    EXPECT_EQ(verify(leaf, {}, policy).fault, Fault::too_large);
}

TEST(Purposes, EachIsHeldToItsOwn) {
    const Made client = make(leaf_spec("person")
                                 .set("extendedKeyUsage", "clientAuth")
                                 .set("subjectAltName", "email:p@example.org"),
                             &authority());
    const Made signer = make(leaf_spec("person")
                                 .set("extendedKeyUsage", "emailProtection")
                                 .set("keyUsage", "nonRepudiation")
                                 .set("subjectAltName", ""),
                             &authority());
    EXPECT_TRUE(verify(client, {&authority()}, {}, Purpose::client).ok());
    EXPECT_EQ(verify(client, {&authority()}, {}, Purpose::signer).fault, Fault::wrong_purpose);
    EXPECT_EQ(verify(client, {&authority()}, {}, Purpose::server).fault, Fault::wrong_purpose);
    EXPECT_TRUE(verify(signer, {&authority()}, {}, Purpose::signer).ok());
    EXPECT_EQ(verify(signer, {&authority()}, {}, Purpose::client).fault, Fault::key_usage);
}

TEST(Algorithms, ArePolicy) {
    static const KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    Spec spec = leaf_spec();
    spec.key = key.get();
    VerifyPolicy policy;
    policy.signature_algorithms |= kEd25519;
    EXPECT_TRUE(verify(make(spec, &authority()), {&authority()}, policy).ok());
    policy.signature_algorithms = kRsaPkcs1Sha2;
    EXPECT_EQ(verify(make(leaf_spec(), &authority()), {&authority()}, policy).fault,
              Fault::weak_signature);
}

}  // namespace

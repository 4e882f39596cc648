// Stapled OCSP responses and local CRLs.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "certs/verify/crl_store.h"
#include "tests/unit/verify/lists.h"

using namespace sluice;
using namespace sluice::certs::verify;
using namespace sluice::certs::verify::test;

namespace {

const Made& leaf() {
    static const Made made = make(leaf_spec(), &authority());
    return made;
}
const Made& other_leaf() {
    static const Made made = make(
        [] {
            Spec spec = leaf_spec();
            spec.serial = "2002";
            return spec;
        }(),
        &authority());
    return made;
}
const Made& stapled_leaf() {
    static const Made made = make(leaf_spec().set("tlsfeature", "status_request"), &authority());
    return made;
}

Spec responder_spec() {
    Spec spec = leaf_spec("responder").set("subjectAltName", "");
    return spec.set("extendedKeyUsage", "OCSPSigning");
}

Verdict verify_stapled(const Made& made, const Der& staple, const VerifyPolicy& policy = {}) {
    X509* anchors[] = {root().x509.get()};
    X509* sent[] = {authority().x509.get()};
    VerifyRequest request = request_for(made, sent);
    request.staple = staple;
    return ChainVerifier(TrustStore::of(anchors), nullptr, policy).verify(request);
}

struct StapleRow {
    const char* name;
    Fault fault;
    std::function<void(StapleSpec&)> change;
};

const StapleRow kStaples[] = {
    {"good", Fault::none, [](StapleSpec&) {}},
    {"revoked", Fault::revoked, [](StapleSpec& s) { s.status = V_OCSP_CERTSTATUS_REVOKED; }},
    {"unknown", Fault::staple_bad, [](StapleSpec& s) { s.status = V_OCSP_CERTSTATUS_UNKNOWN; }},
    {"of_another", Fault::staple_bad, [](StapleSpec& s) { s.about = &other_leaf(); }},
    {"of_another_issuer", Fault::staple_bad, [](StapleSpec& s) { s.issuer = &root(); }},
    {"stale", Fault::staple_stale, [](StapleSpec& s) { s.until = kNoon - 1; }},
    {"ends_now", Fault::none, [](StapleSpec& s) { s.until = kNoon; }},
    {"from_the_future", Fault::staple_stale, [](StapleSpec& s) { s.from = kNoon + 301; }},
    {"within_the_skew", Fault::none, [](StapleSpec& s) { s.from = kNoon + 300; }},
    {"too_old_though_it_never_ends", Fault::staple_stale,
     [](StapleSpec& s) { s.from = kNoon - 11 * kDay, s.until = 0; }},
    {"critical_extension", Fault::staple_bad, [](StapleSpec& s) { s.critical_extension = true; }},
    {"sha1", Fault::staple_bad, [](StapleSpec& s) { s.digest = EVP_sha1(); }},
    {"signed_by_the_root", Fault::staple_bad, [](StapleSpec& s) { s.signer = &root(); }},
    {"signed_by_a_leaf", Fault::staple_bad,
     [](StapleSpec& s) { s.signer = s.sent = &other_leaf(); }},
};

class Staple : public testing::TestWithParam<StapleRow> {};

TEST_P(Staple, OfALeafThatDemandsIt) {
    StapleSpec spec{&stapled_leaf()};
    GetParam().change(spec);
    const Verdict verdict = verify_stapled(stapled_leaf(), make_staple(spec));
    EXPECT_EQ(info(verdict.fault).word, info(GetParam().fault).word) << verdict.detail;
    EXPECT_EQ(verdict.revocation_known, verdict.ok());
}

INSTANTIATE_TEST_SUITE_P(Rows, Staple, testing::ValuesIn(kStaples),
                         [](const auto& row) { return std::string(row.param.name); });

struct DelegateRow {
    const char* name;
    Fault fault;
    std::function<void(Spec&)> change;
};

const DelegateRow kDelegates[] = {
    {"good", Fault::none, [](Spec&) {}},
    {"not_for_ocsp", Fault::staple_bad, [](Spec& s) { s.set("extendedKeyUsage", "serverAuth"); }},
    {"expired", Fault::staple_bad, [](Spec& s) { s.not_after = "260601115959Z"; }},
    {"may_not_sign", Fault::staple_bad, [](Spec& s) { s.set("keyUsage", "keyEncipherment"); }},
    {"sha1", Fault::staple_bad, [](Spec& s) { s.digest = EVP_sha1(); }},
    {"signed_by_a_stranger", Fault::staple_bad, [](Spec& s) { s.by_issuer_key = false; }},
    {"unknown_critical", Fault::staple_bad,
     [](Spec& s) { s.set("1.3.6.1.4.1.55738.7", "critical,DER:05:00"); }},
};

class Delegate : public testing::TestWithParam<DelegateRow> {};

TEST_P(Delegate, SignsTheStaple) {
    Spec spec = responder_spec();
    GetParam().change(spec);
    const Made responder = make(spec, &authority());
    const Der staple = make_staple({.about = &leaf(), .signer = &responder, .sent = &responder});
    EXPECT_EQ(info(verify_stapled(leaf(), staple).fault).word, info(GetParam().fault).word);
}

INSTANTIATE_TEST_SUITE_P(Rows, Delegate, testing::ValuesIn(kDelegates),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(StapleCases, GarbageAndSpoiledSignaturesAreBad) {
    EXPECT_EQ(verify_stapled(leaf(), {1, 2, 3}).fault, Fault::staple_bad);
    Der spoiled = make_staple({&leaf()});
    spoiled.back() ^= 1;
    EXPECT_EQ(verify_stapled(leaf(), spoiled).fault, Fault::staple_bad);
    const Made responder = make(responder_spec(), &authority());
    const Made impostor = make(responder_spec(), &root());
    const Der by_root = make_staple({.about = &leaf(), .signer = &impostor, .sent = &impostor});
    EXPECT_EQ(verify_stapled(leaf(), by_root).fault, Fault::staple_bad);
}

TEST(StapleCases, StaleOneIsNoAnswerWhereNoneIsDemanded) {
    const Der stale = make_staple({.about = &leaf(), .until = kNoon - 1});
    EXPECT_TRUE(verify_stapled(leaf(), stale).ok());
    EXPECT_FALSE(verify_stapled(leaf(), stale).revocation_known);
}

TEST(StapleCases, DemandIsWaivedByPolicyAndByResumption) {
    VerifyPolicy policy;
    policy.require_staple = false;
    EXPECT_TRUE(verify(stapled_leaf(), {&authority()}, policy).ok());
    X509* anchors[] = {root().x509.get()};
    X509* sent[] = {authority().x509.get()};
    VerifyRequest request = request_for(stapled_leaf(), sent);
    request.staple_expected = false;
    EXPECT_TRUE(ChainVerifier(TrustStore::of(anchors), nullptr, {}).verify(request).ok());
}

TEST(StapleCases, BoundsTheVerdictsLife) {
    const Der staple = make_staple({.about = &leaf(), .until = kNoon + 100});
    EXPECT_EQ(verify_stapled(leaf(), staple).good_until, UtcTime{kNoon + 100});
}

Verdict with_lists(const Made& made, const std::vector<Der>& lists, const VerifyPolicy& policy,
                   const std::vector<const Made*>& others = {&authority()}) {
    X509* anchors[] = {root().x509.get()};
    std::vector<X509*> sent;
    for (const Made* other : others)
        sent.push_back(other->x509.get());
    const std::vector<Bytes> views(lists.begin(), lists.end());
    return ChainVerifier(TrustStore::of(anchors), CrlStore::of(views), policy)
        .verify(request_for(made, sent));
}

VerifyPolicy strict(CrlScope scope = CrlScope::leaf) {
    VerifyPolicy policy;
    policy.crl_scope = scope;
    policy.revocation_unknown = OnUnknown::refuse;
    return policy;
}

struct ListRow {
    const char* name;
    Fault fault;
    std::function<void(ListSpec&)> change;
};

const ListRow kLists[] = {
    {"not_listed", Fault::none, [](ListSpec&) {}},
    {"other_listed", Fault::none, [](ListSpec& s) { s.revoked = {&other_leaf()}; }},
    {"listed", Fault::revoked,
     [](ListSpec& s) {
         s.revoked = {&leaf(), &other_leaf()};
     }},
    {"ended", Fault::revocation_unknown, [](ListSpec& s) { s.until = kNoon - 1; }},
    {"ended_but_listed", Fault::revoked,
     [](ListSpec& s) { s.until = kNoon - 1, s.revoked = {&leaf()}; }},
    {"from_the_future", Fault::revocation_unknown, [](ListSpec& s) { s.from = kNoon + kDay; }},
    {"no_number", Fault::revocation_unknown, [](ListSpec& s) { s.number = false; }},
    {"critical_number", Fault::revocation_unknown, [](ListSpec& s) { s.number_critical = true; }},
    {"sha1", Fault::revocation_unknown, [](ListSpec& s) { s.digest = EVP_sha1(); }},
    {"of_another_issuer", Fault::revocation_unknown, [](ListSpec& s) { s.signer = &root(); }},
    {"forged_and_listed", Fault::revocation_unknown,
     [](ListSpec& s) { s.signer = &root(), s.named = &authority(), s.revoked = {&leaf()}; }},
    {"critical_extension", Fault::revocation_unknown,
     [](ListSpec& s) { s.extension = "1.2.3.4", s.value = "critical,DER:05:00"; }},
    {"for_authorities_only", Fault::revocation_unknown,
     [](ListSpec& s) {
         s.extension = "issuingDistributionPoint", s.value = "critical,DER:30:03:82:01:ff";
     }},
    {"for_leaves_only", Fault::none,
     [](ListSpec& s) {
         s.extension = "issuingDistributionPoint", s.value = "critical,DER:30:03:81:01:ff";
     }},
};

class List : public testing::TestWithParam<ListRow> {};

TEST_P(List, SpeaksOfTheLeaf) {
    ListSpec spec;
    GetParam().change(spec);
    const Verdict verdict = with_lists(leaf(), {make_list(spec)}, strict());
    EXPECT_EQ(info(verdict.fault).word, info(GetParam().fault).word) << verdict.detail;
}

INSTANTIATE_TEST_SUITE_P(Rows, List, testing::ValuesIn(kLists),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Lists, SpeakOfAuthoritiesWhereThePolicyAsks) {
    const Der of_leaves = make_list({});
    const Der of_authorities = make_list({.signer = &root(), .revoked = {&authority()}});
    EXPECT_EQ(with_lists(leaf(), {of_leaves, of_authorities}, strict(CrlScope::chain)).fault,
              Fault::revoked);
    EXPECT_EQ(with_lists(leaf(), {of_leaves}, strict(CrlScope::chain)).fault,
              Fault::revocation_unknown);
    EXPECT_TRUE(with_lists(leaf(), {of_leaves, of_authorities}, strict(CrlScope::leaf)).ok());
    EXPECT_TRUE(
        with_lists(leaf(), {make_list({.signer = &root()}), of_leaves}, strict(CrlScope::chain))
            .ok());
}

TEST(Lists, AreNotAskedWhereThePolicySaysSo) {
    VerifyPolicy policy;
    policy.crl_scope = CrlScope::none;
    EXPECT_TRUE(with_lists(leaf(), {make_list({.revoked = {&leaf()}})}, policy).ok());
    policy.revocation_unknown = OnUnknown::refuse;
    EXPECT_EQ(with_lists(leaf(), {make_list({})}, policy).fault, Fault::revocation_unknown);
}

TEST(Lists, IssuerWithoutListSigningMaySignNone) {
    const Made silent = make(authority_spec("silent").set("keyUsage", "keyCertSign"), &root());
    const Made made = make(leaf_spec(), &silent);
    EXPECT_EQ(with_lists(made, {make_list({.signer = &silent})}, strict(), {&silent}).fault,
              Fault::revocation_unknown);
    EXPECT_TRUE(with_lists(made, {}, {}, {&silent}).ok());
}

TEST(Lists, BoundTheVerdictsLife) {
    EXPECT_EQ(with_lists(leaf(), {make_list({.until = kNoon + 50})}, strict()).good_until,
              UtcTime{kNoon + 50});
}

TEST(Lists, ComeFromADirectoryWholeOrNotAtAll) {
    char name[] = "/tmp/sluice-lists-XXXXXX";
    const std::filesystem::path folder = mkdtemp(name);
    const auto write = [&](const char* file, const Der& bytes) {
        std::ofstream(folder / file, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    };
    write("a.crl", make_list({}));
    write("b.txt", {1, 2, 3});
    EXPECT_EQ((*CrlStore::load(folder))->size(), 1u);
    write("c.crl", {1, 2, 3});
    const auto failed = CrlStore::load(folder);
    ASSERT_FALSE(failed.ok());
    EXPECT_NE(failed.error().find("c.crl"), std::string::npos);
    std::filesystem::remove_all(folder);
    EXPECT_FALSE(CrlStore::load(folder).ok());
}

}  // namespace

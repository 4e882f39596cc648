// Leaves: what is in them, what OpenSSL's own verification says of them, and that the signer's last
// look at a leaf finds each thing that must not be.
#include "certs/leaf/mint.h"

#include <gtest/gtest.h>

#include "certs/x509/extension.h"
#include "tests/unit/certs/asking.h"

namespace sluice::certs {
namespace {

using test::kDay;
using test::kNoon;

const Validity kWeek{UtcTime{kNoon - 60}, UtcTime{kNoon - 60 + kLeafSecondsMax}};

struct Leaf {
    Subject subject{"www.news.example", std::nullopt};
    KeyPtr key = parse_public_key(test::p256_spki());
    Validity validity = kWeek;
    LeafPlan plan() const { return {subject, key.get(), validity}; }
    Der der(const Issuer& issuer = test::gateway().generation->trusted) const {
        return der_of(mint_leaf(plan(), issuer).get());
    }
};

using StorePtr = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using VerifyPtr = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;

// X509_V_... of a client that trusts the root and asks for `host` at `now`.
int verify(const Der& leaf_der, const Issuer& issuer, const char* host, std::int64_t now = kNoon) {
    const X509Ptr leaf = parse_certificate(leaf_der);
    const X509Ptr root = parse_certificate(test::gateway().generation->root);
    const StorePtr store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), root.get());
    STACK_OF(X509)* between = sk_X509_new_null();
    sk_X509_push(between, issuer.certificate.get());
    const VerifyPtr context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), between);
    X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(param, now);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    if (parse_ip(host))
        X509_VERIFY_PARAM_set1_ip_asc(param, host);
    else
        X509_VERIFY_PARAM_set1_host(param, host, 0);
    X509_verify_cert(context.get());
    const int error = X509_STORE_CTX_get_error(context.get());
    sk_X509_free(between);
    return error;
}

TEST(MintLeaf, VerifiesForItsNameOnly) {
    const Issuer& issuer = test::gateway().generation->trusted;
    const Der leaf = Leaf{}.der();
    EXPECT_EQ(verify(leaf, issuer, "www.news.example"), X509_V_OK);
    EXPECT_EQ(verify(leaf, issuer, "news.example"), X509_V_ERR_HOSTNAME_MISMATCH);
    EXPECT_EQ(verify(leaf, issuer, "a.www.news.example"), X509_V_ERR_HOSTNAME_MISMATCH);
    EXPECT_EQ(verify(leaf, issuer, "www.news.example", kNoon + 8 * kDay),
              X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_EQ(verify(leaf, issuer, "www.news.example", kNoon - 120), X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST(MintLeaf, ForAddresses) {
    const Issuer& issuer = test::gateway().generation->trusted;
    for (const char* text : {"192.0.2.1", "2001:db8::1"}) {
        Leaf leaf;
        leaf.subject = {{}, parse_ip(text)};
        EXPECT_EQ(verify(leaf.der(), issuer, text), X509_V_OK) << text;
        EXPECT_EQ(verify(leaf.der(), issuer, "192.0.2.9"), X509_V_ERR_IP_ADDRESS_MISMATCH);
    }
}

TEST(MintLeaf, ForRsaKeys) {
    Leaf leaf;
    leaf.key = parse_public_key(test::rsa_spki());
    const X509Ptr made = parse_certificate(leaf.der());
    EXPECT_EQ(X509_get_key_usage(made.get()),
              std::uint32_t{KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT});
    EXPECT_EQ(verify(leaf.der(), test::gateway().generation->trusted, "www.news.example"),
              X509_V_OK);
}

TEST(MintLeaf, OfTheUntrustedCaIsNotTrusted) {
    const Issuer& untrusted = test::gateway().generation->untrusted;
    EXPECT_EQ(verify(Leaf{}.der(untrusted), untrusted, "www.news.example"),
              X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
}

TEST(MintLeaf, WhatTheConstraintsExcludeDoesNotVerify) {
    const Issuer& issuer = test::gateway().generation->trusted;
    Leaf leaf;
    leaf.subject.name = "www.gov.example";
    EXPECT_EQ(verify(leaf.der(), issuer, "www.gov.example"), X509_V_ERR_EXCLUDED_VIOLATION);
    EXPECT_FALSE(is_as_promised(leaf.der(), leaf.plan(), issuer));
}

TEST(MintLeaf, HoldsWhatIsPromisedAndNothingElse) {
    const X509Ptr leaf = parse_certificate(Leaf{}.der());
    std::vector<int> extensions;
    for (int i = 0; i < X509_get_ext_count(leaf.get()); ++i)
        extensions.push_back(OBJ_obj2nid(X509_EXTENSION_get_object(X509_get_ext(leaf.get(), i))));
    EXPECT_EQ(extensions,
              (std::vector<int>{NID_subject_alt_name, NID_basic_constraints, NID_key_usage,
                                NID_ext_key_usage, NID_subject_key_identifier,
                                NID_authority_key_identifier}));
    EXPECT_EQ(X509_get_version(leaf.get()), X509_VERSION_3);
    EXPECT_EQ(X509_get_key_usage(leaf.get()), std::uint32_t{KU_DIGITAL_SIGNATURE});
    EXPECT_EQ(X509_NAME_entry_count(X509_get_subject_name(leaf.get())), 0);
    EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(leaf.get(), 0)), 1);
    EXPECT_NE(Leaf{}.der(), Leaf{}.der());  // serial numbers differ
    const X509Ptr again = parse_certificate(Leaf{}.der());
    EXPECT_NE(
        ASN1_INTEGER_cmp(X509_get0_serialNumber(leaf.get()), X509_get0_serialNumber(again.get())),
        0);
    EXPECT_GE(ASN1_STRING_length(X509_get0_serialNumber(leaf.get())), 16);
}

TEST(IsAsPromised, FindsEachDifference) {
    const Generation& g = *test::gateway().generation;
    const Leaf good;
    const Der der = good.der();
    EXPECT_TRUE(is_as_promised(der, good.plan(), g.trusted));
    Leaf other;
    other.subject.name = "news.example";
    EXPECT_FALSE(is_as_promised(der, other.plan(), g.trusted));
    other = Leaf{};
    other.key = make_p256_key();
    EXPECT_FALSE(is_as_promised(der, other.plan(), g.trusted));
    other = Leaf{};
    other.validity.not_after = UtcTime{other.validity.not_after.raw() + 1};
    EXPECT_FALSE(is_as_promised(der, other.plan(), g.trusted));
    other = Leaf{};
    other.validity.not_before = UtcTime{other.validity.not_before.raw() + 1};
    EXPECT_FALSE(is_as_promised(der, other.plan(), g.trusted));
    EXPECT_FALSE(is_as_promised(der, good.plan(), g.untrusted));
    Der damaged = der;
    damaged.back() ^= 1;
    EXPECT_FALSE(is_as_promised(damaged, good.plan(), g.trusted));
}

void drop_extension(X509* x, int nid) {
    X509_EXTENSION_free(X509_delete_ext(x, X509_get_ext_by_NID(x, nid, -1)));
}

// One thing is changed and the leaf signed again: only the look at that thing can find it.
TEST(IsAsPromised, FindsEachThingThatIsNotOurs) {
    const Issuer& issuer = test::gateway().generation->trusted;
    const std::pair<const char*, void (*)(X509*)> kChanges[] = {
        {"a subject",
         [](X509* x) {
             X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                                        as_bytes("x").data(), 1, -1, 0);
         }},
        {"a CA",
         [](X509* x) {
             drop_extension(x, NID_basic_constraints);
             add_basic_constraints(x, true, 0);
         }},
        {"may sign certificates",
         [](X509* x) {
             drop_extension(x, NID_key_usage);
             add_key_usage(x, KU_DIGITAL_SIGNATURE | KU_KEY_CERT_SIGN);
         }},
        {"for any purpose", [](X509* x) { drop_extension(x, NID_ext_key_usage); }},
        {"no name", [](X509* x) { drop_extension(x, NID_subject_alt_name); }},
        {"of another issuer",
         [](X509* x) {
             X509_NAME_add_entry_by_txt(X509_get_issuer_name(x), "CN", MBSTRING_ASC,
                                        as_bytes("x").data(), 1, -1, 0);
         }},
    };
    const Leaf leaf;
    for (const auto& [what, change] : kChanges) {
        const X509Ptr made = mint_leaf(leaf.plan(), issuer);
        change(made.get());
        ASSERT_TRUE(sign_certificate(made.get(), issuer.key.get()));
        EXPECT_FALSE(is_as_promised(der_of(made.get()), leaf.plan(), issuer)) << what;
    }
}

// ---- validity ----

struct ClipRow {
    const char* what;
    std::int64_t wanted_from, wanted_until, origin_from, origin_until;  // seconds from noon
    std::int64_t from, until;                                           // both 0: none
};
constexpr std::int64_t kFar = 100 * test::kDay, kHour = 3'600;
const ClipRow kClips[] = {
    {"seven days at most", -kHour, kFar, -kFar, kFar, -kHour, -kHour + 7 * kDay},
    {"within the origin's end", -kHour, kFar, -kFar, kDay, -kHour, kDay},
    {"within the origin's beginning", -kHour, kFar, -60, kFar, -60, -60 + 7 * kDay},
    {"within what is wanted", -10, 10, -kFar, kFar, -10, 10},
    {"at most a day back", -kFar, kFar, -kFar, kFar, -kDay, 6 * kDay},
    {"the last second", -10, 0, -kFar, kFar, -10, 0},
    {"over", -10, -1, -kFar, kFar, 0, 0},
    {"not yet", 1, 10, -kFar, kFar, 0, 0},
    {"the origin is over", -10, 10, -kFar, -1, 0, 0},
};

TEST(ClipValidity, Rows) {
    const auto at = [](std::int64_t seconds) { return UtcTime{kNoon + seconds}; };
    Issuer issuer;
    issuer.validity = {at(-2 * kFar), at(2 * kFar)};
    for (const ClipRow& row : kClips) {
        SCOPED_TRACE(row.what);
        const auto clipped =
            clip_validity({at(row.wanted_from), at(row.wanted_until)}, issuer,
                          Validity{at(row.origin_from), at(row.origin_until)}, at(0));
        ASSERT_EQ(clipped.has_value(), row.from != 0 || row.until != 0);
        if (!clipped) continue;
        EXPECT_EQ(clipped->not_before, at(row.from));
        EXPECT_EQ(clipped->not_after, at(row.until));
    }
}

TEST(ClipValidity, WithinTheIssuers) {
    const Issuer& issuer = test::gateway().generation->trusted;
    const UtcTime last{issuer.validity.not_after.raw() - 5};
    const auto clipped = clip_validity({UtcTime{0}, UtcTime{last.raw() + kFar}}, issuer, {}, last);
    ASSERT_TRUE(clipped.has_value());
    EXPECT_EQ(clipped->not_after, issuer.validity.not_after);
    const UtcTime first = issuer.validity.not_before;
    const auto begun = clip_validity({UtcTime{0}, UtcTime{first.raw() + kFar}}, issuer, {}, first);
    ASSERT_TRUE(begun.has_value());
    EXPECT_EQ(begun->not_before, first);
}

}  // namespace
}  // namespace sluice::certs

// What the signer refuses: each refusal is a row, and so is each way to come close and be served.
#include "certs/signer/judge.h"

#include <gtest/gtest.h>

#include "tests/unit/certs/asking.h"

namespace sluice::certs {
namespace {

using Refusal = ipc::SignerRefusal;
using test::Asking;
using test::internet;
using test::kDay;
using test::kNoon;

struct Row {
    const char* what;
    std::optional<Refusal> refusal;  // nothing: it is served
    void (*change)(Asking& asking, Books& books);
};

Der key_of(const char* type, const char* group) {
    return spki_of(KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, type, group)).get());
}
Der rsa_key(std::size_t bits) {
    return spki_of(KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)).get());
}
// An origin's chain for the name that was asked for, with one thing else about it.
std::vector<Der> chain_of(std::vector<std::string> names, std::int64_t from = kNoon - kDay,
                          std::int64_t until = kNoon + 30 * kDay) {
    return internet().chain_for({std::move(names), false, 0, from, until, "origin"});
}
void name(Asking& a, const char* text) {
    a.name = text;
    a.chain = chain_of({text});
}
void address(Asking& a, const char* text) {
    a.name.clear();
    a.address = parse_ip(text);
    a.chain = chain_of({text});
}

const Row kNames[] = {
    {"the good one", {}, [](Asking&, Books&) {}},
    {"a wildcard", Refusal::wildcard, [](Asking& a, Books&) { a.name = "*.news.example"; }},
    {"a wildcard inside", Refusal::wildcard, [](Asking& a, Books&) { a.name = "w*.news.example"; }},
    {"no name", Refusal::bad_name, [](Asking& a, Books&) { a.name.clear(); }},
    {"capitals", Refusal::bad_name, [](Asking& a, Books&) { a.name = "WWW.news.example"; }},
    {"a final dot", Refusal::bad_name, [](Asking& a, Books&) { a.name = "www.news.example."; }},
    {"an empty label", Refusal::bad_name, [](Asking& a, Books&) { a.name = "www..example"; }},
    {"an address as a name", Refusal::bad_name, [](Asking& a, Books&) { a.name = "192.0.2.1"; }},
    {"a name and an address", Refusal::bad_name,
     [](Asking& a, Books&) { a.address = parse_ip("192.0.2.1"); }},
    {"an IPv4 address", {}, [](Asking& a, Books&) { address(a, "192.0.2.1"); }},
    {"an IPv6 address", {}, [](Asking& a, Books&) { address(a, "2001:db8::1"); }},
};

const Row kPolicy[] = {
    {"no bundle", Refusal::no_bundle, [](Asking&, Books& b) { b.policy.reset(); }},
    {"an operator of no bundle", Refusal::unknown_operator,
     [](Asking& a, Books&) { a.operator_id = "west"; }},
    {"an organisation of no bundle", Refusal::unknown_organisation,
     [](Asking& a, Books&) { a.organisation = "stranger"; }},
    {"no organisation", Refusal::unknown_organisation,
     [](Asking& a, Books&) { a.organisation.clear(); }},
    {"a bank", Refusal::exempt, [](Asking& a, Books&) { name(a, "bank.example"); }},
    {"below a bank", Refusal::exempt, [](Asking& a, Books&) { name(a, "www.bank.example"); }},
    {"ends like a bank", {}, [](Asking& a, Books&) { name(a, "evilbank.example"); }},
    {"a casino that is a bank too", Refusal::exempt,
     [](Asking& a, Books&) { name(a, "mixed.example"); }},
    {"a clinic", Refusal::exempt, [](Asking& a, Books&) { name(a, "both.example"); }},
    {"a bank, untrusted", Refusal::exempt,
     [](Asking& a, Books&) {
         name(a, "bank.example");
         a.issuer = ipc::SignerIssuer::untrusted;
     }},
    {"the address of a bank", Refusal::exempt,
     [](Asking& a, Books&) { address(a, "198.51.100.7"); }},
    {"a name that has become exempt", Refusal::exempt,
     [](Asking&, Books& b) { b.policy = test::policy_book(true); }},
    {"an organisation in pilot", Refusal::not_inspected,
     [](Asking& a, Books&) { a.organisation = "school"; }},
};

const Row kOurSide[] = {
    {"no generation", Refusal::no_ca, [](Asking&, Books& b) { b.generation.reset(); }},
    {"no key", Refusal::bad_key, [](Asking& a, Books&) { a.spki.clear(); }},
    {"a key and a byte", Refusal::bad_key, [](Asking& a, Books&) { a.spki.push_back(0); }},
    {"P-384", Refusal::bad_key, [](Asking& a, Books&) { a.spki = key_of("EC", "P-384"); }},
    {"Ed25519", Refusal::bad_key, [](Asking& a, Books&) { a.spki = key_of("ED25519", nullptr); }},
    {"RSA-1024", Refusal::bad_key, [](Asking& a, Books&) { a.spki = rsa_key(1'024); }},
    {"a point off the curve", Refusal::bad_key, [](Asking& a, Books&) { a.spki.back() ^= 1; }},
    {"RSA-2048", {}, [](Asking& a, Books&) { a.spki = test::rsa_spki(); }},
    {"the root's key", Refusal::ca_key,
     [](Asking& a, Books& b) { a.spki = b.generation->root_spki; }},
    {"the issuing CA's key", Refusal::ca_key,
     [](Asking& a, Books& b) { a.spki = b.generation->trusted.spki; }},
    {"the untrusted CA's key", Refusal::ca_key,
     [](Asking& a, Books& b) { a.spki = b.generation->untrusted.spki; }},
    {"the log's key, were it P-256", Refusal::ca_key,
     [](Asking& a, Books& b) { b.log_spki = a.spki; }},
    {"an excluded suffix", Refusal::name_constraint,
     [](Asking& a, Books&) { name(a, "gov.example"); }},
    {"below an excluded suffix", Refusal::name_constraint,
     [](Asking& a, Books&) { name(a, "www.gov.example"); }},
    {"ends like an excluded suffix", {}, [](Asking& a, Books&) { name(a, "mygov.example"); }},
    {"only in the past", Refusal::no_validity, [](Asking& a, Books&) { a.not_after = kNoon - 1; }},
    {"only in the future", Refusal::no_validity,
     [](Asking& a, Books&) { a.not_before = kNoon + 1; }},
};

const Row kOrigin[] = {
    {"no chain", Refusal::no_origin_chain, [](Asking& a, Books&) { a.chain.clear(); }},
    {"no certificates", Refusal::bad_origin_chain,
     [](Asking& a, Books&) {
         a.chain[0] = {1, 2};
     }},
    {"a certificate and a byte", Refusal::bad_origin_chain,
     [](Asking& a, Books&) { a.chain[0].push_back(0); }},
    {"a byte of the signature", Refusal::bad_origin_chain,
     [](Asking& a, Books&) { a.chain[0].back() ^= 1; }},
    {"no intermediate", Refusal::bad_origin_chain,
     [](Asking& a, Books&) { a.chain.erase(a.chain.begin() + 1); }},
    {"turned round", Refusal::bad_origin_chain,
     [](Asking& a, Books&) { std::swap(a.chain[0], a.chain[1]); }},
    {"signed by a site", Refusal::bad_origin_chain,
     [](Asking& a, Books& b) {
         const auto site = test::make_identity({{"evil.example"}}, &internet().intermediate);
         a.chain = {test::make_identity({{a.name}}, &site).der(), site.der()};
         b.anchors.add(fingerprint(site.der()));
     }},
    {"no root", Refusal::origin_untrusted, [](Asking& a, Books&) { a.chain.pop_back(); }},
    {"another root", Refusal::origin_untrusted,
     [](Asking& a, Books&) { a.chain = test::Internet(kNoon).chain_for({{a.name}}); }},
    {"self-signed", Refusal::origin_untrusted,
     [](Asking& a, Books&) { a.chain = {test::make_identity({{a.name}}).der()}; }},
    {"self-signed, but an anchor",
     {},
     [](Asking& a, Books& b) {
         a.chain = {test::make_identity({{a.name}}).der()};
         b.anchors.add(fingerprint(a.chain[0]));
     }},
    {"a CA as a site", Refusal::origin_is_ca,
     [](Asking& a, Books&) {
         const auto ca = test::make_identity({{a.name}, true}, &internet().root);
         a.chain = {ca.der(), internet().root.der()};
     }},
    {"expired", Refusal::origin_expired,
     [](Asking& a, Books&) { a.chain = chain_of({a.name}, kNoon - 9 * kDay, kNoon - 1); }},
    {"not valid yet", Refusal::origin_expired,
     [](Asking& a, Books&) { a.chain = chain_of({a.name}, kNoon + 1, kNoon + kDay); }},
    {"an expired intermediate", Refusal::origin_expired,
     [](Asking& a, Books&) {
         const auto old = test::make_identity({{}, true, 0, kNoon - 9 * kDay, kNoon - 1, "old ca"},
                                              &internet().root);
         a.chain = {test::make_identity({{a.name}}, &old).der(), old.der(), internet().root.der()};
     }},
    {"another name", Refusal::name_not_covered,
     [](Asking& a, Books&) { a.chain = chain_of({"other.example"}); }},
    {"the common name only", Refusal::name_not_covered,
     [](Asking& a, Books&) {
         a.chain = internet().chain_for({{}, false, 0, kNoon - 1, kNoon + 9, "www.news.example"});
     }},
    {"another address", Refusal::name_not_covered,
     [](Asking& a, Books&) {
         address(a, "192.0.2.1");
         a.chain = chain_of({"192.0.2.2"});
     }},
    {"an origin with a wildcard",
     {},
     [](Asking& a, Books&) { a.chain = chain_of({"*.news.example"}); }},
    {"a wildcard is one label", Refusal::name_not_covered,
     [](Asking& a, Books&) {
         a.name = "a.www.news.example";
         a.chain = chain_of({"*.news.example"});
     }},
    {"a wildcard is a whole label", Refusal::name_not_covered,
     [](Asking& a, Books&) { a.chain = chain_of({"w*.news.example"}); }},
    {"untrusted, of an expired origin",
     {},
     [](Asking& a, Books&) {
         a.issuer = ipc::SignerIssuer::untrusted;
         a.chain = chain_of({a.name}, kNoon - 9 * kDay, kNoon - 1);
     }},
    {"untrusted, of an origin without certificates",
     {},
     [](Asking& a, Books&) {
         a.issuer = ipc::SignerIssuer::untrusted;
         a.chain.clear();
     }},
};

void run(const Row& row) {
    SCOPED_TRACE(row.what);
    Asking asking = Asking::good();
    Books books = test::books();
    row.change(asking, books);
    const auto message = asking.message();
    const auto request = ipc::check_leaf_request(message);
    ASSERT_TRUE(request.ok()) << ipc::name_of(request.error());
    LeafKeys keys;
    const auto judged = judge(books, keys, *request, UtcTime{kNoon});
    if (row.refusal) {
        ASSERT_FALSE(judged.ok());
        EXPECT_EQ(ipc::info_of(judged.error()).word, ipc::info_of(*row.refusal).word);
    } else {
        ASSERT_TRUE(judged.ok()) << ipc::info_of(judged.error()).word;
        EXPECT_EQ(judged->subject.name, asking.name);
        EXPECT_EQ(judged->subject.address, asking.address);
    }
}

TEST(Judge, Names) {
    for (const Row& row : kNames)
        run(row);
}
TEST(Judge, Policy) {
    for (const Row& row : kPolicy)
        run(row);
}
TEST(Judge, OurSide) {
    for (const Row& row : kOurSide)
        run(row);
}
TEST(Judge, Origins) {
    for (const Row& row : kOrigin)
        run(row);
}

TEST(Judge, TheLogLearnsWhichOriginItWas) {
    const Asking asking = Asking::good();
    const auto message = asking.message();
    LeafKeys keys;
    const auto judged =
        judge(test::books(), keys, *ipc::check_leaf_request(message), UtcTime{kNoon});
    ASSERT_TRUE(judged.ok());
    EXPECT_EQ(judged->origin.leaf, fingerprint(asking.chain[0]));
    EXPECT_EQ(judged->origin.anchor, fingerprint(internet().root.der()));
}

TEST(TrustAnchorFile, IsReadWholeOrNotAtAll) {
    test::TemporaryDirectory home;
    const auto file = home.path() / "roots.pem";
    const std::string one = pem_of(internet().root.certificate.get());
    const std::string two = pem_of(internet().intermediate.certificate.get());
    test::overwrite(file, "# roots\n" + one + "\n" + two);
    const auto anchors = TrustAnchors::load(file);
    ASSERT_TRUE(anchors.ok()) << anchors.error();
    EXPECT_EQ(anchors->size(), 2u);
    EXPECT_TRUE(anchors->has(fingerprint(internet().root.der())));
    std::string damaged = one + two;
    damaged[one.size() + 60] = '!';
    for (const std::string& text : {std::string(), std::string("no roots"), damaged}) {
        test::overwrite(file, text);
        EXPECT_FALSE(TrustAnchors::load(file).ok());
    }
    EXPECT_FALSE(TrustAnchors::load(home.path() / "none.pem").ok());
}

}  // namespace
}  // namespace sluice::certs

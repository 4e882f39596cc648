// What is asked and answered: names, bytes, cache, trust stores.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "certs/verify/verified_cache.h"
#include "tests/unit/verify/pki.h"

using namespace sluice;
using namespace sluice::certs::verify;
using namespace sluice::certs::verify::test;

namespace {

struct Asking {
    Made leaf =
        make(leaf_spec().set("subjectAltName", "DNS:host.example.org,IP:192.0.2.1,IP:2001:db8::1"),
             &authority());
    X509* anchors[1] = {root().x509.get()};
    X509* sent[1] = {authority().x509.get()};
    VerifyRequest request = request_for(leaf, sent);
    ChainVerifier verifier{TrustStore::of(anchors), nullptr, {}, 2};

    Fault about(std::string_view name, std::optional<IpAddress> address = {}) {
        request.name = name;
        request.address = address;
        return verifier.verify(request).fault;
    }
};

TEST(Question, IsAHostOrAnAddressNeverBoth) {
    Asking a;
    EXPECT_EQ(a.about("host.example.org"), Fault::none);
    EXPECT_EQ(a.about("HOST.example.org."), Fault::none);
    EXPECT_EQ(a.about("other.example.org"), Fault::wrong_name);
    EXPECT_EQ(a.about("192.0.2.1"), Fault::wrong_name);
    EXPECT_EQ(a.about("host..example.org"), Fault::wrong_name);
    EXPECT_EQ(a.about("", parse_ip("192.0.2.1")), Fault::none);
    EXPECT_EQ(a.about("", parse_ip("2001:db8::1")), Fault::none);
    EXPECT_EQ(a.about("", parse_ip("192.0.2.2")), Fault::wrong_name);
    EXPECT_EQ(a.about("host.example.org", parse_ip("192.0.2.1")), Fault::wrong_name);
    EXPECT_EQ(a.about(""), Fault::wrong_name);
}

TEST(Cache, AnswersTheSameQuestionWithinItsTimeOnly) {
    Asking a;
    EXPECT_FALSE(a.verifier.verify(a.request).from_cache);
    const Verdict again = a.verifier.verify(a.request);
    EXPECT_TRUE(again.from_cache);
    EXPECT_EQ(again.chain.size(), 3u);
    EXPECT_EQ(again.good_until, UtcTime{kNoon + 5 * kDay});
    a.request.now = UtcTime{kNoon + 5 * kDay + 1};
    EXPECT_EQ(a.verifier.verify(a.request).fault, Fault::expired);
    a.request.now = UtcTime{kNoon - 5 * kDay - 1};
    a.verifier.verify(a.request);
    EXPECT_EQ(a.verifier.verify(a.request).fault, Fault::not_yet_valid);
}

TEST(Cache, EveryPartOfTheQuestionCounts) {
    Asking a;
    const auto hit = [&](auto change) {
        a.verifier.replace(TrustStore::of(a.anchors), nullptr, {});
        VerifyRequest other = a.request;
        EXPECT_TRUE(a.verifier.verify(a.request).ok());
        change(other);
        return a.verifier.verify(other).from_cache;
    };
    EXPECT_TRUE(hit([](VerifyRequest&) {}));
    EXPECT_FALSE(hit([](VerifyRequest& r) { r.name = "other.example.org"; }));
    EXPECT_FALSE(hit([](VerifyRequest& r) { r.name = {}, r.address = parse_ip("192.0.2.1"); }));
    EXPECT_FALSE(hit([](VerifyRequest& r) { r.intermediates = {}; }));
    EXPECT_FALSE(hit([](VerifyRequest& r) { r.purpose = Purpose::client; }));
    EXPECT_FALSE(hit([](VerifyRequest& r) { r.staple_expected = false; }));
    EXPECT_FALSE(hit([](VerifyRequest& r) { r.staple = as_bytes("x"); }));
    EXPECT_FALSE(hit([](VerifyRequest& r) { r.leaf = root().x509.get(); }));
}

TEST(Cache, IsEmptiedByNewStores) {
    Asking a;
    EXPECT_TRUE(a.verifier.verify(a.request).ok());
    X509* none[] = {a.leaf.x509.get()};
    a.verifier.replace(TrustStore::of(std::span(none, 0)), nullptr, {});
    EXPECT_EQ(a.verifier.verify(a.request).fault, Fault::untrusted);
}

TEST(Cache, ForgetsWhatWasUsedLongestAgo) {
    VerifiedCache cache(2);
    const auto key = [](std::uint8_t n) {
        ipc::Sha256 k{};
        k[0] = n;
        return k;
    };
    const auto chain = [] { return VerifiedChain{{}, UtcTime{0}, UtcTime{10}}; };
    cache.keep(key(1), chain());
    cache.keep(key(2), chain());
    EXPECT_NE(cache.find(key(1), UtcTime{5}), nullptr);
    cache.keep(key(3), chain());
    EXPECT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache.find(key(2), UtcTime{5}), nullptr);
    EXPECT_NE(cache.find(key(1), UtcTime{10}), nullptr);
    EXPECT_EQ(cache.find(key(1), UtcTime{11}), nullptr);
    EXPECT_EQ(cache.size(), 1u);
}

TEST(Bytes, LeafMustBeReadableIntermediatesNeedNot) {
    Asking a;
    const Der leaf = a.leaf.der(), middle = authority().der(), garbage{1, 2, 3};
    const auto verify_der = [&](std::vector<sluice::Bytes> all) {
        return a.verifier.verify_der(all, a.request).fault;
    };
    EXPECT_EQ(verify_der({leaf, middle}), Fault::none);
    EXPECT_EQ(verify_der({leaf, garbage, middle}), Fault::none);
    EXPECT_EQ(verify_der({garbage, middle}), Fault::malformed);
    EXPECT_EQ(verify_der({}), Fault::malformed);
    Der longer = leaf;
    longer.push_back(0);
    EXPECT_EQ(verify_der({longer, middle}), Fault::malformed);
    EXPECT_EQ(verify_der(std::vector<sluice::Bytes>(33, leaf)), Fault::too_large);
    EXPECT_EQ(verify_der({leaf, Der(70'000)}), Fault::too_large);
}

TEST(Trust, StoresAreEqualByWhatTheyHold) {
    X509* one[] = {root().x509.get(), authority().x509.get()};
    X509* two[] = {authority().x509.get(), root().x509.get(), root().x509.get()};
    X509* three[] = {root().x509.get()};
    EXPECT_EQ(TrustStore::of(one)->generation(), TrustStore::of(two)->generation());
    EXPECT_NE(TrustStore::of(one)->generation(), TrustStore::of(three)->generation());
}

TEST(Trust, FileIsTakenWholeOrNotAtAll) {
    char name[] = "/tmp/sluice-trust-XXXXXX";
    const std::filesystem::path folder = mkdtemp(name);
    const std::string file = folder / "roots.pem";
    FILE* out = fopen(file.c_str(), "w");
    PEM_write_X509(out, root().x509.get());
    fclose(out);
    EXPECT_EQ((*TrustStore::load(file))->size(), 1u);
    std::ofstream(file, std::ios::app)
        << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    EXPECT_NE(TrustStore::load(file).error().find("number 2"), std::string::npos);
    std::ofstream(file) << "nothing";
    EXPECT_NE(TrustStore::load(file).error().find("no certificate"), std::string::npos);
    std::filesystem::remove_all(folder);
    EXPECT_FALSE(TrustStore::load(file).ok());
}

}  // namespace

// OpenSSL 3.0 loses 42 bytes of a policy mapping it refuses, inside X509_policy_check(); nothing else is let pass.
extern "C" const char* __asan_default_options() { return "fast_unwind_on_malloc=0"; }
extern "C" const char* __lsan_default_suppressions() { return "leak:X509_policy_check\n"; }

// The ceremony and what it leaves: certificates as promised, keys that lie encrypted and private,
// and generations that are refused when anything in them does not belong together.
#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "certs/ca/ceremony.h"
#include "tests/unit/certs/pki.h"

namespace sluice::certs {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::gateway;
using test::kNoon;
using test::overwrite;

Passphrase online() { return Passphrase(test::kOnlinePassphrase); }

// A copy of the gateway's directory that a test may damage.
class CaDirectory : public testing::Test {
  protected:
    void SetUp() override {
        fs::copy(gateway().ca_directory(), dir(), fs::copy_options::recursive);
    }
    fs::path dir() const { return home_.path() / "ca"; }
    std::string refusal() {
        const auto loaded = load_generation(dir(), "g1", online());
        return loaded ? std::string() : loaded.error().message;
    }
    void replace(const std::string& file, const std::string& by) {
        fs::remove(dir() / "g1" / file);
        fs::copy(dir() / "g1" / by, dir() / "g1" / file);
    }
    void put(const std::string& file, const test::Identity& identity) {
        overwrite(dir() / "g1" / file, pem_of(identity.certificate.get()));
    }
    test::TemporaryDirectory home_;
};

TEST_F(CaDirectory, AsTheCeremonyLeftIt) {
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(current_generation(dir()).value(), "g1");
    const Generation& g = *gateway().generation;
    EXPECT_EQ(g.trusted.excluded, std::vector<std::string>{"gov.example"});
    EXPECT_EQ(g.untrusted.excluded, std::vector<std::string>{"gov.example"});
    EXPECT_EQ(fingerprint(g.root), gateway().record.root);
    EXPECT_EQ(fingerprint(g.trusted.der), gateway().record.issuing);
    EXPECT_EQ(X509_get_pathlen(g.trusted.certificate.get()), 0);
    const X509Ptr root = parse_certificate(g.root);
    EXPECT_EQ(X509_get_pathlen(root.get()), 1);
    EXPECT_TRUE(X509_check_ca(root.get()));
}

TEST_F(CaDirectory, KeysLieEncryptedAndPrivate) {
    std::vector<fs::path> keys = {gateway().offline() / "root.key", dir() / "log.key",
                                  dir() / "g1" / "issuing.key", dir() / "g1" / "untrusted.key"};
    for (const fs::path& file : keys) {
        EXPECT_TRUE(contents(file).starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----")) << file;
        struct stat info {};
        ASSERT_EQ(::stat(file.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777, 0400u) << file;
    }
    EXPECT_FALSE(read_key(keys[2], Passphrase(test::kRootPassphrase)).ok());
    EXPECT_TRUE(read_key(keys[0], Passphrase(test::kRootPassphrase)).ok());
    fs::permissions(keys[2], fs::perms(0440));
    EXPECT_NE(refusal(), "");
}

TEST_F(CaDirectory, AKeyWithoutAPassphraseIsRefused) {
    const BioPtr pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(pem.get(), gateway().generation->trusted.key.get(), nullptr,
                                  nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long size = BIO_get_mem_data(pem.get(), &text);
    const fs::path file = dir() / "g1" / "issuing.key";
    fs::remove(file);
    overwrite(file, {text, static_cast<std::size_t>(size)});
    fs::permissions(file, fs::perms(0400));
    EXPECT_NE(refusal().find("encrypted"), std::string::npos);
}

TEST(SecureHeap, HoldsPrivateKeys) {
    ASSERT_TRUE(make_secure_heap());
    const std::size_t before = CRYPTO_secure_used();
    const auto key = read_key(gateway().ca_directory() / "g1" / "issuing.key", online());
    ASSERT_TRUE(key.ok());
    const std::size_t with_one = CRYPTO_secure_used();
    EXPECT_GT(with_one, before);
    const auto log_key = read_key(gateway().ca_directory() / "log.key", online());
    ASSERT_TRUE(log_key.ok());
    EXPECT_GT(CRYPTO_secure_used(), with_one);
    const std::size_t with_two = CRYPTO_secure_used();
    const Passphrase passphrase("also a secret thing");
    EXPECT_GT(CRYPTO_secure_used(), with_two);
}

// ---- generations that do not belong together ----

TEST_F(CaDirectory, KeysOfOtherCertificates) {
    replace("issuing.key", "untrusted.key");
    EXPECT_NE(refusal().find("is not the key"), std::string::npos);
}
TEST_F(CaDirectory, AnIssuerUnderAnotherRoot) {
    put("root.pem", test::internet().root);
    EXPECT_NE(refusal().find("not signed by the root"), std::string::npos);
}
TEST_F(CaDirectory, AnUntrustedCaThatIsTrusted) {
    replace("untrusted.pem", "issuing.pem");
    EXPECT_NE(refusal().find("would be trusted"), std::string::npos);
}
TEST_F(CaDirectory, AnIssuerThatIsNoCa) {
    put("issuing.pem", test::make_identity({{"a.example"}}));
    EXPECT_NE(refusal().find("no CA of path length 0"), std::string::npos);
}
TEST_F(CaDirectory, AnIssuerThatMayMakeCas) {
    put("issuing.pem", test::make_identity({{}, true, 1}));
    EXPECT_NE(refusal().find("no CA of path length 0"), std::string::npos);
}
TEST_F(CaDirectory, MissingAndDamagedFiles) {
    for (const char* file :
         {"root.pem", "issuing.pem", "untrusted.pem", "issuing.key", "untrusted.key"}) {
        const fs::path path = dir() / "g1" / file;
        const std::string whole = contents(path);
        fs::remove(path);
        EXPECT_NE(refusal(), "") << file;
        overwrite(path, whole.substr(0, whole.size() / 2));
        fs::permissions(path, fs::perms(0400));
        EXPECT_NE(refusal(), "") << file;
        fs::remove(path);
        overwrite(path, whole);
        fs::permissions(path, fs::perms(0400));
    }
    EXPECT_EQ(refusal(), "");
}
TEST_F(CaDirectory, CurrentNamesAGeneration) {
    for (const char* text : {"", "../g1", "g 1", ".g1", "-g1", "g1\ng2"}) {
        overwrite(dir() / "current", text);
        EXPECT_FALSE(current_generation(dir()).ok()) << text;
    }
    ASSERT_TRUE(set_current(dir(), "g1").ok());
    EXPECT_EQ(current_generation(dir()).value(), "g1");
}

// ---- passphrases ----

TEST(PassphraseFile, MustBePrivateAndLong) {
    test::TemporaryDirectory home;
    const fs::path file = home.path() / "passphrase";
    overwrite(file, "twelve chars and more\nsecond line");
    fs::permissions(file, fs::perms(0400));
    const auto read = read_passphrase(file);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(std::string(read->data(), read->size()), "twelve chars and more");
    fs::permissions(file, fs::perms(0604));
    EXPECT_FALSE(read_passphrase(file).ok());
    fs::remove(file);
    overwrite(file, "too short\n");
    fs::permissions(file, fs::perms(0400));
    EXPECT_FALSE(read_passphrase(file).ok());
    EXPECT_FALSE(read_passphrase(home.path() / "none").ok());
}

// ---- ceremonies ----

CeremonyPlan plan_at(const fs::path& out) {
    CeremonyPlan plan;
    plan.out = out;
    plan.generation = "g2";
    plan.organisation = "Test Gateway";
    plan.log_name = "gateway.example/issuance";
    plan.now = UtcTime{kNoon};
    plan.cost = test::kCheap;
    return plan;
}
std::string why_not(const CeremonyPlan& plan) {
    const auto held = hold_ceremony(plan, Passphrase(test::kRootPassphrase), online());
    return held ? std::string() : held.error().message;
}

TEST(Ceremony, AnotherGenerationUnderTheSameRoot) {
    test::TemporaryDirectory home;
    CeremonyPlan plan = plan_at(home.path() / "out");
    plan.root_from = gateway().offline();
    plan.root_days = 1;  // of no account: the root is there
    const auto held = hold_ceremony(plan, Passphrase(test::kRootPassphrase), online());
    ASSERT_TRUE(held.ok()) << held.error().message;
    EXPECT_EQ(held->root, gateway().record.root);
    EXPECT_NE(held->issuing, gateway().record.issuing);
    EXPECT_TRUE(held->log_verifier.empty());
    EXPECT_FALSE(fs::exists(home.path() / "out" / "gateway" / "log.key"));
    EXPECT_FALSE(fs::exists(home.path() / "out" / "offline"));
    EXPECT_TRUE(load_generation(home.path() / "out" / "gateway", "g2", online()).ok());
    plan.out = home.path() / "again";
    const auto wrong = hold_ceremony(plan, Passphrase("not the passphrase"), online());
    EXPECT_FALSE(wrong.ok());
    plan.out = home.path() / "late";
    plan.now = UtcTime{kNoon + 4'000 * test::kDay};
    EXPECT_NE(why_not(plan).find("expired"), std::string::npos);
}

TEST(Ceremony, IsRefusedBeforeAnythingIsMade) {
    test::TemporaryDirectory home;
    const fs::path out = home.path() / "out";
    const auto refused = [&](auto change) {
        CeremonyPlan plan = plan_at(out);
        change(plan);
        const bool no = !why_not(plan).empty();
        return no && !fs::exists(out);
    };
    EXPECT_TRUE(refused([](CeremonyPlan& p) { p.generation = "../x"; }));
    EXPECT_TRUE(refused([](CeremonyPlan& p) { p.organisation = ""; }));
    EXPECT_TRUE(refused([](CeremonyPlan& p) { p.organisation = "a\nb"; }));
    EXPECT_TRUE(refused([](CeremonyPlan& p) { p.log_name = "a+b"; }));
    EXPECT_TRUE(refused([](CeremonyPlan& p) { p.excluded.assign(21, "gov.example"); }));
    EXPECT_TRUE(refused([](CeremonyPlan& p) { p.issuing_days = 0; }));
    EXPECT_NE(why_not(plan_at(gateway().home.path() / "out")).find("holds a ceremony"),
              std::string::npos);
}

TEST(Ceremony, TheIssuingCertificateStaysSmall) {
    test::TemporaryDirectory home;
    CeremonyPlan plan = plan_at(home.path() / "out");
    for (int i = 0; i < 20; ++i)
        plan.excluded.push_back("a-statutory-suffix-" + std::to_string(i) + ".gov.example");
    EXPECT_EQ(why_not(plan), "");
    CeremonyPlan large = plan_at(home.path() / "large");
    for (int i = 0; i < 20; ++i)
        large.excluded.push_back(std::string(60, 'a') + std::to_string(i) + ".gov.example");
    EXPECT_NE(why_not(large).find("1,536"), std::string::npos);
    EXPECT_FALSE(fs::exists(home.path() / "large" / "gateway" / "current"));
}

}  // namespace
}  // namespace sluice::certs

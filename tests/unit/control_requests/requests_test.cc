// Signed requests: one that is good, and for every check a message that is wrong in that one thing.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>

// Declares its PEM functions only where pem.h came first.
#include <openssl/cms.h>

#include <fstream>

#include "control/requests/envelope.h"
#include "control/requests/request_folder.h"
#include "control/requests/signer_check.h"
#include "rules/base/assert.h"
#include "tests/unit/control/cases_fixture.h"
#include "tests/unit/verify/lists.h"

namespace sluice::control::requests {
namespace {

namespace verify = certs::verify;
namespace pki = certs::verify::test;
using pki::Made;
using pki::Spec;

const std::string kYearly =
    "request: IR-1\norganisation: ministry\nlifecycle: access-policy\nevent: submit\nfields:\n"
    "  categories: [news]\n  addresses: [10.1.0.0/16]\n  valid_from: 2026-06-02\n"
    "  valid_until: 2027-06-01\n";

// A signer's certificate of the ministry.
Spec signer_spec(const std::string& bin = "BIN990140000001") {
    Spec spec = pki::leaf_spec("Ministry");
    spec.set("keyUsage", "critical,digitalSignature,nonRepudiation");
    spec.set("extendedKeyUsage", "");
    spec.set("subjectAltName", "");
    spec.change = [bin](X509* x) {
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "OU", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(bin.data()),
                                   static_cast<int>(bin.size()), -1, 0);
    };
    return spec;
}

const Made& signer() {
    static const Made made = pki::make(signer_spec(), &pki::authority());
    return made;
}

using Cms = std::unique_ptr<CMS_ContentInfo, verify::FreedBy<CMS_ContentInfo_free>>;
using Bio = std::unique_ptr<BIO, verify::FreedBy<BIO_free_all>>;

struct SignSpec {
    const Made* by = nullptr;  // null: signer()
    const Made* also = nullptr;
    std::string text = kYearly;
    std::int64_t at = pki::kNoon;
    const EVP_MD* digest = EVP_sha256();
    unsigned flags = CMS_BINARY;
    bool pem = false;
    std::function<void(CMS_ContentInfo*)> spoil;
};

std::string bytes_of(CMS_ContentInfo* cms, bool pem) {
    const Bio out(BIO_new(BIO_s_mem()));
    pem ? PEM_write_bio_CMS(out.get(), cms) : i2d_CMS_bio(out.get(), cms);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string sign(const SignSpec& spec) {
    const Made& by = spec.by ? *spec.by : signer();
    STACK_OF(X509)* others = sk_X509_new_null();
    sk_X509_push(others, pki::authority().x509.get());
    const Cms cms(CMS_sign(nullptr, nullptr, others, nullptr, spec.flags | CMS_PARTIAL));
    sk_X509_free(others);
    for (const Made* who : {&by, spec.also}) {
        if (who == nullptr) continue;
        CMS_SignerInfo* info = CMS_add1_signer(cms.get(), who->x509.get(), who->key.get(),
                                               spec.digest, spec.flags | CMS_PARTIAL);
        SLUICE_ASSERT(info != nullptr);
        ASN1_TIME* at = ASN1_TIME_set(nullptr, spec.at);
        if ((spec.flags & CMS_NOATTR) == 0)
            CMS_signed_add1_attr_by_NID(info, NID_pkcs9_signingTime, at->type, at, -1);
        ASN1_TIME_free(at);
    }
    const Bio in(BIO_new_mem_buf(spec.text.data(), static_cast<int>(spec.text.size())));
    EXPECT_EQ(CMS_final(cms.get(), in.get(), nullptr, spec.flags), 1);
    if (spec.spoil) spec.spoil(cms.get());
    return bytes_of(cms.get(), spec.pem);
}

void write_file(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string pem_of(X509* x) {
    const Bio out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), x);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

class Requests : public Cases {
  protected:
    void SetUp() override {
        Cases::SetUp();
        now_ = UtcTime{pki::kNoon};
        for (const char* part : {"/trust", "/crls", "/in"})
            std::filesystem::create_directories(dir_ + part);
        write_file(dir_ + "/trust/root.pem", pem_of(pki::root().x509.get()));
        set_lists({});
        config_.folder = dir_ + "/in";
        config_.trust = dir_ + "/trust";
        config_.crls = dir_ + "/crls";
        config_.identifier = "OU";
        config_.identifier_prefix = "BIN";
    }
    void TearDown() override {
        Cases::TearDown();
        std::filesystem::remove_all(dir_);
    }
    void set_lists(const std::vector<const Made*>& revoked) {
        pki::ListSpec leafs, authorities;
        leafs.revoked = revoked;
        authorities.signer = &pki::root();
        for (const auto& [name, spec] :
             {std::pair{"/crls/a.crl", leafs}, {"/crls/r.crl", authorities}}) {
            const auto der = pki::make_list(spec);
            write_file(dir_ + name, {reinterpret_cast<const char*>(der.data()), der.size()});
        }
    }
    RequestDesk desk() {
        return {config_,
                {*desk_, *store_, *store_, [this] { return now_; },
                 [](const std::string& id) -> std::optional<std::string> {
                     if (id == "ministry") return "990140000001";
                     if (id == "hospital") return "990140000002";
                     return std::nullopt;
                 }}};
    }
    // "ok", or the word of the refusal.
    std::string submit(const std::string& message, std::optional<std::string> content = {}) {
        RequestDesk d = desk();
        Submission s;
        s.message = message;
        s.content = std::move(content);
        s.actor = {"clerk", 1000};
        auto done = d.submit(s);
        if (!done) detail_ = done.error().text();
        if (done) taken_ = done->row;
        return done ? "ok" : std::string(info(done.error().fault).word);
    }
    // Of a certificate that is wrong in one thing: the fault of the chain.
    std::string submit_by(Spec spec, const Made* issuer = &pki::authority()) {
        const Made made = pki::make(spec, issuer);
        SignSpec s;
        s.by = &made;
        const std::string word = submit(sign(s));
        return word == "certificate" ? detail_.substr(detail_.find(": ") + 2) : word;
    }

    std::string dir_ = testing::TempDir() + "/requests-" + std::to_string(::getpid()) + "-" +
                       testing::UnitTest::GetInstance()->current_test_info()->name();
    RequestConfig config_;
    std::string detail_;
    RequestRow taken_;
};

TEST_F(Requests, AGoodOneOpensItsCaseAndIsKeptByteForByte) {
    const std::string message = sign({});
    ASSERT_EQ(submit(message), "ok") << detail_;
    EXPECT_EQ(state(taken_.case_id), "submitted");
    EXPECT_NE(taken_.signer.find("BIN990140000001"), std::string::npos);
    reopen();
    const auto bytes = store_->request_bytes(taken_.id);
    ASSERT_TRUE(bytes.ok());
    EXPECT_EQ(bytes->content, kYearly);
    EXPECT_EQ(bytes->envelope, message);
    const auto record = record_of(store_->events_of(taken_.case_id)->front().document);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->request, taken_.id);
    EXPECT_EQ(record->by, Party::user);
    EXPECT_EQ(store_->request_numbered("ministry", "IR-1").value()->case_id, taken_.case_id);
    expect_replay_equal(taken_.case_id);
}

TEST_F(Requests, PemAndDetachedAreTaken) {
    SignSpec pem;
    pem.pem = true;
    EXPECT_EQ(submit(sign(pem)), "ok") << detail_;
    SignSpec detached;
    detached.flags |= CMS_DETACHED;
    detached.text =
        "{\"request\": \"G-1\", \"organisation\": \"ministry\", \"lifecycle\": \"grant\", "
        "\"event\": \"request\", \"fields\": {\"protocol\": \"openvpn\", \"valid_from\": "
        "\"2026-06-02\", \"valid_until\": \"2026-12-01\"}}";
    const std::string message = sign(detached);
    EXPECT_EQ(submit(message), "no_content");
    EXPECT_EQ(submit(message, detached.text + " "), "bad_signature");
    EXPECT_EQ(submit(message, detached.text), "ok") << detail_;
}

TEST_F(Requests, EachFaultOfTheMessage) {
    const std::string good = sign({});
    EXPECT_EQ(submit("nonsense"), "not_cms");
    EXPECT_EQ(submit(good + "x"), "not_cms");
    EXPECT_EQ(submit(std::string(kRequestBytesMax + 1, 'x')), "too_large");
    EXPECT_EQ(submit(good, kYearly), "two_contents");
    std::string changed = good;
    changed.replace(changed.find("IR-1"), 4, "IR-2");
    EXPECT_EQ(submit(changed), "bad_signature");
    SignSpec spec;
    const Made second = pki::make(signer_spec(), &pki::authority());
    spec.also = &second;
    EXPECT_EQ(submit(sign(spec)), "not_one_signer");
    spec = {};
    spec.flags |= CMS_NOCERTS;
    EXPECT_EQ(submit(sign(spec)), "no_certificate");
    spec = {};
    spec.flags |= CMS_NOATTR;
    EXPECT_EQ(submit(sign(spec)), "no_signing_time");
    spec = {};
    spec.spoil = [](CMS_ContentInfo* cms) {
        CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo));
    };
    EXPECT_EQ(submit(sign(spec)), "wrong_content_type");
    spec = {};
    spec.digest = EVP_sha1();
    EXPECT_EQ(submit(sign(spec)), "algorithm");
}

TEST_F(Requests, AnAlgorithmNobodyHereHasIsNamedByItsOid) {
    SignSpec spec;
    spec.spoil = [](CMS_ContentInfo* cms) {
        X509_ALGOR* signature = nullptr;
        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0), nullptr,
                                 nullptr, nullptr, &signature);
        X509_ALGOR_set0(signature, OBJ_txt2obj("1.2.643.7.1.1.1.1", 1), V_ASN1_UNDEF, nullptr);
    };
    EXPECT_EQ(submit(sign(spec)), "algorithm");
    EXPECT_NE(detail_.find("1.2.643.7.1.1.1.1"), std::string::npos) << detail_;
    config_.providers = {"none"};
    EXPECT_FALSE(load_providers(config_).ok());
    EXPECT_EQ(submit(sign(spec)), "algorithm") << "a P-256 key signs with no such algorithm";
}

TEST_F(Requests, TheTimeItWasSigned) {
    SignSpec spec;
    spec.at = pki::kNoon + 301;
    EXPECT_EQ(submit(sign(spec)), "signed_in_future");
    spec.at = pki::kNoon - 3 * pki::kDay - 1;
    config_.signed_days_max = 3;
    EXPECT_EQ(submit(sign(spec)), "signed_long_ago");
    // Valid now and not yet when it was signed, as the signer says.
    config_.signed_days_max = 30;
    spec.at = pki::kNoon - 20 * pki::kDay;
    EXPECT_EQ(submit(sign(spec)), "certificate");
    EXPECT_NE(detail_.find("not_yet_valid"), std::string::npos) << detail_;
}

TEST_F(Requests, EachFaultOfTheCertificate) {
    const auto begins = [](const std::string& text, const char* word) {
        return text.starts_with(word) ? std::string(word) : text;
    };
    EXPECT_EQ(begins(submit_by(signer_spec(), nullptr), "untrusted"), "untrusted");
    const Made stranger = pki::make(pki::authority_spec("stranger"));
    EXPECT_EQ(begins(submit_by(signer_spec(), &stranger), "untrusted"), "untrusted");
    Spec spec = signer_spec();
    spec.set("keyUsage", "critical,keyEncipherment");
    EXPECT_EQ(begins(submit_by(spec), "key_usage"), "key_usage");
    spec = signer_spec();
    spec.set("extendedKeyUsage", "serverAuth");
    EXPECT_EQ(begins(submit_by(spec), "wrong_purpose"), "wrong_purpose");
    spec = signer_spec();
    spec.not_after = "20260601115959Z";
    EXPECT_EQ(begins(submit_by(spec), "expired"), "expired");
    spec = signer_spec();
    spec.by_issuer_key = false;
    EXPECT_NE(submit_by(spec), "ok");
    set_lists({&signer()});
    EXPECT_EQ(submit(sign({})), "certificate");
    EXPECT_NE(detail_.find("revoked"), std::string::npos) << detail_;
    std::filesystem::remove(dir_ + "/crls/a.crl");
    EXPECT_EQ(submit(sign({})), "certificate");
    EXPECT_NE(detail_.find("revocation_unknown"), std::string::npos) << detail_;
    std::filesystem::remove_all(dir_ + "/crls");
    EXPECT_EQ(submit(sign({})), "pki");
}

TEST_F(Requests, WhoseCertificateItIs) {
    EXPECT_EQ(submit_by(signer_spec("BIN990140000002")), "wrong_organisation");
    EXPECT_EQ(submit_by(signer_spec("IIN990140000001")), "wrong_organisation");
    SignSpec spec;
    spec.text = "request: 1\norganisation: nobody\nlifecycle: grant\nevent: request\n";
    EXPECT_EQ(submit(sign(spec)), "unknown_organisation");
    spec.text = "organisation: ministry\n";
    EXPECT_EQ(submit(sign(spec)), "bad_request");
}

TEST_F(Requests, NoneIsTakenTwice) {
    ASSERT_EQ(submit(sign({})), "ok") << detail_;
    EXPECT_EQ(submit(sign({})), "taken_already");
    SignSpec later;
    later.at = pki::kNoon - 60;
    EXPECT_EQ(submit(sign(later)), "taken_already") << "signed again";
    later.text = kYearly + "# other bytes, the same number\n";
    EXPECT_EQ(submit(sign(later)), "taken_already");
    // Past the desk's own look: the store refuses by itself.
    RequestWrite write{taken_, {kYearly, "x"}};
    const auto again = desk_->raise(taken_.case_id, command("apply", Party::service), {}, &write);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(state(taken_.case_id), "submitted") << "the event went with it";
}

TEST_F(Requests, ACaseOfAnotherOrganisationIsNotMoved) {
    const std::string theirs = open("grant", "request",
                                    {{"organisation", {"hospital"}},
                                     {"protocol", {"openvpn"}},
                                     {"request", {"G"}},
                                     {"valid_from", {"2026-06-02"}},
                                     {"valid_until", {"2026-07-01"}}});
    raise(theirs, "grant");
    SignSpec spec;
    spec.text = "request: W\norganisation: ministry\ncase: " + theirs + "\nevent: withdraw\n";
    EXPECT_EQ(submit(sign(spec)), "wrong_case");
    EXPECT_EQ(state(theirs), "open");
    const Made hospital = pki::make(signer_spec("BIN990140000002"), &pki::authority());
    spec.by = &hospital;
    spec.text = "request: W\norganisation: hospital\ncase: " + theirs + "\nevent: withdraw\n";
    EXPECT_EQ(submit(sign(spec)), "ok") << detail_;
    EXPECT_EQ(state(theirs), "withdrawn");
}

TEST_F(Requests, WhatOnlyTheServiceSaysIsRefused) {
    ASSERT_EQ(submit(sign({})), "ok");
    SignSpec spec;
    spec.text = "request: A\norganisation: ministry\ncase: " + taken_.case_id + "\nevent: apply\n";
    EXPECT_EQ(submit(sign(spec)), "refused");
    spec.text = "request: B\norganisation: ministry\nlifecycle: unknown-source\nevent: seen\n";
    EXPECT_EQ(submit(sign(spec)), "wrong_case");
    spec.text = kYearly;
    spec.text.replace(spec.text.find("IR-1"), 4, "IR-3");
    spec.text += "  organisation: hospital\n";
    EXPECT_EQ(submit(sign(spec)), "bad_request");
    const auto audit = store_->audit(1);
    EXPECT_EQ(audit->front().action, "request.refused");
    EXPECT_EQ(store_->verify_audit().value(), std::nullopt);
}

TEST_F(Requests, TheFolderMovesWhatItHasJudged) {
    SignSpec detached;
    detached.flags |= CMS_DETACHED;
    write_file(dir_ + "/in/yearly.yaml", kYearly);
    write_file(dir_ + "/in/yearly.yaml.p7s", sign(detached));
    write_file(dir_ + "/in/again.p7m", sign({}));
    write_file(dir_ + "/in/half.p7m", sign({}).substr(0, 100));
    RequestDesk d = desk();
    RequestFolder folder(d);
    EXPECT_EQ(folder.turn(), "");
    const auto there = [&](const char* name) {
        return std::filesystem::exists(dir_ + "/in/" + name);
    };
    EXPECT_TRUE(there("taken/again.p7m"));
    EXPECT_TRUE(there("refused/yearly.yaml.p7s"));
    EXPECT_TRUE(there("refused/yearly.yaml.p7s.txt"));
    EXPECT_TRUE(there("refused/yearly.yaml.p7s.content"));
    EXPECT_TRUE(there("half.p7m")) << "it may still grow";
    EXPECT_EQ(store_->requests({})->size(), 1u);
    std::filesystem::remove_all(dir_ + "/in");
    EXPECT_NE(folder.turn(), "");
}

TEST(RequestConfigFile, TheShippedExampleIsRead) {
    const auto loaded = load_request_config_file(RULES_DATA "/requests.yaml");
    ASSERT_TRUE(loaded.ok()) << load::to_text(loaded.diagnostics.front());
    EXPECT_EQ(loaded.value.identifier_prefix, "BIN");
    EXPECT_TRUE(loaded.value.revocation_required);
    const auto bad = load_request_config("trust: /t\ncrls: /c\nidentifier: shoeSize\n", "r.yaml");
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.diagnostics.front().code, "unknown_attribute");
}

}  // namespace
}  // namespace sluice::control::requests

// Evidence of exempt flows: from the data plane's records to sealed lines, and what verification
// finds: each kind of change, and a leaf for what was exempt.
#include <gtest/gtest.h>

#include <cstring>
#include <ctime>

#include "certs/leaf/mint.h"
#include "certs/log/entry.h"
#include "certs/log/issuance_log.h"
#include "control/evidence/keeper.h"
#include "control/evidence/verify.h"
#include "control/store/time_text.h"
#include "fakes.h"
#include "tests/unit/certs/pki.h"

namespace sluice::control {
namespace {

namespace fs = std::filesystem;

const std::string kBundle(64, 'a');

ipc::Evidence of(ipc::EvidenceKind kind, std::uint64_t id) {
    ipc::Evidence e;
    e.kind = kind;
    e.id = id;
    e.reason = model::Reason::exempt_finance;
    e.protocol = model::Protocol::tls;
    e.name_source = model::NameSource::tls_sni;
    e.org = OrgId{1};
    e.generation = 1;
    e.utc_ns = 1'700'000'000'000'000'000;
    e.tuple = {*parse_ip("10.0.0.1"), *parse_ip("192.0.2.9"), 40000, 443, 6, OperatorId{0}};
    e.hash_of_bytes = 300;
    e.hash.fill(7);
    e.name_size = 12;
    std::memcpy(e.name_bytes, "bank.example", 12);
    e.packets = 9;
    e.bytes = 900;
    return e;
}

// ---- the keeper ----

TEST(EvidenceKeeper, AFlowIsOpenThenEndedWithBothHashes) {
    EvidenceKeeper keeper({.runtime_dir = "/nowhere", .signer_socket = "", .started_utc = 5});
    keeper.take(of(ipc::EvidenceKind::begun, 1), FakeRulebook(), kBundle);
    auto items = keeper.list(FakeRulebook(), "ministry", "bank.example", 10);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].at("state"), "open");
    EXPECT_EQ(items[0].at("client_hello").at("bytes"), 300);
    EXPECT_TRUE(keeper.list(FakeRulebook(), "", "other.example", 10).empty());
    keeper.take(of(ipc::EvidenceKind::answered, 1), FakeRulebook(), kBundle);
    keeper.take(of(ipc::EvidenceKind::ended, 1), FakeRulebook(), kBundle);
    items = keeper.list(FakeRulebook(), "", "", 10);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].at("state"), "ended");
    EXPECT_EQ(items[0].at("bytes"), 900);
    EXPECT_EQ(items[0].at("server_hello").at("sha256"), items[0].at("client_hello").at("sha256"));
    EXPECT_EQ(keeper.status().open, 0u);
}

TEST(EvidenceKeeper, WhatFindsNoRoomIsCounted) {
    EvidenceKeeper keeper({.runtime_dir = "/nowhere",
                           .signer_socket = "/nowhere/signer.sock",
                           .started_utc = 5,
                           .open_max = 2,
                           .waiting_max = 3});
    for (std::uint64_t id = 0; id < 5; ++id)
        keeper.take(of(ipc::EvidenceKind::begun, id), FakeRulebook(), kBundle);
    keeper.flush({MonoTime{1}, UtcTime{5}});
    const EvidenceStatus status = keeper.status();
    EXPECT_EQ(status.open, 2u);
    EXPECT_EQ(status.waiting, 3u);
    EXPECT_EQ(status.not_kept, 2u);
    EXPECT_NE(status.trouble, "");
}

TEST(EvidenceLine, IsReadBackAndAnythingElseIsNot) {
    const OpenEvidence open{of(ipc::EvidenceKind::begun, 1), "5-1", kBundle, {}, 0};
    const std::string text = line_of(begun_json(open, FakeRulebook()));
    const auto line = parse_line(text);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->name, "bank.example");
    EXPECT_EQ(line->serial, "5-1");
    EXPECT_EQ(line->bundle, kBundle);
    EXPECT_EQ(line->at_utc, 1'700'000'000);
    EXPECT_TRUE(line->exempt);
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_line(text.substr(0, size)));
    render::Json other = begun_json(open, FakeRulebook());
    other["reason"] = "under_inspection";
    EXPECT_FALSE(parse_line(line_of(other))->exempt);
    other["v"] = 2;
    EXPECT_FALSE(parse_line(line_of(other)));
}

TEST(TimeText, IsReadBack) {
    EXPECT_EQ(parse_rfc3339("2023-11-14T22:13:20Z"), UtcTime{1'700'000'000});
    EXPECT_EQ(parse_rfc3339("2023-11-14T22:13:20.123Z"), UtcTime{1'700'000'000});
    for (const char* bad : {"", "Z", "2023-11-14T22:13:20", "2023-13-14T22:13:20Z",
                            "2023-02-29T22:13:20Z", "2023-11-14T24:13:20Z", "2023-11-14 22:13:20Z",
                            "2023-11-14T22:13:20.12Z", "2023-11-14T22:13:2xZ"})
        EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

// ---- verification ----

class Verify : public testing::Test {
  protected:
    void SetUp() override {
        key_ = certs::make_ed25519_key();
        verifier_ = *certs::verifier_of(key_.get(), "gateway.example/issuance/evidence");
        auto log =
            certs::IssuanceLog::open({.directory = home_ / "evidence"}, verifier_, key_.get());
        ASSERT_TRUE(log.ok());
        std::vector<std::vector<std::uint8_t>> entries;
        for (int i = 1; i <= 3; ++i) {
            const std::string n = std::to_string(i);
            const OpenEvidence open{of(ipc::EvidenceKind::begun, 1), "5-" + n, kBundle, {}, 0};
            for (const std::string& text :
                 {line_of(begun_json(open, FakeRulebook())),
                  line_of(ended_json(open.begun, "5-" + n + "0", &open, FakeRulebook()))})
                entries.emplace_back(text.begin(), text.end());
        }
        ASSERT_TRUE((*log)->append(entries).ok());
        ASSERT_TRUE((*log)->write_checkpoint().ok());
        auto read = read_sealed(home_ / "evidence", verifier_, 0);
        ASSERT_TRUE(read.ok()) << read.error();
        sealed_ = std::move(*read);
    }
    EvidenceAudit audit(const fs::path& issuance = {}) {
        return audit_evidence(sealed_, verifier_, issuance);
    }
    // An issuance log with one leaf for the name, of that bundle.
    fs::path leaf_for(const std::string& name, std::uint8_t bundle_byte) {
        const fs::path directory = home_ / ("issuance-" + name);
        const auto issuance = *certs::verifier_of(key_.get(), "gateway.example/issuance");
        auto log = certs::IssuanceLog::open({.directory = directory}, issuance, key_.get());
        const certs::Subject subject{name, std::nullopt};
        const certs::KeyPtr key = certs::make_p256_key();
        const certs::LeafPlan plan{
            subject,
            key.get(),
            {UtcTime{certs::test::kNoon - 60}, UtcTime{certs::test::kNoon + 60}}};
        certs::LogEntry entry;
        entry.issued = UtcTime{certs::test::kNoon};
        entry.bundle.fill(bundle_byte);
        entry.leaf =
            certs::der_of(certs::mint_leaf(plan, certs::test::gateway().generation->trusted).get());
        const std::vector<std::vector<std::uint8_t>> one = {bytes_of(entry)};
        EXPECT_TRUE((*log)->append(one).ok());
        return directory;
    }

    TempDir dir_;
    fs::path home_ = fs::path(dir_ / "");
    certs::KeyPtr key_;
    certs::LogVerifier verifier_;
    SealedLines sealed_;
};

TEST_F(Verify, WhatWasSealedIsGood) {
    const EvidenceAudit a = audit();
    EXPECT_TRUE(a.problems.empty()) << a.problems.front();
    EXPECT_EQ(a.flows, 3u);
    EXPECT_EQ(a.ended, 3u);
    EXPECT_EQ(a.forwarded_packets, 27u);
    const auto again = parse_export(export_text(sealed_));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->lines, sealed_.lines);
}

TEST_F(Verify, APartIsVerifiedFromTheHashesBeforeIt) {
    auto part = read_sealed(home_ / "evidence", verifier_, 1'700'000'001);
    ASSERT_TRUE(part.ok());
    EXPECT_TRUE(part->lines.empty());
    EXPECT_EQ(part->first, 6u);
    EXPECT_TRUE(audit_evidence(*part, verifier_, {}).problems.empty());
}

TEST_F(Verify, EveryChangeIsFound) {
    const SealedLines good = sealed_;
    sealed_.lines[2].back() = ' ';
    EXPECT_FALSE(audit().problems.empty());
    sealed_ = good;
    sealed_.lines.erase(sealed_.lines.begin());
    EXPECT_FALSE(audit().problems.empty());
    sealed_ = good;
    sealed_.lines.pop_back();
    EXPECT_FALSE(audit().problems.empty());
    sealed_ = good;
    sealed_.lines.push_back(sealed_.lines.back());
    EXPECT_FALSE(audit().problems.empty());
    sealed_ = good;
    std::swap(sealed_.lines[0], sealed_.lines[2]);
    EXPECT_FALSE(audit().problems.empty());
    sealed_ = good;
    sealed_.first = 1;
    EXPECT_FALSE(audit().problems.empty());
    sealed_ = good;
    verifier_.name = "gateway.example/issuance";  // the other log's seal is not this one's
    EXPECT_FALSE(audit().problems.empty());
}

TEST_F(Verify, ALeafForWhatWasExemptIsFound) {
    EXPECT_FALSE(audit(leaf_for("bank.example", 0xaa)).problems.empty());
    const EvidenceAudit other = audit(leaf_for("news.example", 0xaa));
    EXPECT_TRUE(other.problems.empty());
    EXPECT_EQ(other.leaves, 1u);
    EXPECT_FALSE(audit(home_ / "no-such-log").problems.empty());
}

TEST_F(Verify, ALeafOfAnEarlierPolicyIsNoContradiction) {
    const EvidenceAudit a = audit(leaf_for("bank.example", 0xbb));
    EXPECT_TRUE(a.problems.empty());
    EXPECT_EQ(a.leaves_of_other_policies, 3u);
}

}  // namespace
}  // namespace sluice::control

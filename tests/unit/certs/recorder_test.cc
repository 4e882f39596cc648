// The evidence log, as whoever adds to it sees it: durable, sealed under a name of its own, closed to
// all but its recorders.
#include "certs/signer/recorder.h"

#include "tests/unit/certs/server_fixture.h"

namespace sluice::certs {
namespace {

TEST_F(Server, EvidenceIsDurableAndSealedUnderANameOfItsOwn) {
    config_.evidence_dir = home() / "evidence";
    config_.recorders = {"root"};
    start({{::getuid()}, {::getuid()}, {::getuid()}});
    Recorder recorder(config_.socket);
    const std::vector<std::string> lines = {"first", "second"};
    EXPECT_EQ(recorder.add(lines, 2'000).value(), 0u);
    EXPECT_EQ(recorder.add(std::span(lines).first(1), 2'000).value(), 2u);
    const std::vector<std::string> bad = {"good", "not\nprintable"};
    EXPECT_EQ(recorder.add(bad, 2'000).error().refusal, Refusal::bad_request);
    stop();
    std::vector<std::string> kept;
    const auto head = walk_log(config_.evidence_dir, [&](std::uint64_t, Bytes line, const Hash&) {
        kept.emplace_back(as_text(line));
        return true;
    });
    EXPECT_EQ(kept, (std::vector<std::string>{"first", "second", "first"}));
    const auto key = read_key(config_.log_key, Passphrase(test::kOnlinePassphrase));
    const LogVerifier issuance = *verifier_of(key->get(), config_.log_name);
    EXPECT_FALSE(read_checkpoint(fs::path(config_.evidence_dir) / kCheckpointFile, issuance));
    const LogVerifier evidence{issuance.name + std::string(kEvidenceLogSuffix), issuance.key};
    EXPECT_EQ(read_checkpoint(fs::path(config_.evidence_dir) / kCheckpointFile, evidence), *head);
}

TEST_F(Server, WithoutRecordersThereIsNoEvidenceLog) {
    config_.evidence_dir = home() / "evidence";
    start({{::getuid()}, {::getuid()}, {::getuid()}});
    Recorder recorder(config_.socket);
    const std::vector<std::string> lines = {"a"};
    EXPECT_EQ(recorder.add(lines, 2'000).error().refusal, Refusal::no_evidence_log);
    EXPECT_FALSE(fs::exists(config_.evidence_dir));
}

TEST_F(Server, WhoMayAskForLeavesMayNotRecord) {
    config_.evidence_dir = home() / "evidence";
    config_.recorders = {"root"};
    start();
    Recorder recorder(config_.socket);
    const std::vector<std::string> lines = {"a"};
    EXPECT_EQ(recorder.add(lines, 2'000).error().refusal, Refusal::not_allowed);
}

}  // namespace
}  // namespace sluice::certs

// Events become log lines, references and unknown sources; the log rotates and survives a full
// disk.
#include "control/daemon/intake.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "control/api/reference_text.h"
#include "fakes.h"

namespace sluice::control {
namespace {

ipc::Event blocked(std::uint64_t reference) {
    ipc::Event e;
    e.reason = model::Reason::not_granted;
    e.protocol = model::Protocol::tls;
    e.org = OrgId{1};
    e.utc_ns = 1'700'000'000'123'456'789;
    e.reference = reference;
    e.tuple = {*parse_ip("10.0.0.1"), *parse_ip("192.0.2.9"), 40000, 443, 6, OperatorId{0}};
    e.name_size = 9;
    std::memcpy(e.name_bytes, "x.blocked", 9);
    return e;
}

std::uint64_t lines_of(const std::string& path) {
    std::ifstream in(path);
    std::uint64_t n = 0;
    for (std::string line; std::getline(in, line); ++n)
        EXPECT_FALSE(render::Json::parse(line, nullptr, false).is_discarded()) << line;
    return n;
}

TEST(Intake, BlockedFlowsAreLoggedAndFoundByReference) {
    TempDir dir;
    auto store = SqliteStore::open(dir / "s").value();
    VerdictLog log(dir / "v");
    Intake intake(dir / "run", *store, log);
    intake.take(blocked(77), FakeRulebook());
    intake.flush();
    EXPECT_EQ(lines_of(dir / "v"), 1u);
    const auto found = store->find_reference(reference_as_text(77)).value();
    ASSERT_TRUE(found);
    const auto kept = render::Json::parse(found->document);
    EXPECT_EQ(kept.at("at"), "2023-11-14T22:13:20.123Z");
    EXPECT_EQ(kept.at("categories"), render::Json::array({"bad"}));
    const auto record = record_of(kept, FakeRulebook());
    ASSERT_TRUE(record);
    EXPECT_EQ(record->tuple, blocked(77).tuple);
    EXPECT_EQ(record->name(), "x.blocked");
}

TEST(Intake, RecordOfRefusesWhatIsNotARecord) {
    render::Json good = event_json(blocked(1), FakeRulebook());
    for (const auto& field : good.items()) {
        render::Json broken = good;
        broken[field.key()] = render::Json::array();
        record_of(broken, FakeRulebook());  // no exception for any field
        broken.erase(field.key());
        record_of(broken, FakeRulebook());
    }
    EXPECT_FALSE(record_of(render::Json(7), FakeRulebook()));
    EXPECT_FALSE(record_of(render::Json::object(), FakeRulebook()));
    good["src"] = "nowhere";
    EXPECT_FALSE(record_of(good, FakeRulebook()));
}

TEST(Intake, UnknownSourcesAddUp) {
    TempDir dir;
    auto store = SqliteStore::open(dir / "s").value();
    VerdictLog log(dir / "v");
    Intake intake(dir / "run", *store, log);
    for (const std::int64_t second : {30, 10, 20}) {
        ipc::Event e;
        e.kind = ipc::EventKind::unknown_source;
        e.utc_ns = second * kNsPerSecond;
        e.tuple.user = *parse_ip("172.16.0.1");
        e.packets = 5;
        intake.take(e, FakeRulebook());
    }
    intake.flush();
    const auto all = store->unknown_sources("telco", 10).value();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].first_seen, UtcTime{10});
    EXPECT_EQ(all[0].last_seen, UtcTime{30});
    EXPECT_EQ(all[0].packets, 15u);
}

TEST(VerdictLog, RotatesWithinItsCap) {
    TempDir dir;
    VerdictLog log(dir / "v", {.file_bytes_max = 100, .files_max = 3});
    for (int i = 0; i < 100; ++i)
        log.write(R"({"n":)" + std::to_string(i) + "}");
    std::uint64_t total = 0;
    for (const char* name : {"v", "v.1", "v.2"}) {
        EXPECT_LE(std::filesystem::file_size(dir / name), 100u) << name;
        total += lines_of(dir / name);
    }
    EXPECT_GT(total, 20u);
    EXPECT_FALSE(std::filesystem::exists(dir / "v.3"));
    EXPECT_EQ(log.lost(), 0u);
}

TEST(VerdictLog, AFullDiskIsCountedAndSaid) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    VerdictLog log("/dev/full");
    log.write("{}");
    EXPECT_EQ(log.lost(), 1u);
    EXPECT_NE(log.trouble(), "");
}

}  // namespace
}  // namespace sluice::control

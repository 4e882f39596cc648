// Records as JSON and tables: field order, both directions of opening, absent values, alignment.
#include <gtest/gtest.h>

#include <cstring>

#include "tools/render/flow_json.h"
#include "tools/render/flow_table.h"
#include "tools/render/table.h"

namespace sluice::render {
namespace {

class TestWords : public Words {
  public:
    std::string organisation(OrgId org) const override { return "org" + std::to_string(org.raw()); }
    std::string operator_id(OperatorId op) const override {
        return "op" + std::to_string(op.raw());
    }
    std::string category(model::CategoryIndex c) const override {
        return "cat" + std::to_string(c);
    }
};

ipc::FlowRecord sample() {
    ipc::FlowRecord r;
    r.tuple = {*parse_ip("192.0.2.1"), *parse_ip("2001:db8::9"), 40000, 443, 6, OperatorId{2}};
    r.id = (std::uint64_t{3} << 32) | 77;
    r.packets = 5;
    r.bytes = 12345;
    r.org = OrgId{9};
    r.categories.add(4);
    r.categories.add(200);
    r.verdict = model::Verdict::block;
    r.reason = model::Reason::not_granted;
    r.protocol = model::Protocol::tls;
    r.name_source = model::NameSource::tls_sni;
    r.name_size = 4;
    std::memcpy(r.name_bytes, "a.kz", 4);
    return r;
}

TEST(FlowJson, ReplayRecordIsExactlyTheDocumentedFieldsInOrder) {
    EXPECT_EQ(
        replay_record(sample(), TestWords()).dump(),
        R"({"proto":"tcp","src":"192.0.2.1","sport":40000,"dst":"2001:db8::9","dport":443,)"
        R"("packets":5,"bytes":12345,"organisation":"org9","name":"a.kz",)"
        R"("name_source":"tls_sni","protocol":"tls","confidence":"none","categories":["cat4","cat200"],)"
        R"("verdict":"block","reason":"not_granted","reason_code":3001,)"
        R"("tls_version":null,"tls_cipher":null,"alpn":null,"ja4":null,"ech":false})");
}

TEST(FlowJson, FlowAddsWhatOnlyALiveFlowHas) {
    const Json j = flow_json(sample(), TestWords());
    EXPECT_EQ(j.size(), replay_record(sample(), TestWords()).size() + 5);
    EXPECT_EQ(j.at("id"), "3-77");
    EXPECT_EQ(j.at("operator"), "op2");
    EXPECT_TRUE(j.at("evidence").is_null());
    ipc::FlowRecord told = sample();
    told.evidence = model::NameEvidence::contradict;
    EXPECT_EQ(flow_json(told, TestWords()).at("evidence"), "contradict");
}

TEST(FlowJson, SourceIsTheEndThatOpened) {
    ipc::FlowRecord r = sample();
    r.from_internet = true;
    const Json j = replay_record(r, TestWords());
    EXPECT_EQ(j.at("src"), "2001:db8::9");
    EXPECT_EQ(j.at("sport"), 443);
    EXPECT_EQ(j.at("dst"), "192.0.2.1");
    EXPECT_EQ(j.at("dport"), 40000);
}

TEST(FlowJson, AbsentIsNull) {
    const Json j = replay_record(ipc::FlowRecord{}, TestWords());
    EXPECT_TRUE(j.at("organisation").is_null());
    EXPECT_TRUE(j.at("name").is_null());
    EXPECT_TRUE(j.at("name_source").is_null());
    EXPECT_EQ(j.at("categories"), Json::array());
}

TEST(FlowJson, ProtoWordsAndNumbersAgree) {
    for (unsigned n = 0; n < 256; ++n)
        EXPECT_EQ(proto_number(proto_name(static_cast<std::uint8_t>(n))), n);
    for (const char* bad : {"", "ip-", "ip-256", "ip-6x", "TCP", "ip--1"})
        EXPECT_EQ(proto_number(bad), 256u) << bad;
}

TEST(Table, AlignsCutsAndCleans) {
    Table t({{"A"}, {"NUMBER", Align::right}, {"LONG", Align::left, 4}});
    t.add({"ä\x1b", "7", "abcdef"});
    t.add({"bbb", "12345678", "ok"});
    EXPECT_EQ(t.text(), "A      NUMBER  LONG\nä?          7  abc…\nbbb  12345678  ok\n");
}

TEST(Table, ShortCounts) {
    EXPECT_EQ(short_count(9999), "9999");
    EXPECT_EQ(short_count(10'000), "10.0k");
    EXPECT_EQ(short_count(999'960), "1.0M");
    EXPECT_EQ(short_count(~std::uint64_t{0}), "18.4E");
}

TEST(FlowTable, BracketsIpv6AndShowsTheNameWithItsSource) {
    Json flows = Json::array({replay_record(sample(), TestWords())});
    const std::string text = flow_table(flows);
    EXPECT_NE(text.find("192.0.2.1:40000"), std::string::npos);
    EXPECT_NE(text.find("[2001:db8::9]:443"), std::string::npos);
    EXPECT_NE(text.find("a.kz (tls_sni)"), std::string::npos);
    EXPECT_NE(text.find("cat4,cat200"), std::string::npos);
}

}  // namespace
}  // namespace sluice::render

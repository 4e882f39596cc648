// The API over a real Unix socket: documents, errors, identity from the kernel, table and file
// equal.
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "control/api/api.h"
#include "control/api/http_server.h"
#include "control/api/metrics.h"
#include "fakes.h"
#include "rules/ipc/event.h"

namespace sluice::control {
namespace {

class ApiTest : public testing::Test {
  protected:
    ApiTest() : socket_(dir_ / "api.sock") {
        store_ = SqliteStore::open(dir_ / "store.sqlite").value();
        pipeline_ = std::make_unique<CommitPipeline>(
            CommitPipeline::Parts{*store_, engine_, dataplane_, "bundle"});
        auto started =
            HttpServer::start(socket_, {*pipeline_, *store_, dataplane_, engine_, "node1",
                                        UtcTime{1}, [] { return UtcTime{1'000'000}; },
                                        [] { return std::vector<std::string>(); }});
        EXPECT_TRUE(started.ok()) << started.error();
        server_ = std::move(started).value();
    }
    Json ask(const std::string& method, const std::string& path, const std::string& body = "",
             httplib::Headers headers = {}) {
        httplib::ClientImpl client(socket_, 80);
        client.set_address_family(AF_UNIX);
        headers.emplace("Host", "localhost");
        const auto result = method == "GET" ? client.Get(path, headers)
                                            : client.Post(path, headers, body, "application/json");
        if (!result) return {{"failed", to_string(result.error())}};
        status_ = result->status;
        Json parsed = Json::parse(result->body, nullptr, false);
        EXPECT_FALSE(parsed.is_discarded()) << result->body;
        return parsed;
    }
    Json commit(const std::string& text) {
        return ask("POST", "/v1/policy/commits",
                   Json{{"files", {{"policy.yaml", text}}}, {"reason", "test"}}.dump());
    }
    ipc::FlowRecord flow() {
        ipc::FlowRecord f;
        f.tuple = {*parse_ip("10.0.0.1"), *parse_ip("192.0.2.9"), 40000, 443, 6, OperatorId{0}};
        f.id = 5;
        f.org = OrgId{1};
        f.verdict = model::Verdict::forward;
        f.reason = model::Reason::allowed;
        f.protocol = model::Protocol::tls;
        f.name_source = model::NameSource::tls_sni;
        f.name_size = 4;
        std::memcpy(f.name_bytes, "a.kz", 4);
        return f;
    }

    TempDir dir_;
    std::string socket_;
    FakeEngine engine_;
    FakeDataPlane dataplane_{engine_};
    std::unique_ptr<SqliteStore> store_;
    std::unique_ptr<CommitPipeline> pipeline_;
    std::unique_ptr<HttpServer> server_;
    int status_ = 0;
};

TEST_F(ApiTest, SocketIsForOwnerAndGroup) {
    struct stat st {};
    ASSERT_EQ(stat(socket_.c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 0777, 0660u);
}

TEST_F(ApiTest, MetricsHaveAddressesOfNobody) {
    httplib::ClientImpl client(socket_, 80);
    client.set_address_family(AF_UNIX);
    const auto result = client.Get("/metrics", {{"Host", "localhost"}});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->get_header_value("Content-Type"), kMetricsType);
    std::set<std::string> families;
    std::istringstream lines(result->body);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            EXPECT_TRUE(families.insert(line.substr(7, line.rfind(' ') - 7)).second) << line;
            continue;
        }
        if (line.starts_with("#")) continue;
        const std::string name = line.substr(0, line.find_first_of("{ "));
        EXPECT_TRUE(families.contains(name)) << "no TYPE before " << line;
        EXPECT_TRUE(name.starts_with("sluice_")) << line;
    }
    for (const char* name : {"sluice_dataplane_up", "sluice_start_time_seconds", "sluice_troubles",
                             "sluice_bundle_equal"})
        EXPECT_TRUE(families.contains(name)) << name;
}

TEST(Metrics, OverTcpOnLoopbackOnly) {
    TempDir dir;
    auto store = SqliteStore::open(dir / "store.sqlite").value();
    FakeEngine engine;
    FakeDataPlane dataplane{engine};
    CommitPipeline pipeline(CommitPipeline::Parts{*store, engine, dataplane, "bundle"});
    const Services services{pipeline,
                            *store,
                            dataplane,
                            engine,
                            "node1",
                            UtcTime{1},
                            [] { return UtcTime{1'000'000}; },
                            [] { return std::vector<std::string>(); }};
    for (const char* bad : {"", "9464", "0.0.0.0:9464", "10.0.0.1:9464", "localhost:9464",
                            "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "[::]:9464"})
        EXPECT_FALSE(MetricsServer::start(bad, services).ok()) << bad;
    const auto started = MetricsServer::start("127.0.0.1:0", services);
    ASSERT_TRUE(started.ok()) << started.error();
    httplib::Client client("127.0.0.1", (*started)->port());
    const auto result = client.Get("/metrics");
    ASSERT_TRUE(result);
    EXPECT_NE(result->body.find("\nsluice_dataplane_up "), std::string::npos);
    EXPECT_EQ(client.Get("/v1/status")->status, 404) << "nothing else is there";
}

TEST_F(ApiTest, ASecondDaemonIsRefused) {
    auto second = HttpServer::start(
        socket_, {*pipeline_, *store_, dataplane_, engine_, "n", UtcTime{1},
                  [] { return UtcTime{1}; }, [] { return std::vector<std::string>(); }});
    EXPECT_FALSE(second.ok());
}

TEST_F(ApiTest, EveryGetAnswersOneDocumentOrOneError) {
    for (const bool with_policy : {false, true}) {
        if (with_policy) commit("one");
        for (const Route& route : routes()) {
            if (route.method != "GET") continue;
            std::string path(route.path);
            if (const auto at = path.find("{revision}"); at != std::string::npos)
                path.replace(at, 10, "HEAD");
            const Json answer = ask("GET", path);
            if (answer.contains("error")) {
                EXPECT_TRUE(answer.at("error").at("message").is_string()) << path;
                EXPECT_NE(status_, 200) << path;
                continue;
            }
            EXPECT_EQ(answer.at("apiVersion"), "sluice/v1") << path;
            EXPECT_TRUE(answer.at("kind").is_string()) << path;
            EXPECT_TRUE(answer.at("items").is_array()) << path;
            for (const char* field : {"policy_rev", "bundle", "node", "at"})
                EXPECT_TRUE(answer.at("meta").contains(field)) << path;
        }
    }
}

TEST_F(ApiTest, CommitNamesTheCallerOfTheKernel) {
    const Json answer =
        ask("POST", "/v1/policy/commits", R"({"files":{"p":"x"},"reason":"test"})",
            {{"REMOTE_ADDR", "4242"}, {"X-Remote-User", "mallory"}, {"X-Forwarded-For", "4242"}});
    ASSERT_TRUE(answer.contains("items")) << answer.dump();
    const Json& item = answer.at("items").at(0);
    EXPECT_EQ(item.at("uid"), getuid());
    EXPECT_EQ(item.at("author"), person_of(getuid()));
    EXPECT_EQ(item.at("break_glass"), getuid() == 0);
    EXPECT_EQ(item.at("audit_seq"), 1);
    EXPECT_EQ(item.at("activation"), "active");
}

TEST_F(ApiTest, InvalidPolicyHasDiagnostics) {
    const Json answer = commit("error");
    EXPECT_EQ(status_, 422);
    EXPECT_EQ(answer.at("error").at("code"), "invalid");
    EXPECT_EQ(answer.at("error").at("diagnostics").at(0).at("column"), 2);
}

TEST_F(ApiTest, IfMatchGuardsACommit) {
    const std::string id = commit("one").at("items").at(0).at("id");
    commit("two");
    const std::string body = R"({"files":{"p":"three"},"reason":"r"})";
    ask("POST", "/v1/policy/commits", body, {{"If-Match", "\"" + id + "\""}});
    EXPECT_EQ(status_, 409);
    const std::string head = ask("GET", "/v1/policy/commits").at("items").at(0).at("id");
    ask("POST", "/v1/policy/commits", body, {{"If-Match", "\"" + head + "\""}});
    EXPECT_EQ(status_, 200);
}

TEST_F(ApiTest, UnchangedFilesAreTakenFromHeadByHash) {
    commit("one");
    const auto with = [&](const std::string& hash) {
        return ask("POST", "/v1/policy/commits",
                   Json{{"files", {{"new.yaml", "n"}}},
                        {"unchanged", {{"policy.yaml", hash}}},
                        {"reason", "r"}}
                       .dump());
    };
    with(sha256_hex("other"));
    EXPECT_EQ(status_, 409);
    with(sha256_hex("one"));
    EXPECT_EQ(status_, 200);
    EXPECT_EQ(store_->files_of(2).value(), (FileSet{{"new.yaml", "n"}, {"policy.yaml", "one"}}));
}

TEST_F(ApiTest, ExplainSaysWhetherTheLiveFlowAgrees) {
    commit("one");
    dataplane_.flow_list = {flow()};
    const Json same = ask("POST", "/v1/explain", R"({"subject":"0-5"})");
    EXPECT_EQ(same.at("items").at(0).at("live").at("equal"), true) << same.dump();
    dataplane_.flow_list[0].reason = model::Reason::pilot;
    const Json other =
        ask("POST", "/v1/explain", R"({"subject":"tcp 10.0.0.1:40000 > 192.0.2.9:443"})");
    EXPECT_EQ(other.at("items").at(0).at("live").at("equal"), false);
    EXPECT_EQ(other.at("items").at(0).at("reason"), "allowed");
}

TEST_F(ApiTest, ExplainANameForAnOrganisation) {
    commit("one");
    const Json answer =
        ask("POST", "/v1/explain", R"({"subject":"X.Blocked.","organisation":"ministry"})");
    ASSERT_EQ(status_, 200) << answer.dump();
    EXPECT_EQ(answer.at("items").at(0).at("verdict"), "block");
    EXPECT_EQ(answer.at("items").at(0).at("facts").at("name"), "x.blocked");
    EXPECT_EQ(answer.at("items").at(0).at("categories"), Json::array({"bad"}));
}

TEST_F(ApiTest, FlowsInWords) {
    commit("one");
    dataplane_.flow_list = {flow(), flow()};
    const Json answer = ask("GET", "/v1/flows?limit=1");
    EXPECT_EQ(answer.at("items").size(), 1u);
    EXPECT_EQ(answer.at("meta").at("more"), true);
    EXPECT_EQ(answer.at("items").at(0).at("organisation"), "ministry");
    for (const char* bad : {"limit=0", "limit=x", "verdict=maybe", "user=home", "reason=1",
                            "reason=none", "nonsense=1"}) {
        ask("GET", std::string("/v1/flows?") + bad);
        EXPECT_EQ(status_, 400) << bad;
    }
    ask("GET", "/v1/flow?subject=0-9");
    EXPECT_EQ(status_, 404);
}

TEST_F(ApiTest, StatusIsNotWellWithoutADataPlane) {
    commit("one");
    const auto bad = [&] {
        std::set<std::string> parts;
        const Json document = ask("GET", "/v1/status");
        for (const Json& item : document.at("items"))
            if (!item.at("ok").get<bool>()) parts.insert(item.at("part"));
        return parts;
    };
    EXPECT_EQ(bad(), std::set<std::string>{});
    dataplane_.block.rx = 1;
    EXPECT_EQ(bad(), std::set<std::string>{"counters"});
    dataplane_.present = false;
    EXPECT_EQ(bad(), (std::set<std::string>{"dataplane", "bundle"}));
}

TEST_F(ApiTest, DrainsAWireAndSaysSoInTheAudit) {
    commit("one");
    ipc::WireRecord wire;
    std::strcpy(wire.id, "w1");
    dataplane_.wire_list = {wire};
    const Json drained =
        ask("POST", "/v1/wires/w1/drain", R"({"reason":"works","now":true})").at("items").at(0);
    EXPECT_EQ(drained.at("state"), "drained");
    EXPECT_EQ(
        ask("POST", "/v1/wires/w1/drain", R"({"reason":"works"})").at("items").at(0).at("state"),
        "draining");
    const Json back = ask("POST", "/v1/wires/w1/undrain", R"({"reason":"done"})");
    EXPECT_EQ(back.at("items").at(0).at("state"), "in_use");
    const Json audit = ask("GET", "/v1/audit").at("items");
    EXPECT_EQ(audit.at(0).at("action"), "wire.undrain");
    EXPECT_EQ(audit.at(1).at("action"), "wire.drain");
    EXPECT_EQ(audit.at(2).at("action"), "wire.close");
    EXPECT_EQ(audit.at(2).at("subject"), "w1");
    EXPECT_EQ(audit.at(2).at("uid"), getuid());
    const std::size_t before = audit.size();
    ask("POST", "/v1/wires/w2/drain", R"({"reason":"works"})");
    EXPECT_EQ(status_, 404);
    for (const char* bad : {R"({})", R"({"reason":" "})", R"({"reason":"x","now":1})",
                            R"({"reason":"x","later":true})", "[]", "{"}) {
        ask("POST", "/v1/wires/w1/drain", bad);
        EXPECT_EQ(status_, 400) << bad;
    }
    EXPECT_EQ(ask("GET", "/v1/audit").at("items").size(), before);
}

TEST_F(ApiTest, AlarmsMakeAWireNotWell) {
    commit("one");
    ipc::WireRecord wire;
    std::strcpy(wire.id, "w1");
    wire.user.link_up = wire.internet.link_up = true;
    const auto wire_is_well = [&] {
        dataplane_.wire_list = {wire};
        const Json document = ask("GET", "/v1/status");
        for (const Json& item : document.at("items"))
            if (item.at("part") == "wire") return item.at("ok").get<bool>();
        return false;
    };
    EXPECT_TRUE(wire_is_well());
    for (std::size_t i = 0; i < ipc::kAlarmCount; ++i) {
        const auto alarm = static_cast<ipc::Alarm>(i);
        wire.alarms = bit_of(alarm);
        EXPECT_EQ(wire_is_well(), alarm == ipc::Alarm::no_traffic || alarm == ipc::Alarm::drained)
            << name_of(alarm);
    }
    wire.alarms = 0;
    wire.user.link_up = false;
    EXPECT_FALSE(wire_is_well());
    wire.state = ipc::WireState::drained;
    EXPECT_TRUE(wire_is_well());
}

TEST_F(ApiTest, ACaptureIsInTheAuditBeforeItsFirstPacket) {
    commit("one");
    dataplane_.flow_list = {flow()};
    const Json begun = ask("POST", "/v1/captures",
                           R"({"reason":"case 7","flow":"0-5","organisation":"ministry"})");
    ASSERT_EQ(status_, 200) << begun.dump();
    EXPECT_EQ(begun.at("items").at(0).at("id"), 7);
    EXPECT_TRUE(dataplane_.capture_order.exact);
    EXPECT_FALSE(dataplane_.capture_order.payload);
    EXPECT_TRUE(dataplane_.capture_filter.tuple == flow().tuple);
    EXPECT_TRUE(dataplane_.capture_filter.by_org);
    EXPECT_EQ(ask("GET", "/v1/audit").at("items").at(0).at("action"), "capture.headers");

    ask("POST", "/v1/captures",
        R"({"reason":"case 7","address":"10.0.0.1","grant":"warrant 12/3"})");
    EXPECT_TRUE(dataplane_.capture_order.payload);
    EXPECT_TRUE(dataplane_.capture_order.by_address);
    const Json audit = ask("GET", "/v1/audit").at("items").at(0);
    EXPECT_EQ(audit.at("action"), "capture.payload");
    EXPECT_NE(audit.at("subject").get<std::string>().find("warrant 12/3"), std::string::npos);

    ipc::QueryClient::Captured packet;
    packet.head.bytes = 4;
    packet.head.wire_bytes = 60;
    packet.bytes = {0xff, 0x00, 0x10, 0x83};
    dataplane_.capture.packets = {packet};
    const Json piece = ask("POST", "/v1/captures/7/read", "{}").at("items").at(0);
    EXPECT_EQ(piece.at("packets").at(0).at("bytes"), "/wAQgw==");
    EXPECT_EQ(piece.at("packets").at(0).at("size"), 60);
    EXPECT_EQ(ask("POST", "/v1/captures/7/stop", "{}").at("items").at(0).at("running"), false);
    for (const char* bad :
         {R"({"reason":"x"})", R"({"address":"10.0.0.1"})", R"({"reason":"x","address":"here"})",
          R"({"reason":"x","address":"10.0.0.1","flow":"0-5"})",
          R"({"reason":"x","policy_reason":"because"})",
          R"({"reason":"x","address":"10.0.0.1","seconds":0})"}) {
        ask("POST", "/v1/captures", bad);
        EXPECT_EQ(status_, 400) << bad;
    }
    ask("POST", "/v1/captures/x/read", "{}");
    EXPECT_EQ(status_, 400);
}

TEST_F(ApiTest, UnknownPathsAndMethods) {
    ask("GET", "/v1/nothing");
    EXPECT_EQ(status_, 404);
    ask("POST", "/v1/status", "{}");
    EXPECT_EQ(status_, 400);
}

TEST(OpenApi, TheFileAndTheTableNameTheSameOperations) {
    std::ifstream file(OPENAPI_FILE);
    ASSERT_TRUE(file.good()) << OPENAPI_FILE;
    std::set<std::string> written, served{"GET /metrics getMetrics"};  // no JSON: beside the table
    std::string line, path, method;
    while (std::getline(file, line)) {
        if (line.starts_with("  /") && line.ends_with(":")) path = line.substr(2, line.size() - 3);
        if (line == "    get:") method = "GET";
        if (line == "    post:") method = "POST";
        const std::string key = "      operationId: ";
        if (line.starts_with(key))
            written.insert(method + " " + path + " " + line.substr(key.size()));
    }
    for (const Route& r : routes())
        served.insert(std::string(r.method) + " " + std::string(r.path) + " " +
                      std::string(r.operation));
    EXPECT_EQ(written, served);
}

}  // namespace
}  // namespace sluice::control

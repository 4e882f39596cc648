// Doubles for the tests of this folder: a compiler that compiles nothing, a data plane in memory.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>

#include "control/commit/pipeline.h"
#include "control/store/sha256.h"
#include "control/store/sqlite_store.h"
#include "rules/ipc/sha256.h"

namespace sluice::control {

// A directory of its own, removed at the end.
class TempDir {
  public:
    TempDir() {
        std::string text = std::filesystem::temp_directory_path() / "sluice-test-XXXXXX";
        path_ = mkdtemp(text.data());
    }
    ~TempDir() { std::filesystem::remove_all(path_); }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

// One operator "telco", one organisation "ministry" that has 10.0.0.0/8; names ending in ".blocked"
// are of category 1.
class FakeRulebook : public Rulebook {
  public:
    std::string organisation(OrgId) const override { return "ministry"; }
    std::string operator_id(OperatorId) const override { return "telco"; }
    std::string category(model::CategoryIndex c) const override {
        return c == 1 ? "bad" : "uncategorised";
    }
    std::optional<OperatorId> operator_named(const std::string& id) const override {
        return id == "telco" ? std::optional(OperatorId{0}) : std::nullopt;
    }
    std::optional<OrgId> organisation_named(const std::string& id) const override {
        return id == "ministry" ? std::optional(OrgId{1}) : std::nullopt;
    }
    std::vector<OperatorId> operators() const override { return {OperatorId{0}}; }
    OperatorId operator_of(OrgId) const override { return OperatorId{0}; }
    OrgId find_user(OperatorId, const IpAddress& a) const override {
        return a.is_v4() && a.as_v4() >> 24 == 10 ? OrgId{1} : kNoOrg;
    }
    model::CategorySet categorise(std::string_view name) const override {
        model::CategorySet set;
        set.add(name.ends_with(".blocked") ? 1 : 0);
        return set;
    }
    const model::FailTable& fail_table() const override { return fail_; }
    Explanation explain(const lookup::Facts& facts) const override {
        Explanation e;
        const bool bad = facts.name.ends_with(".blocked");
        e.verdict = bad ? model::Verdict::block : model::Verdict::forward;
        e.reason = bad ? model::Reason::not_granted : model::Reason::allowed;
        e.categories = categorise(facts.name);
        e.steps.push_back({7, "yearly list", "matched", std::string(facts.name), {"G15"}});
        return e;
    }

  private:
    model::FailTable fail_;
};

// "Compiles" any file set whose files do not contain "error"; the bundle's hash is the files' hash.
class FakeEngine : public Engine {
  public:
    Candidate build(const FileSet& files, const Candidate*) override {
        Candidate c;
        for (const auto& [path, text] : files)
            if (text.find("error") != std::string::npos)
                c.diagnostics.push_back({path, 1, 2, load::Severity::error, "planted", "no", ""});
        if (!c.diagnostics.empty()) return c;
        auto policy = std::make_shared<model::Policy>();
        policy->title = files.begin()->second;
        policy->operators.push_back({"telco", "Telco", {}, {}});
        model::Organisation org;
        org.id = "ministry";
        org.operator_id = "telco";
        if (policy->title.starts_with("pilot")) org.pilot.emplace();
        policy->organisations.push_back(org);
        policy->catalog.push_back({*parse_prefix("10.0.0.0/8").prefix, 0, 0, {}});
        c.policy = policy;
        c.rules = std::make_shared<FakeRulebook>();
        c.commit_bundle = hash_of(files);
        c.bundle_hash = layer.empty() ? c.commit_bundle
                                      : sha256_hex(c.commit_bundle + std::to_string(layer.size()));
        return c;
    }
    Candidate rebuild(const Candidate& previous) override {
        Candidate c = previous;
        c.bundle_hash = layer.empty() ? c.commit_bundle
                                      : sha256_hex(c.commit_bundle + std::to_string(layer.size()));
        return c;
    }
    void set_layer(Layer effects) override { layer = std::move(effects); }
    void set_catalog(catalog::CatalogLayer rows) override { catalog = std::move(rows); }
    Result<Done, std::string> publish(const Candidate& candidate) override {
        if (disk_full) return Err{std::string("no space left on device")};
        published = candidate.bundle_hash;
        ++publishes;
        return Done{};
    }
    std::string published_hash() override { return published; }

    Layer layer;
    catalog::CatalogLayer catalog;
    std::string published;
    int publishes = 0;
    bool disk_full = false;
};

// Loads whatever the engine published last.
class FakeDataPlane : public DataPlane {
  public:
    explicit FakeDataPlane(FakeEngine& engine) : engine_(engine) {}
    template <class T>
    Result<T, ipc::QueryError> here(T value) {
        if (!present) return Err{ipc::QueryError{ipc::QueryFailure::unreachable, "not there"}};
        return value;
    }
    Result<ipc::StatusRecord, ipc::QueryError> status() override {
        ipc::StatusRecord s;
        if (const auto hash = ipc::sha256_from_hex(active))
            std::copy(hash->begin(), hash->end(), s.bundle_hash);
        return here(s);
    }
    Result<ipc::CaptureRecord, ipc::QueryError> start_capture(
        const ipc::FlowFilter& filter, const ipc::CaptureOrder& order) override {
        capture_filter = filter;
        capture_order = order;
        capture.record.id = 7;
        capture.record.running = true;
        return here(capture.record);
    }
    Result<ipc::QueryClient::CapturePiece, ipc::QueryError> read_capture(std::uint64_t) override {
        auto piece = capture;
        capture.packets.clear();
        return here(piece);
    }
    Result<ipc::CaptureRecord, ipc::QueryError> stop_capture(std::uint64_t) override {
        capture.record.running = false;
        return here(capture.record);
    }
    Result<std::vector<ipc::WorkerRecord>, ipc::QueryError> workers() override {
        return here(worker_list);
    }
    Result<ipc::WireRecord, ipc::QueryError> drain_wire(const std::string& wire,
                                                        bool now) override {
        return turn_wire(wire, now ? ipc::WireState::drained : ipc::WireState::draining);
    }
    Result<ipc::WireRecord, ipc::QueryError> undrain_wire(const std::string& wire) override {
        return turn_wire(wire, ipc::WireState::in_use);
    }
    Result<ipc::WireRecord, ipc::QueryError> turn_wire(const std::string& wire,
                                                       ipc::WireState state) {
        for (ipc::WireRecord& record : wire_list)
            if (wire == record.id) {
                record.state = state;
                return here(record);
            }
        return Err{ipc::QueryError{ipc::QueryFailure::refused, "no such wire"}};
    }
    Result<std::vector<ipc::WireRecord>, ipc::QueryError> wires() override {
        return here(wire_list);
    }
    Result<ipc::QueryClient::Flows, ipc::QueryError> flows(const ipc::FlowFilter&,
                                                           std::size_t max) override {
        ipc::QueryClient::Flows f;
        f.flows = flow_list;
        f.more = f.flows.size() > max;
        f.flows.resize(std::min(max, f.flows.size()));
        return here(f);
    }
    Result<std::optional<ipc::FlowRecord>, ipc::QueryError> find_flow(
        const ipc::FlowTuple& tuple) override {
        for (const auto& f : flow_list)
            if (f.tuple == tuple) return here(std::optional(f));
        return here(std::optional<ipc::FlowRecord>());
    }
    Result<std::optional<ipc::FlowRecord>, ipc::QueryError> find_flow_by_id(
        std::uint64_t id) override {
        for (const auto& f : flow_list)
            if (f.id == id) return here(std::optional(f));
        return here(std::optional<ipc::FlowRecord>());
    }
    Result<ipc::StatusRecord, ipc::QueryError> load_bundle(const std::string&) override {
        ++loads;
        if (refuse) return Err{ipc::QueryError{ipc::QueryFailure::bundle_refused, "damaged"}};
        if (present) active = engine_.published;
        return status();
    }
    std::optional<ipc::CounterBlock> counters() override {
        return present ? std::optional(block) : std::nullopt;
    }

    bool present = true, refuse = false;
    int loads = 0;
    std::string active;
    std::vector<ipc::FlowRecord> flow_list;
    std::vector<ipc::WireRecord> wire_list;
    std::vector<ipc::WorkerRecord> worker_list;
    ipc::FlowFilter capture_filter;
    ipc::CaptureOrder capture_order;
    ipc::QueryClient::CapturePiece capture;
    ipc::CounterBlock block;

  private:
    FakeEngine& engine_;
};

inline CommitRequest request_of(const std::string& text, std::int64_t now = 1000) {
    CommitRequest r;
    r.files = {{"policy.yaml", text}};
    r.author = {"alice", 1000};
    r.reason = "because";
    r.now = UtcTime{now};
    return r;
}
inline Who person(std::int64_t now) {
    Who w;
    w.actor = {"bob", 1001};
    w.reason = "changed my mind";
    w.now = UtcTime{now};
    return w;
}

}  // namespace sluice::control

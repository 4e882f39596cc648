#include "tools/replay/replay_command.h"

#include <ctime>
#include <iostream>

#include "control/render/flow_json.h"
#include "rules/compile/compile.h"
#include "rules/load/day_text.h"
#include "rules/load/load_policy.h"
#include "tools/render/flow_table.h"
#include "tools/replay/replayer.h"

namespace sluice::replay {
namespace {

constexpr int kUsage = 2, kInvalid = 6;

using render::Json;

// Ids out of the bundle that judged.
class BundleWords final : public render::Words {
  public:
    explicit BundleWords(const lookup::BundleView& bundle) : bundle_(bundle) {}
    std::string organisation(OrgId org) const override {
        return std::string(bundle_.organisation_id(org));
    }
    std::string operator_id(OperatorId op) const override {
        return std::string(bundle_.operator_id(op));
    }
    std::string category(model::CategoryIndex index) const override {
        return std::string(bundle_.category_id(index));
    }

  private:
    const lookup::BundleView& bundle_;
};

std::optional<ipc::LoadedBundle> load_bundle(const Arguments& arguments, model::Day today) {
    const auto loaded = load::load_policy_directory(arguments.policy, today);
    for (const auto& diagnostic : loaded.diagnostics)
        std::cerr << to_text(diagnostic) << "\n";
    if (!loaded.ok()) return std::nullopt;
    const auto compiled = compile::compile(loaded.policy);
    if (!compiled) {
        for (const auto& diagnostic : compiled.error())
            std::cerr << arguments.policy << ": error: " << diagnostic.message << "\n";
        return std::nullopt;
    }
    auto bundle = ipc::load_compiled(compiled->bundle);
    SLUICE_ASSERT(bundle.ok());  // compile() made it
    return std::move(*bundle);
}

Json summary_json(const Summary& summary) {
    Json dropped = Json::object();
    for (const auto& [reason, packets] : summary.dropped)
        dropped[reason] = packets;
    return {{"rx", summary.rx},
            {"forwarded", summary.forwarded},
            {"dropped", dropped},
            {"held", summary.held}};
}

// Names in captures may be any bytes; JSON is UTF-8.
std::string line_of(const Json& json, int indent = -1) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// Every flow, then those inside tunnels.
Json records_of(const Replayed& replayed, const BundleWords& words) {
    Json items = Json::array();
    for (const ipc::FlowRecord& flow : replayed.flows) {
        items.push_back(render::replay_record(flow, words));
        items.back()["tunnel"] = nullptr;
    }
    for (const InnerFlow& flow : replayed.inner) {
        items.push_back(render::replay_record(flow.record, words));
        items.back()["tunnel"] = wire::name_of(flow.tunnel);
    }
    return items;
}

void print_ndjson(const Replayed& replayed, const BundleWords& words) {
    for (const Json& item : records_of(replayed, words))
        std::cout << line_of(item) << "\n";
    std::cout << line_of({{"summary", summary_json(replayed.summary)}}) << "\n";
}

void print_json(const Replayed& replayed, const BundleWords& words, const Json& meta) {
    std::cout << line_of({{"apiVersion", "sluice/v1"},
                          {"kind", "Replay"},
                          {"meta", meta},
                          {"items", records_of(replayed, words)},
                          {"summary", summary_json(replayed.summary)}},
                         2)
              << "\n";
}

void print_table(const Replayed& replayed, const BundleWords& words) {
    std::cout << render::flow_table(records_of(replayed, words));
    const Summary& s = replayed.summary;
    std::cout << "\nrx " << s.rx << " = forwarded " << s.forwarded;
    for (const auto& [reason, packets] : s.dropped)
        std::cout << " + " << reason << " " << packets;
    std::cout << " + held " << s.held << "\n";
}

// The link types of the capture's packets: one, but for pcapng files of several interfaces.
std::string link_names(const Replayed& replayed) {
    std::string names;
    for (const std::uint32_t type : replayed.link_types)
        names += (names.empty() ? "" : ", ") + link_type_name(type);
    return names;
}

void tell_unread_links(const std::string& capture, const Replayed& replayed) {
    for (const std::uint32_t type : replayed.link_types)
        if (!wire::link_of_type(type))
            std::cerr << capture << ": " << link_type_name(type)
                      << " is not looked into: its packets count as link_unsupported\n";
}

}  // namespace

int run_replay(const Arguments& arguments) {
    const UtcTime now{static_cast<std::int64_t>(std::time(nullptr))};
    model::Day today = load::local_day(now, 0);
    if (!arguments.day.empty()) {
        const auto day = load::parse_day(arguments.day);
        if (!day) {
            std::cerr << "--at " << arguments.day << ": write a day as 2026-11-21\n";
            return kUsage;
        }
        today = *day;
    }
    auto capture = Capture::open(arguments.capture);
    if (!capture) {
        std::cerr << capture.error() << "\n";
        return kInvalid;
    }
    const auto bundle = load_bundle(arguments, today);
    if (!bundle) return kInvalid;
    Options options;
    options.flows_max = arguments.flows_max;
    // Noon UTC of a given day lies in that day wherever the policy's clock is.
    options.judged_at =
        arguments.day.empty()
            ? now
            : UtcTime{std::chrono::sys_seconds(today).time_since_epoch().count() + 12 * 3600};
    if (!arguments.operator_id.empty()) {
        const auto op = bundle->view.operator_named(arguments.operator_id);
        if (!op) {
            std::cerr << "--operator " << arguments.operator_id << ": not in operators.yaml\n";
            return kUsage;
        }
        options.operator_id = *op;
    }
    const Replayed replayed = replay(*capture, bundle->view, options);
    const BundleWords words(bundle->view);
    Json meta = {{"capture", arguments.capture},
                 {"link", link_names(replayed)},
                 {"damage", replayed.damage.empty() ? Json(nullptr) : Json(replayed.damage)},
                 {"bundle", ipc::to_hex(bundle->hash)}};
    if (arguments.output == Output::ndjson) print_ndjson(replayed, words);
    if (arguments.output == Output::json) print_json(replayed, words, meta);
    if (arguments.output == Output::table) print_table(replayed, words);
    tell_unread_links(arguments.capture, replayed);
    if (!replayed.damage.empty())
        std::cerr << arguments.capture << ": damaged after packet " << replayed.summary.rx << ": "
                  << replayed.damage << "; what was readable was used\n";
    return 0;
}

}  // namespace sluice::replay

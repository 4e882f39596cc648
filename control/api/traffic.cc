// GET /v1/counters, /v1/wires, /v1/top.
#include "control/api/traffic.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "control/api/api.h"

namespace sluice::control {
namespace {

constexpr std::size_t kTopFlowsMax = 4096;  // looked at for the busiest organisations
constexpr std::size_t kTopRowsMax = 10;

template <class Array>
std::uint64_t sum(const Array& values) {
    return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

Json port_json(const ipc::WireRecord::Port& p) {
    return {{"device", text_field(p.device)},
            {"link_up", p.link_up},
            {"full_duplex", p.full_duplex},
            {"speed_mbit", p.speed_mbit},
            {"rx_packets", p.rx_packets},
            {"rx_bytes", p.rx_bytes},
            {"tx_packets", p.tx_packets},
            {"tx_bytes", p.tx_bytes},
            {"missed", p.missed}};
}

Result<Json, ApiError> wires_json(Services& s) {
    const auto wires = s.dataplane.wires();
    if (!wires) return fail(wires.error());
    const auto current = s.pipeline.current();
    Json items = Json::array();
    for (const ipc::WireRecord& w : *wires)
        items.push_back(wire_json(w, current ? current->rules->operator_id(w.operator_id)
                                             : "#" + std::to_string(w.operator_id.raw())));
    return items;
}

Json top_organisations(Services& s) {
    Json rows = Json::array();
    const auto current = s.pipeline.current();
    const auto flows = s.dataplane.flows({}, kTopFlowsMax);
    if (!flows || !current) return rows;
    struct Sum {
        std::uint64_t flows = 0, packets = 0, bytes = 0;
    };
    std::map<OrgId, Sum> sums;
    for (const ipc::FlowRecord& f : flows->flows) {
        Sum& of = sums[f.org];
        ++of.flows;
        of.packets += f.packets;
        of.bytes += f.bytes;
    }
    std::vector<std::pair<OrgId, Sum>> order(sums.begin(), sums.end());
    std::sort(order.begin(), order.end(),
              [](const auto& a, const auto& b) { return a.second.bytes > b.second.bytes; });
    for (std::size_t i = 0; i < std::min(order.size(), kTopRowsMax); ++i) {
        const auto& [org, of] = order[i];
        rows.push_back({{"group", "organisation"},
                        {"organisation",
                         org == kNoOrg ? Json(nullptr) : Json(current->rules->organisation(org))},
                        {"flows", of.flows},
                        {"packets", of.packets},
                        {"bytes", of.bytes}});
    }
    return rows;
}

}  // namespace

Balance balance_of(const ipc::CounterBlock& b) {
    return {b.rx, b.forwarded, sum(b.dropped), sum(b.blocked), b.held};
}

Json counters_json(const ipc::CounterBlock& b) {
    Json items = Json::array();
    const auto add = [&](const char* group, std::string_view name, Json number, std::uint64_t value,
                         std::string_view text) {
        items.push_back({{"group", group},
                         {"name", name},
                         {"number", std::move(number)},
                         {"value", value},
                         {"text", text}});
    };
#define X(name, text) add("worker", #name, nullptr, b.name, text);
    SLUICE_COUNTERS(X)
#undef X
    for (std::size_t i = 0; i < model::kDropReasonCount; ++i)
        add("dropped", model::kDropReasons[i].word, model::kDropReasons[i].number, b.dropped[i],
            model::kDropReasons[i].text);
    for (std::size_t i = 0; i < model::kReasonCount; ++i)
        add("blocked", model::kReasons[i].word, model::kReasons[i].number, b.blocked[i],
            model::kReasons[i].text);
    for (std::size_t i = 0; i < model::kReasonCount; ++i)
        add("decided", model::kReasons[i].word, model::kReasons[i].number, b.decided[i],
            model::kReasons[i].text);
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i)
        add("fail_open", model::kFailCases[i].word, nullptr, b.fail_open[i],
            model::kFailCases[i].text);
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i)
        add("fail_closed", model::kFailCases[i].word, nullptr, b.fail_closed[i],
            model::kFailCases[i].text);
    return items;
}

Json wire_json(const ipc::WireRecord& w, const std::string& operator_id) {
    return {{"id", text_field(w.id)},
            {"operator", operator_id},
            {"role", w.reserve ? "reserve" : "main"},
            {"committed_gbit", w.committed_gbit},
            {"user", port_json(w.user)},
            {"internet", port_json(w.internet)}};
}

Answer get_counters(const Call&, Services& s) {
    const auto block = s.dataplane.counters();
    if (!block)
        return fail(ErrorCode::unavailable, "the data plane shares no counters",
                    "is sluice-dataplane running? `sluicectl status`");
    Answer answer = reply("Counters", s, counters_json(*block));
    // A data plane that died leaves its last counters behind.
    if (answer) (*answer)["meta"]["live"] = s.dataplane.status().ok();
    return answer;
}

Answer get_wires(const Call&, Services& s) {
    SLUICE_TRY(items, wires_json(s));
    return reply("Wires", s, std::move(items));
}

// Everything `sluicectl top` needs in one document: rates are differences of two of them.
Answer get_top(const Call&, Services& s) {
    const auto block = s.dataplane.counters();
    if (!block)
        return fail(ErrorCode::unavailable, "the data plane shares no counters",
                    "is sluice-dataplane running? `sluicectl status`");
    SLUICE_TRY(wires, wires_json(s));
    Json items = top_organisations(s);
    for (Json& wire : wires) {
        wire["group"] = "wire";
        items.push_back(std::move(wire));
    }
    for (Json& counter : counters_json(*block))
        if (counter.at("value") != 0) items.push_back(std::move(counter));
    return reply("Top", s, std::move(items));
}

}  // namespace sluice::control

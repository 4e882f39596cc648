// GET /v1/counters, /v1/wires, /v1/top.
#include "control/api/traffic.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "control/api/api.h"
#include "control/api/body.h"
#include "rules/ipc/event.h"

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
            {"missed", p.missed},
            {"rx_queues", p.rx_queues},
            {"tx_queues", p.tx_queues},
            {"link_changes", p.link_changes}};
}

Json meter_json(const ipc::MeterRecord& m) {
    return {{"green", m.green},
            {"yellow", m.yellow},
            {"red", m.red},
            {"bits_per_second", m.bits_per_second}};
}

std::string_view state_of(ipc::WireState state) {
    switch (state) {
        case ipc::WireState::in_use:
            return "in_use";
        case ipc::WireState::draining:
            return "draining";
        case ipc::WireState::drained:
            break;
    }
    return "drained";
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

std::vector<std::string> alarms_of(const ipc::WireRecord& wire) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < ipc::kAlarmCount; ++i)
        if ((wire.alarms >> i & 1) != 0) words.emplace_back(ipc::kAlarms[i].word);
    return words;
}

Json wire_json(const ipc::WireRecord& w, const std::string& operator_id) {
    return {{"id", text_field(w.id)},
            {"operator", operator_id},
            {"role", w.reserve ? "reserve" : "main"},
            {"committed_gbit", w.committed_gbit},
            {"state", state_of(w.state)},
            {"drained_packets", w.drained_packets},
            {"alarms", alarms_of(w)},
            {"operator_gbit", w.operator_gbit},
            {"from_user", meter_json(w.from_user)},
            {"to_user", meter_json(w.to_user)},
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

Answer get_workers(const Call&, Services& s) {
    const auto workers = s.dataplane.workers();
    if (!workers) return fail(workers.error());
    Json items = Json::array();
    for (const ipc::WorkerRecord& w : *workers) {
        const std::uint64_t cycles = w.busy_cycles + w.idle_cycles;
        items.push_back({{"worker", items.size()},
                         {"cpu", w.cpu},
                         {"numa_node", w.numa_node < 0 ? Json(nullptr) : Json(w.numa_node)},
                         {"turns", w.turns},
                         {"packets", w.rx},
                         {"steered", w.steered},
                         {"flows", w.flows_live},
                         {"share_permille", w.share_permille},
                         {"busy_permille", cycles == 0 ? 0 : w.busy_cycles * 1000 / cycles},
                         {"stalled", w.stalled}});
    }
    return reply("Workers", s, std::move(items));
}

namespace {

// An order to the data plane: in the audit before it is given, so that none is without a name.
Answer turn_wire(
    const Call& call, Services& s, const std::string& reason, const char* action,
    const std::function<Result<ipc::WireRecord, ipc::QueryError>(const std::string& wire)>& order) {
    const std::string wire = call.get("wire");
    const auto known = s.dataplane.wires();
    if (!known) return fail(known.error());
    if (std::none_of(known->begin(), known->end(),
                     [&](const ipc::WireRecord& w) { return text_field(w.id) == wire; }))
        return fail(ErrorCode::not_found, "no wire \"" + wire + "\"",
                    "`sluicectl uplink show` names them");
    const auto seq = s.store.add_audit(audit_of(call, s, action, wire, reason));
    if (!seq) return fail(seq.error());
    const auto turned = order(wire);
    if (!turned) return fail(turned.error());
    const auto current = s.pipeline.current();
    Json item = wire_json(*turned, current ? current->rules->operator_id(turned->operator_id)
                                           : "#" + std::to_string(turned->operator_id.raw()));
    item["audit_seq"] = *seq;
    return reply("Wire", s, Json::array({std::move(item)}));
}

}  // namespace

Answer post_drain(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_drain_body(call.body));
    return turn_wire(
        call, s, body.reason, body.now ? "wire.close" : "wire.drain",
        [&](const std::string& wire) { return s.dataplane.drain_wire(wire, body.now); });
}

Answer post_undrain(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_reason_body(call.body));
    return turn_wire(call, s, body.reason, "wire.undrain",
                     [&](const std::string& wire) { return s.dataplane.undrain_wire(wire); });
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

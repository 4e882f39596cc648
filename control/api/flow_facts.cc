#include "control/api/flow_facts.h"

#include <algorithm>
#include <cstring>

#include "control/api/reference_text.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

using model::NameSource;
using render::Json;

void set_name(ipc::FlowRecord& flow, std::string_view name) {
    flow.name_size = static_cast<std::uint8_t>(std::min(name.size(), ipc::kNameSizeMax));
    std::memcpy(flow.name_bytes, name.data(), flow.name_size);
}

}  // namespace

lookup::Facts facts_of(const ipc::FlowRecord& flow, const Rulebook& rules, UtcTime now) {
    lookup::Facts f;
    f.operator_id = flow.tuple.operator_id;
    f.org = rules.find_user(f.operator_id, flow.tuple.user);
    f.user = flow.tuple.user;
    f.remote = flow.tuple.remote;
    f.user_port = flow.tuple.user_port;
    f.remote_port = flow.tuple.remote_port;
    f.ip_protocol = flow.tuple.ip_protocol;
    f.from_internet = flow.from_internet;
    f.midstream = flow.midstream;
    f.protocol = flow.protocol;
    // An event or a question does not say how sure: then it is taken at its word.
    if (flow.confidence != model::Confidence::none) f.confidence = flow.confidence;
    // A port alone says nothing that may be judged.
    if (flow.confidence == model::Confidence::port_only) f.protocol = model::Protocol::unknown;
    f.name_source = flow.name_source;
    f.evidence = flow.evidence;
    const bool named = flow.name_size != 0 && flow.name_source != NameSource::dns_query;
    if (named)
        f.name_state = lookup::NameState::known;
    else if (flow.reason == model::Reason::learning)
        f.name_state = lookup::NameState::pending;
    f.now = now;
    return f;
}

model::Protocol usual_protocol(std::uint8_t ip_protocol, std::uint16_t remote_port) {
    using model::Protocol;
    if (ip_protocol == 1 || ip_protocol == 58) return Protocol::icmp;
    if (ip_protocol == 47) return Protocol::gre;
    if (ip_protocol == 50 || ip_protocol == 51) return Protocol::ipsec;
    if (ip_protocol == 4 || ip_protocol == 41) return Protocol::ipip;
    const bool tcp = ip_protocol == 6, udp = ip_protocol == 17;
    if ((tcp || udp) && remote_port == 53) return Protocol::dns;
    if (udp && remote_port == 123) return Protocol::ntp;
    if (udp && remote_port == 443) return Protocol::quic;
    if (tcp && remote_port == 443) return Protocol::tls;
    if (tcp && remote_port == 80) return Protocol::http;
    if (tcp && remote_port == 22) return Protocol::ssh;
    if (tcp && remote_port == 25) return Protocol::smtp;
    return Protocol::unknown;
}

Json event_json(const ipc::Event& e, const Rulebook& rules) {
    ipc::FlowRecord flow;
    flow.tuple = e.tuple;
    flow.packets = e.packets;
    flow.generation = e.generation;
    flow.org = e.org;
    flow.verdict = info(e.reason).verdict;
    flow.reason = e.reason;
    flow.protocol = e.protocol;
    flow.from_internet = e.reason == model::Reason::inbound_blocked;
    flow.categories = rules.categorise(e.name());
    set_name(flow, e.name());
    // The event does not say where the name came from: the usual source of its protocol.
    if (flow.name_size != 0)
        flow.name_source =
            e.protocol == model::Protocol::http ? NameSource::http_host : NameSource::tls_sni;
    Json j = render::replay_record(flow, rules);
    j["operator"] = rules.operator_id(e.tuple.operator_id);
    j["reference"] = reference_as_text(e.reference);
    j["at"] = rfc3339_ms(e.utc_ns);
    return j;
}

std::optional<ipc::FlowRecord> record_of(const Json& kept, const Rulebook& rules) {
    if (!kept.is_object()) return std::nullopt;
    try {
        ipc::FlowRecord flow;
        const auto src = parse_ip(kept.at("src").get<std::string>());
        const auto dst = parse_ip(kept.at("dst").get<std::string>());
        const auto op = rules.operator_named(kept.at("operator").get<std::string>());
        const unsigned proto = render::proto_number(kept.at("proto").get<std::string>());
        const auto protocol = model::protocol_named(kept.at("protocol").get<std::string>());
        const auto reason = model::reason_named(kept.at("reason").get<std::string>());
        if (!src || !dst || !op || proto > 255 || !protocol || !reason) return std::nullopt;
        flow.from_internet = *reason == model::Reason::inbound_blocked;
        const bool in = flow.from_internet;
        const auto sport = kept.at("sport").get<std::uint16_t>();
        const auto dport = kept.at("dport").get<std::uint16_t>();
        flow.tuple = {in ? *dst : *src,
                      in ? *src : *dst,
                      in ? dport : sport,
                      in ? sport : dport,
                      static_cast<std::uint8_t>(proto),
                      *op};
        flow.protocol = *protocol;
        flow.reason = *reason;
        flow.verdict = info(*reason).verdict;
        if (kept.at("name").is_string()) {
            set_name(flow, kept.at("name").get<std::string>());
            flow.name_source =
                *protocol == model::Protocol::http ? NameSource::http_host : NameSource::tls_sni;
        }
        return flow;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

}  // namespace sluice::control

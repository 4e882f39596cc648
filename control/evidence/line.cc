#include "control/evidence/line.h"

#include "control/store/time_text.h"
#include "rules/ipc/signer.h"
#include "rules/lookup/explain_name.h"

namespace sluice::control {
namespace {

using render::Json;

constexpr int kVersion = 1;

Json hash_json(std::uint32_t bytes, const ipc::Sha256& hash) {
    if (bytes == 0) return nullptr;
    return {{"bytes", bytes}, {"sha256", ipc::to_hex(hash)}};
}

Json flow_json(const ipc::Evidence& e, const Rulebook& rules) {
    return {{"v", kVersion},
            {"at", rfc3339_ms(e.utc_ns)},
            {"operator", rules.operator_id(e.tuple.operator_id)},
            {"organisation", e.org == kNoOrg ? Json(nullptr) : Json(rules.organisation(e.org))},
            {"proto", render::proto_name(e.tuple.ip_protocol)},
            {"user", to_text(e.tuple.user)},
            {"user_port", e.tuple.user_port},
            {"remote", to_text(e.tuple.remote)},
            {"remote_port", e.tuple.remote_port}};
}

// The text of a field; empty when it is missing, null or no text.
std::string text_at(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}
std::uint64_t number_at(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_number_unsigned() ? at->get<std::uint64_t>() : 0;
}

}  // namespace

Json entry_json(const Rulebook& rules, const ipc::Evidence& e) {
    const lookup::BundleView* view = rules.view();
    if (view == nullptr) return nullptr;
    const lookup::CategoryStory story = e.name().empty()
                                            ? lookup::tell_address(*view, e.tuple.remote)
                                            : lookup::tell_name(*view, e.name(), {});
    const auto index = static_cast<std::size_t>(e.reason) -
                       static_cast<std::size_t>(model::Reason::exempt_finance);
    for (const lookup::Claim& claim : story.claims) {
        if (!claim.decides || index >= model::kExemptionCount ||
            claim.categories.common(view->policy().head->exempt[index]).empty())
            continue;
        return {{"list", claim.source}, {"entry", claim.entry}, {"from", claim.source_text}};
    }
    return nullptr;
}

Json begun_json(const OpenEvidence& open, const Rulebook& rules) {
    const ipc::Evidence& e = open.begun;
    Json json = flow_json(e, rules);
    json["event"] = "begun";
    json["serial"] = open.serial;
    json["name"] = e.name().empty() ? Json(nullptr) : Json(std::string(e.name()));
    json["name_source"] = name_of(e.name_source);
    json["name_evidence"] = name_of(e.name_evidence);
    json["protocol"] = name_of(e.protocol);
    json["reason"] = name_of(e.reason);
    json["reason_code"] = number_of(e.reason);
    json["bundle"] = open.bundle;
    json["entry"] = entry_json(rules, e);
    json["client_hello"] = hash_json(e.hash_of_bytes, e.hash);
    return json;
}

Json ended_json(const ipc::Evidence& ended, const std::string& serial, const OpenEvidence* open,
                const Rulebook& rules) {
    Json json = flow_json(ended, rules);
    json["event"] = "ended";
    json["serial"] = serial;
    json["flow"] = open != nullptr ? Json(open->serial) : Json(nullptr);
    json["why"] = ipc::kEvidenceEnds[static_cast<std::size_t>(ended.end)];
    json["packets"] = ended.packets;
    json["bytes"] = ended.bytes;
    json["server_hello"] =
        open != nullptr ? hash_json(open->server_bytes, open->server_hash) : Json(nullptr);
    return json;
}

Json not_kept_json(const std::string& serial, std::int64_t utc_ns, std::uint64_t records,
                   std::string_view why) {
    return {{"v", kVersion},    {"at", rfc3339_ms(utc_ns)}, {"event", "not_kept"},
            {"serial", serial}, {"records", records},       {"why", why}};
}

std::string line_of(const Json& json) {
    std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() <= ipc::kEvidenceEntryBytesMax ? text : std::string();
}

std::optional<EvidenceLine> parse_line(std::string_view text) {
    if (text.size() > ipc::kEvidenceEntryBytesMax) return std::nullopt;
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || number_at(json, "v") != kVersion) return std::nullopt;
    EvidenceLine line;
    const std::string event = text_at(json, "event");
    if (event == "begun")
        line.event = EvidenceLine::Event::begun;
    else if (event == "ended")
        line.event = EvidenceLine::Event::ended;
    else if (event == "not_kept")
        line.event = EvidenceLine::Event::not_kept;
    else
        return std::nullopt;
    const auto at = parse_rfc3339(text_at(json, "at"));
    line.serial = text_at(json, "serial");
    if (!at || line.serial.empty()) return std::nullopt;
    line.at_utc = at->raw();
    line.flow = text_at(json, "flow");
    line.name = text_at(json, "name");
    line.remote = text_at(json, "remote");
    line.bundle = text_at(json, "bundle");
    line.packets = number_at(json, "packets");
    line.bytes = number_at(json, "bytes");
    line.records = number_at(json, "records");
    const auto reason = model::reason_named(text_at(json, "reason"));
    line.exempt = line.event != EvidenceLine::Event::begun || (reason && model::is_exempt(*reason));
    return line;
}

}  // namespace sluice::control

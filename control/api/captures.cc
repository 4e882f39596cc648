// POST /v1/captures, /v1/captures/{id}/read, /v1/captures/{id}/stop: packets as they leave.
#include <charconv>

#include "control/api/body.h"
#include "control/api/resolve.h"
#include "control/api/traffic.h"

namespace sluice::control {
namespace {

Json record_json(const ipc::CaptureRecord& r) {
    return {{"id", r.id},
            {"running", r.running},
            {"matched", r.matched},
            {"lost", r.lost},
            {"unseen", r.unseen}};
}

std::string base64(const std::vector<std::uint8_t>& bytes) {
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t three = 0;
        for (std::size_t i = 0; i < 3; ++i)
            three = three << 8 | (at + i < bytes.size() ? bytes[at + i] : 0u);
        for (std::size_t i = 0; i < 4; ++i)
            text += at + i <= bytes.size() ? kDigits[three >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

std::string_view word_of(ipc::CaptureFate fate) {
    switch (fate) {
        case ipc::CaptureFate::forwarded:
            return "forwarded";
        case ipc::CaptureFate::own:
            return "own";
        case ipc::CaptureFate::dropped:
            break;
    }
    return "dropped";
}

struct Wanted {
    ipc::FlowFilter filter;
    ipc::CaptureOrder order;
    std::string subject;  // for the audit
};

Result<Wanted, ApiError> wanted_of(const CaptureBody& body, const Candidate& current, Services& s) {
    Wanted w;
    const auto add = [&](const std::string& what) {
        w.subject += (w.subject.empty() ? "" : ", ") + what;
    };
    if (!body.flow.empty()) {
        SLUICE_TRY(flow, live_flow(parse_subject(body.flow), body.operator_id, *current.rules, s));
        if (!flow)
            return Err{ApiError{ErrorCode::not_found,
                                "the data plane holds no such flow",
                                "`sluicectl flow list` shows what it holds",
                                {}}};
        w.order.exact = true;
        w.filter.tuple = flow->tuple;
        add("flow " + body.flow);
    } else if (!body.address.empty()) {
        const auto address = parse_ip(body.address);
        if (!address)
            return Err{
                ApiError{ErrorCode::usage, "\"" + body.address + "\" is not an address", "", {}}};
        w.order.by_address = true;
        w.filter.tuple.user = *address;
        add("address " + body.address);
    }
    if (!body.organisation.empty()) {
        SLUICE_TRY(org, organisation_of(*current.rules, body.organisation));
        w.filter.by_org = true;
        w.filter.org = org;
        add("organisation " + body.organisation);
    }
    if (!body.policy_reason.empty()) {
        const auto reason = model::reason_named(body.policy_reason);
        if (!reason)
            return Err{ApiError{
                ErrorCode::usage, "\"" + body.policy_reason + "\" is not a reason's word", "", {}}};
        w.filter.by_reason = true;
        w.filter.reason = *reason;
        add("reason " + body.policy_reason);
    }
    if (!body.drop_reason.empty()) {
        const auto why = model::drop_reason_named(body.drop_reason);
        if (!why)
            return Err{ApiError{ErrorCode::usage,
                                "\"" + body.drop_reason + "\" is no reason of drops",
                                "`sluicectl counters` lists them, in group dropped",
                                {}}};
        w.order.drop = model::drop_mark(*why);
        add("dropped for " + body.drop_reason);
    }
    if (w.subject.empty())
        return Err{
            ApiError{ErrorCode::usage,
                     "a capture needs to be told of what",
                     "name a flow, an address, an organisation, a reason or a reason of drops",
                     {}}};
    w.order.seconds_max = body.seconds;
    w.order.payload = !body.grant.empty();
    if (w.order.payload) add("with payload by grant " + body.grant);
    return w;
}

Result<std::uint64_t, ApiError> id_of(const Call& call) {
    const std::string text = call.get("id");
    std::uint64_t id = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || id == 0)
        return Err{
            ApiError{ErrorCode::usage, "\"" + text + "\" is not a capture's number", "", {}}};
    return id;
}

Answer one(Services& s, Json item) { return reply("Capture", s, Json::array({std::move(item)})); }

}  // namespace

Answer post_capture(const Call& call, Services& s) {
    SLUICE_TRY(current, rules_in_force(s));
    SLUICE_TRY(body, parse_capture_body(call.body));
    SLUICE_TRY(wanted, wanted_of(body, *current, s));
    // In the audit before the first packet.
    const auto seq = s.store.add_audit(
        audit_of(call, s, wanted.order.payload ? "capture.payload" : "capture.headers",
                 wanted.subject, body.reason));
    if (!seq) return fail(seq.error());
    const auto started = s.dataplane.start_capture(wanted.filter, wanted.order);
    if (!started) return fail(started.error());
    Json item = record_json(*started);
    item["audit_seq"] = *seq;
    return one(s, std::move(item));
}

Answer post_capture_read(const Call& call, Services& s) {
    SLUICE_TRY(id, id_of(call));
    const auto piece = s.dataplane.read_capture(id);
    if (!piece) return fail(piece.error());
    Json item = record_json(piece->record);
    item["packets"] = Json::array();
    for (const ipc::QueryClient::Captured& packet : piece->packets)
        item["packets"].push_back({{"utc_ns", packet.head.utc_ns},
                                   {"wire", packet.head.wire},
                                   {"side", packet.head.from_user ? "user" : "internet"},
                                   {"fate", word_of(packet.head.fate)},
                                   {"size", packet.head.wire_bytes},
                                   {"bytes", base64(packet.bytes)}});
    return one(s, std::move(item));
}

Answer post_capture_stop(const Call& call, Services& s) {
    SLUICE_TRY(id, id_of(call));
    const auto stopped = s.dataplane.stop_capture(id);
    if (!stopped) return fail(stopped.error());
    return one(s, record_json(*stopped));
}

}  // namespace sluice::control

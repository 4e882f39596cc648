// GET /v1/flows, /v1/flow: the data plane's flow table in the words of the policy.
#include "control/api/resolve.h"

namespace sluice::control {
namespace {

constexpr unsigned kFlowsDefault = 100, kFlowsMax = 100'000;

ApiError bad(const std::string& parameter, const std::string& expected) {
    return {ErrorCode::usage, "\"" + parameter + "\" is not " + expected, "", {}};
}

Result<ipc::FlowFilter, ApiError> filter_of(const Call& call, const Rulebook& rules) {
    ipc::FlowFilter f;
    SLUICE_TRY(op, operator_of(rules, call.get("operator")));
    if (op) {
        f.by_operator = true;
        f.tuple.operator_id = *op;
    }
    if (const std::string id = call.get("organisation"); id == "none") {
        f.by_org = true;
    } else if (!id.empty()) {
        SLUICE_TRY(org, organisation_of(rules, id));
        f.by_org = true;
        f.org = org;
    }
    if (const std::string text = call.get("user"); !text.empty()) {
        const auto address = parse_ip(text);
        if (!address) return Err{bad("user", "an address")};
        f.by_user = true;
        f.tuple.user = *address;
    }
    if (const std::string text = call.get("remote"); !text.empty()) {
        const auto address = parse_ip(text);
        if (!address) return Err{bad("remote", "an address")};
        f.by_remote = true;
        f.tuple.remote = *address;
    }
    if (const std::string text = call.get("verdict"); !text.empty()) {
        using model::Verdict;
        for (Verdict v : {Verdict::forward, Verdict::block, Verdict::inspect})
            if (name_of(v) == text) {
                f.by_verdict = true;
                f.verdict = v;
            }
        if (!f.by_verdict) return Err{bad("verdict", "forward, block or inspect")};
    }
    if (const std::string text = call.get("reason"); !text.empty()) {
        const bool number = text.find_first_not_of("0123456789") == std::string::npos;
        const auto reason = number && text.size() <= 4
                                ? model::reason_numbered(static_cast<unsigned>(std::stoul(text)))
                                : model::reason_named(text);
        if (!reason) return Err{bad("reason", "a reason's word or number")};
        f.by_reason = true;
        f.reason = *reason;
    }
    return f;
}

}  // namespace

Result<std::shared_ptr<const Candidate>, ApiError> rules_in_force(Services& s) {
    auto current = s.pipeline.current();
    if (!current)
        return Err{ApiError{ErrorCode::unavailable,
                            "no policy is in force",
                            "`sluicectl policy commit DIR --reason TEXT` makes the first one",
                            {}}};
    return current;
}

Result<std::optional<OperatorId>, ApiError> operator_of(const Rulebook& rules,
                                                        const std::string& id) {
    if (id.empty()) return std::optional<OperatorId>();
    const auto op = rules.operator_named(id);
    if (!op)
        return Err{ApiError{ErrorCode::not_found,
                            "no operator \"" + id + "\" in the policy",
                            "`sluicectl policy show` lists them",
                            {}}};
    return op;
}

Result<OrgId, ApiError> organisation_of(const Rulebook& rules, const std::string& id) {
    const auto org = rules.organisation_named(id);
    if (!org)
        return Err{ApiError{ErrorCode::not_found,
                            "no organisation \"" + id + "\" in the policy",
                            "`sluicectl policy show` lists them",
                            {}}};
    return *org;
}

Result<std::optional<ipc::FlowRecord>, ApiError> live_flow(const Subject& subject,
                                                           const std::string& operator_id,
                                                           const Rulebook& rules, Services& s) {
    if (const auto* number = std::get_if<FlowNumber>(&subject)) {
        auto found = s.dataplane.find_flow_by_id(number->id);
        if (!found) return fail(found.error());
        return *found;
    }
    const auto* ends = std::get_if<Ends>(&subject);
    if (!ends) return std::optional<ipc::FlowRecord>();
    SLUICE_TRY(only, operator_of(rules, operator_id));
    auto found = s.dataplane.find_flow(orient(*ends, rules, only).tuple);
    if (!found) return fail(found.error());
    return *found;
}

Answer get_flows(const Call& call, Services& s) {
    SLUICE_TRY(current, rules_in_force(s));
    SLUICE_TRY(limit, number_of(call, "limit", kFlowsDefault, kFlowsMax));
    SLUICE_TRY(filter, filter_of(call, *current->rules));
    const auto flows = s.dataplane.flows(filter, limit);
    if (!flows) return fail(flows.error());
    Json items = Json::array();
    for (const ipc::FlowRecord& f : flows->flows)
        items.push_back(render::flow_json(f, *current->rules));
    Answer answer = reply("Flows", s, std::move(items));
    if (answer) (*answer)["meta"]["more"] = flows->more;
    return answer;
}

Answer get_flow(const Call& call, Services& s) {
    SLUICE_TRY(current, rules_in_force(s));
    const Subject subject = parse_subject(call.get("subject"));
    if (!std::holds_alternative<FlowNumber>(subject) && !std::holds_alternative<Ends>(subject))
        return fail(ErrorCode::usage,
                    "\"" + call.get("subject") + "\" is neither a flow nor a tuple",
                    "give an id of `sluicectl flow list -o json`, or \"tcp SRC:PORT > DST:PORT\"");
    SLUICE_TRY(flow, live_flow(subject, call.get("operator"), *current->rules, s));
    if (!flow)
        return fail(ErrorCode::not_found, "the data plane holds no such flow",
                    "it may have ended; `sluicectl explain` says what would happen to it");
    return reply("Flow", s, Json::array({render::flow_json(*flow, *current->rules)}));
}

}  // namespace sluice::control

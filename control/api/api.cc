#include "control/api/api.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "control/api/body.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0; from < path.size();) {
        const std::size_t to = std::min(path.find('/', from), path.size());
        if (to > from) parts.push_back(path.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

// True when `path` is one of `pattern`; the values of its {names} go into `out`.
bool matches(std::string_view pattern, std::string_view path,
             std::map<std::string, std::string>& out) {
    const auto want = segments(pattern);
    const auto have = segments(path);
    if (want.size() != have.size()) return false;
    std::map<std::string, std::string> values;
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (want[i].front() == '{')
            values[std::string(want[i].substr(1, want[i].size() - 2))] = have[i];
        else if (want[i] != have[i])
            return false;
    }
    out.merge(values);
    return true;
}

// A person who may do this as an operator only sees and changes what is that operator's.
Result<Done, ApiError> keep_to_own_data(const Route& route, Call& call) {
    if (!only_as_operator(route.roles, call.caller)) return Done{};
    call.own_operator = call.caller.operator_id;
    const std::string asked = call.get("operator");
    if (!asked.empty() && asked != call.own_operator)
        return fail(ErrorCode::permission, "you act for the operator \"" + call.own_operator +
                                               "\", not for \"" + asked + "\"");
    if (std::find(route.query.begin(), route.query.end(), "operator") != route.query.end())
        call.parameters["operator"] = call.own_operator;
    return Done{};
}

Answer dispatch(Call& call, Services& services) {
    bool path_known = false;
    for (const Route& route : routes()) {
        std::map<std::string, std::string> values;
        if (!matches(route.path, call.path, values)) continue;
        path_known = true;
        if (route.method != call.method) continue;
        if (auto allowed = allow(route.operation, route.roles, call.caller); !allowed)
            return Err{allowed.error()};
        for (const auto& [name, value] : call.parameters)
            if (std::find(route.query.begin(), route.query.end(), name) == route.query.end())
                return fail(ErrorCode::usage, "unknown query parameter \"" + name + "\"");
        for (auto& [name, value] : values)
            call.parameters[name] = value;
        if (auto own = keep_to_own_data(route, call); !own) return Err{own.error()};
        return route.handler(call, services);
    }
    if (path_known) return fail(ErrorCode::usage, "this path does not know that method");
    return fail(ErrorCode::not_found, "no such path", "see control/api/openapi.yaml");
}

Reply reply_of(const Answer& answer) {
    // 202: kept, and not done before a second person says so.
    if (answer) return {answer->value("kind", "") == "Proposal" ? 202 : 200, text_of(*answer)};
    return {http_status(answer.error().code), text_of(error_document(answer.error()))};
}

// What an error document says, or the text itself.
std::string message_of(const std::string& body) {
    const Json parsed = Json::parse(body, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("error")) return body;
    return parsed.at("error").value("message", body);
}

Reply handle_as(Caller caller, Call call, Services& services) {
    try {
        call.caller = std::move(caller);
        call.actor = call.caller.actor;
        return reply_of(dispatch(call, services));
    } catch (const std::exception& e) {
        spdlog::error("api: {} {}: {}", call.method, call.path, e.what());
        return {500, text_of(error_document({ErrorCode::internal,
                                             e.what(),
                                             "this is a fault of sluiced: its log has more",
                                             {}}))};
    }
}

}  // namespace

std::string Call::get(const std::string& name) const {
    const auto at = parameters.find(name);
    return at == parameters.end() ? std::string() : at->second;
}

Reply handle(Call call, Services& services) {
    auto caller = caller_of(call.peer, services.store);
    if (!caller) return reply_of(fail(caller.error()));
    return handle_as(std::move(*caller), std::move(call), services);
}

void carry_out(std::uint64_t id, Services& services) {
    const auto p = services.store.find_proposal(id);
    if (!p) return spdlog::error("step {}: {}", id, p.error().message);
    Reply done{403, "who proposed it is not enrolled any more"};
    if (auto proposer = caller_again(p->proposer, services.store); proposer && *proposer) {
        Call call;
        call.method = p->method;
        call.path = p->path;
        call.body = p->body;
        call.if_match = p->if_match;
        call.approval = Approval{id, p->decided_by};
        done = handle_as(std::move(**proposer), std::move(call), services);
    }
    const bool good = done.status == 200;
    AuditRecord audit;
    audit.at = services.now();
    audit.actor.person = "sluiced";
    audit.action = good ? "approval.done" : "approval.failed";
    audit.subject = std::to_string(id) + " " + p->path;
    audit.reason = good ? "" : message_of(done.body);
    // A commit has marked it done already.
    const auto kept = services.store.decide(
        {id, kApproved, good ? "done" : "failed", "", "", audit.reason, audit});
    if (!kept && kept.error().code != StoreErrorCode::stale_base)
        spdlog::error("step {}: {}", id, kept.error().message);
}

Meta meta_of(Services& services) {
    Meta meta{"", "", services.node, rfc3339(services.now())};
    const auto head = services.store.head();
    if (head && *head) meta.policy_rev = (*head)->id;
    if (const auto current = services.pipeline.current()) meta.bundle = current->bundle_hash;
    return meta;
}

Answer reply(std::string_view kind, Services& services, Json items) {
    return document(kind, meta_of(services), std::move(items));
}

Err<ApiError> fail(ErrorCode code, std::string message, std::string hint) {
    return Err{ApiError{code, std::move(message), std::move(hint), {}}};
}

Err<ApiError> fail(const StoreError& e) {
    switch (e.code) {
        case StoreErrorCode::not_found:
            return fail(ErrorCode::not_found, e.message);
        case StoreErrorCode::stale_base:
        case StoreErrorCode::pending:
            return fail(ErrorCode::conflict, e.message);
        case StoreErrorCode::unavailable:
            break;
    }
    return fail(ErrorCode::unavailable, e.message, "look at free space and at the log of sluiced");
}

Err<ApiError> fail(const ipc::QueryError& e) {
    const bool late =
        e.failure == ipc::QueryFailure::timed_out || e.failure == ipc::QueryFailure::busy;
    return fail(late ? ErrorCode::timeout : ErrorCode::unavailable, e.message,
                "`sluicectl status` shows what is running");
}

Err<ApiError> fail(const CommitError& e) {
    ApiError error{ErrorCode::unavailable, e.message, "", e.diagnostics};
    if (e.failure == CommitFailure::invalid) {
        error.code = ErrorCode::invalid;
        error.hint = "`sluicectl policy check DIR` shows the same without the daemon";
    }
    if (e.failure == CommitFailure::conflict) {
        error.code = ErrorCode::conflict;
        error.hint =
            "look at `sluicectl policy history` and `sluicectl policy diff`, then commit on "
            "the new base";
    }
    if (e.failure == CommitFailure::not_found) error.code = ErrorCode::not_found;
    return Err{error};
}

AuditRecord audit_of(const Call& call, const Services& s, std::string action, std::string subject,
                     std::string reason) {
    AuditRecord record;
    record.at = s.now();
    record.actor = call.actor;
    record.action = std::move(action);
    record.subject = std::move(subject);
    record.reason = std::move(reason);
    return record;
}

Result<unsigned, ApiError> number_of(const Call& call, const std::string& name, unsigned fallback,
                                     unsigned max) {
    const std::string text = call.get(name);
    if (text.empty()) return fallback;
    unsigned n = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), n);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || n < 1 || n > max)
        return Err{ApiError{ErrorCode::usage,
                            "\"" + name + "\" is not a number from 1 to " + std::to_string(max),
                            "",
                            {}}};
    return n;
}

}  // namespace sluice::control

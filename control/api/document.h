// What every answer of the API looks like: one document for data, one shape for errors.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "control/render/flow_json.h"
#include "rules/base/result.h"
#include "rules/load/diagnostic.h"

namespace sluice::control {

using render::Json;

inline constexpr std::string_view kApiVersion = "sluice/v1";

// Closed list: sluicectl maps each to an exit code, HTTP clients to a status.
enum class ErrorCode : std::uint8_t {
    usage,        // 400: the request is not understood
    permission,   // 403
    not_found,    // 404: no such flow, revision, reference: the answer is no
    conflict,     // 409: stale base, pending confirmation
    too_large,    // 413
    invalid,      // 422: the policy has errors; diagnostics say where
    internal,     // 500
    unavailable,  // 503: the data plane or the store cannot be asked
    timeout,      // 504
};
std::string_view name_of(ErrorCode c);
int http_status(ErrorCode c);

struct ApiError {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::string hint;  // what to do next
    std::vector<load::Diagnostic> diagnostics;
};

using Answer = Result<Json, ApiError>;

// {"error":{"code","message","hint","diagnostics":[...]}}
Json error_document(const ApiError& error);
Json diagnostics_json(const std::vector<load::Diagnostic>& diagnostics);

struct Meta {
    std::string policy_rev;  // id of HEAD; empty before the first commit
    std::string bundle;      // hash of the bundle in force here
    std::string node;
    std::string at;  // RFC 3339
};

// {"apiVersion","kind","meta":{...},"items":[...]}
Json document(std::string_view kind, const Meta& meta, Json items);

// Text of a document: bytes that are not UTF-8 are replaced, never an exception.
std::string text_of(const Json& json);

}  // namespace sluice::control

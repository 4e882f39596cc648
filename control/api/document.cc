#include "control/api/document.h"

namespace sluice::control {

std::string_view name_of(ErrorCode c) {
    constexpr std::string_view kNames[] = {"usage",    "permission",  "not_found",
                                           "conflict", "too_large",   "invalid",
                                           "internal", "unavailable", "timeout"};
    return kNames[static_cast<std::size_t>(c)];
}

int http_status(ErrorCode c) {
    constexpr int kStatus[] = {400, 403, 404, 409, 413, 422, 500, 503, 504};
    return kStatus[static_cast<std::size_t>(c)];
}

Json diagnostics_json(const std::vector<load::Diagnostic>& diagnostics) {
    Json list = Json::array();
    for (const load::Diagnostic& d : diagnostics)
        list.push_back({{"file", d.file},
                        {"line", d.line},
                        {"column", d.column},
                        {"severity", d.severity == load::Severity::error ? "error" : "warning"},
                        {"code", d.code},
                        {"message", d.message},
                        {"hint", d.hint}});
    return list;
}

Json error_document(const ApiError& error) {
    return {{"error",
             {{"code", name_of(error.code)},
              {"message", error.message},
              {"hint", error.hint},
              {"diagnostics", diagnostics_json(error.diagnostics)}}}};
}

Json document(std::string_view kind, const Meta& meta, Json items) {
    const auto or_null = [](const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); };
    return {{"apiVersion", kApiVersion},
            {"kind", kind},
            {"meta",
             {{"policy_rev", or_null(meta.policy_rev)},
              {"bundle", or_null(meta.bundle)},
              {"node", meta.node},
              {"at", meta.at}}},
            {"items", std::move(items)}};
}

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice::control

#include "tools/sluicectl/policy_files.h"

#include <filesystem>
#include <map>

#include "control/api/base64.h"
#include "control/api/document.h"
#include "control/store/sha256.h"
#include "rules/load/load_policy.h"

namespace sluice::ctl {

bool is_directory(const std::string& text) {
    std::error_code ignored;
    return std::filesystem::is_directory(text, ignored);
}

Response add_files(const Context& context, const std::string& directory, Json& body) {
    std::vector<load::Diagnostic> diagnostics;
    load::FileSet files = load::read_policy_files(directory, diagnostics);
    if (load::has_errors(diagnostics)) {
        Response bad = error_of(kInvalid, "invalid", directory + " cannot be read whole",
                                "name the directory that holds policy.yaml");
        bad.body["error"]["diagnostics"] = control::diagnostics_json(diagnostics);
        return bad;
    }
    std::map<std::string, std::string> have;
    Response head = get(context, "/v1/policy/revisions/HEAD/files", {{"content", "false"}});
    if (head.code == kYes)
        for (const Json& file : head.body.at("items"))
            have[cell(file.at("path"))] = cell(file.at("sha256"));
    else if (head.code != kNo)  // no HEAD yet is no error
        return head;
    body["files"] = Json::object();
    Json unchanged = Json::object();
    for (auto& [path, content] : files) {
        const auto at = have.find(path);
        std::string hash = at == have.end() ? "" : control::sha256_hex(content);
        if (!hash.empty() && hash == at->second)
            unchanged[path] = std::move(hash);
        else if (control::is_text(content))
            body["files"][path] = std::move(content);
        else
            body["binary"][path] = control::to_base64(content);
    }
    if (!unchanged.empty()) body["unchanged"] = std::move(unchanged);
    return {};
}

}  // namespace sluice::ctl

// GET /v1/policy/revisions/..., POST /v1/policy/diff: policies as rows, files and differences.
#include "control/api/base64.h"
#include "control/api/commits.h"
#include "control/commit/diff.h"
#include "control/commit/facts_of_policy.h"
#include "control/store/sha256.h"

namespace sluice::control {
namespace {

constexpr std::size_t kDifferencesMax = 100'000;

// The policy of a revision: the one in memory for HEAD, else loaded from the store.
Result<std::shared_ptr<const model::Policy>, ApiError> policy_of(const std::string& revision,
                                                                 Services& s) {
    SLUICE_TRY(commit, commit_of(revision, s));
    const auto head = s.store.head();
    const auto current = s.pipeline.current();
    if (head && *head && (*head)->serial == commit.serial && current) return current->policy;
    auto files = s.store.files_of(commit.serial);
    if (!files) return fail(files.error());
    Candidate old = s.pipeline.check(*files);
    if (!old.policy)
        return Err{ApiError{ErrorCode::invalid, revision + " no longer loads with this build", "",
                            old.diagnostics}};
    return old.policy;
}

Json with_commit(Json document, const Commit& commit) {
    document["meta"]["revision"] = commit.id;
    document["meta"]["serial"] = commit.serial;
    return document;
}

}  // namespace

Answer get_policy(const Call& call, Services& s) {
    SLUICE_TRY(commit, commit_of(call.get("revision"), s));
    SLUICE_TRY(policy, policy_of(call.get("revision"), s));
    Json items = Json::array();
    for (const PolicyPart& part : parts_of(*policy, call.get("bulk") == "true"))
        for (const PolicyRow& row : part.rows)
            items.push_back({{"what", part.what}, {"id", row.id}, {"value", row.value}});
    SLUICE_TRY(document, reply("Policy", s, std::move(items)));
    document["meta"]["prefixes"] = policy->catalog.size();
    document["meta"]["names"] = policy->names.size();
    return with_commit(std::move(document), commit);
}

Answer get_policy_files(const Call& call, Services& s) {
    SLUICE_TRY(commit, commit_of(call.get("revision"), s));
    auto files = s.store.files_of(commit.serial);
    if (!files) return fail(files.error());
    const bool content = call.get("content") != "false";
    Json items = Json::array();
    for (auto& [path, text] : *files) {
        Json item = {{"path", path}, {"sha256", sha256_hex(text)}, {"bytes", text.size()}};
        if (content && is_text(text))
            item["content"] = std::move(text);
        else if (content)
            item["base64"] = to_base64(text);
        items.push_back(std::move(item));
    }
    SLUICE_TRY(document, reply("PolicyFiles", s, std::move(items)));
    return with_commit(std::move(document), commit);
}

Answer post_policy_diff(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_diff_body(call.body));
    SLUICE_TRY(before, policy_of(body.from, s));
    std::shared_ptr<const model::Policy> after;
    if (body.sent) {
        SLUICE_TRY(files, whole_files(*body.sent, s));
        Candidate candidate = s.pipeline.check(files);
        if (!candidate.policy)
            return Err{ApiError{ErrorCode::invalid, "the candidate has errors", "",
                                candidate.diagnostics}};
        after = candidate.policy;
    } else {
        SLUICE_TRY(to, policy_of(body.to, s));
        after = to;
    }
    const auto differences = diff(*before, *after);
    Json items = Json::array();
    for (const Difference& d : differences) {
        if (items.size() == kDifferencesMax) break;
        items.push_back({{"change", name_of(d.change)},
                         {"what", d.what},
                         {"id", d.id},
                         {"before", d.change == Change::added ? Json(nullptr) : Json(d.before)},
                         {"after", d.change == Change::removed ? Json(nullptr) : Json(d.after)}});
    }
    SLUICE_TRY(document, reply("PolicyDiff", s, std::move(items)));
    document["meta"]["differences"] = differences.size();
    return document;
}

}  // namespace sluice::control

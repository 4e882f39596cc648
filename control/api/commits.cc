// GET and POST /v1/policy/commits, /v1/policy/undo, /v1/policy/confirm, GET /v1/audit.
#include "control/api/commits.h"

#include <charconv>

#include "control/api/two_person.h"
#include "control/store/sha256.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

constexpr unsigned kHistoryDefault = 20, kHistoryMax = 10'000;

Json report_json(const CommitReport& r) {
    Json item = commit_json(r.commit);
    item["unchanged"] = r.unchanged;
    item["activation"] = name_of(r.activation);
    item["activation_message"] = r.activation_message;
    item["build_ms"] = r.build_ms;
    item["store_ms"] = r.store_ms;
    item["publish_to_active_ms"] =
        r.activation == Activation::active ? Json(r.publish_to_active_ms) : Json(nullptr);
    item["audit_seq"] = r.audit_seq == 0 ? Json(nullptr) : Json(r.audit_seq);
    item["confirm_until"] = r.confirm_until ? Json(rfc3339(*r.confirm_until)) : Json(nullptr);
    item["diagnostics"] = diagnostics_json(r.diagnostics);
    return item;
}

Who who(const Call& call, std::string reason, Services& s) {
    Who w;
    w.actor = call.actor;
    w.reason = std::move(reason);
    w.now = s.now();
    w.review = reviewer_of(call, s);
    if (call.approval) w.proposal = call.approval->proposal;
    return w;
}

// The base as a full id: a revision as people write it is looked up.
Result<std::optional<std::string>, ApiError> base_of(const CommitBody& body, const Call& call,
                                                     Services& s) {
    std::string text = call.if_match;
    if (body.base) {
        if (!text.empty() && text != *body.base)
            return fail(ErrorCode::usage, "If-Match and \"base\" name different revisions");
        text = *body.base;
        if (text.empty()) return std::optional<std::string>("");
    }
    if (text.empty()) return std::optional<std::string>();
    SLUICE_TRY(commit, commit_of(text, s));
    return std::optional<std::string>(commit.id);
}

}  // namespace

Result<Commit, ApiError> commit_of(const std::string& revision, Services& s) {
    auto found = s.store.find_commit(revision);
    if (!found) return fail(found.error());
    return *found;
}

Result<FileSet, ApiError> whole_files(const SentFiles& sent, Services& s) {
    FileSet files = sent.files;
    if (sent.unchanged.empty()) return files;
    const auto head = s.store.head();
    if (!head) return fail(head.error());
    if (!*head) return fail(ErrorCode::conflict, "there is no policy yet that could be unchanged");
    auto have = s.store.files_of((*head)->serial);
    if (!have) return fail(have.error());
    for (const auto& [path, hash] : sent.unchanged) {
        const auto at = have->find(path);
        if (at == have->end() || sha256_hex(at->second) != hash)
            return fail(ErrorCode::conflict,
                        path + " is called unchanged, but HEAD has other content",
                        "HEAD has moved: commit again");
        files.emplace(path, std::move(at->second));
    }
    return files;
}

Json uid_json(const Actor& actor) { return actor.uid == kNoUid ? Json(nullptr) : Json(actor.uid); }

Json commit_json(const Commit& c) {
    return {{"serial", c.serial},
            {"revision", "r" + std::to_string(c.serial)},
            {"id", c.id},
            {"parent", c.parent.empty() ? Json(nullptr) : Json(c.parent)},
            {"author", c.author.person},
            {"uid", uid_json(c.author)},
            {"break_glass", c.author.break_glass()},
            {"at", rfc3339(c.at)},
            {"reason", c.reason},
            {"bundle", c.bundle}};
}

Answer get_commits(const Call& call, Services& s) {
    SLUICE_TRY(limit, number_of(call, "limit", kHistoryDefault, kHistoryMax));
    const auto all = s.store.history(limit);
    if (!all) return fail(all.error());
    Json items = Json::array();
    for (const Commit& c : *all)
        items.push_back(commit_json(c));
    return reply("Commits", s, std::move(items));
}

Answer post_commit(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_commit_body(call.body));
    SLUICE_TRY(base, base_of(body, call, s));
    SLUICE_TRY(files, whole_files(body.sent, s));
    CommitRequest request;
    request.files = std::move(files);
    request.author = call.actor;
    request.reason = body.reason;
    request.base = base;
    request.confirm_seconds = body.confirm_seconds;
    request.now = s.now();
    request.review = reviewer_of(call, s);
    if (call.approval) request.proposal = call.approval->proposal;
    const auto report = s.pipeline.commit(request);
    if (!report && report.error().failure == CommitFailure::held)
        return propose_commit(call, s, report.error(), body.reason);
    if (!report) return fail(report.error());
    return reply("Commit", s, Json::array({report_json(*report)}));
}

Answer post_undo(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_reason_body(call.body));
    // An approved undo goes back from the HEAD it was proposed on, not from another.
    if (!call.if_match.empty()) {
        SLUICE_TRY(wanted, commit_of(call.if_match, s));
        const auto head = s.store.head();
        if (!head) return fail(head.error());
        if (!*head || (*head)->id != wanted.id)
            return fail(ErrorCode::conflict, "the policy has changed: HEAD is another commit",
                        "look at `sluicectl policy history`");
    }
    const auto report = s.pipeline.undo(who(call, body.reason, s));
    if (!report && report.error().failure == CommitFailure::held)
        return propose_commit(call, s, report.error(), body.reason);
    if (!report) return fail(report.error());
    return reply("Commit", s, Json::array({report_json(*report)}));
}

Answer post_confirm(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_reason_body(call.body));
    const auto seq = s.pipeline.confirm(who(call, body.reason, s));
    if (!seq) return fail(seq.error());
    const auto head = s.store.head();
    if (!head) return fail(head.error());
    Json item = *head ? commit_json(**head) : Json::object();
    item["audit_seq"] = *seq;
    return reply("Confirmation", s, Json::array({item}));
}

Answer get_audit(const Call& call, Services& s) {
    SLUICE_TRY(limit, number_of(call, "limit", kHistoryDefault, kHistoryMax));
    std::uint64_t after = 0;
    const std::string from = call.get("after");
    const auto parsed = std::from_chars(from.data(), from.data() + from.size(), after);
    if (!from.empty() && (parsed.ec != std::errc{} || parsed.ptr != from.data() + from.size()))
        return fail(ErrorCode::usage, "\"after\" is no sequence number");
    const auto all = from.empty() ? s.store.audit(limit) : s.store.audit_after(after, limit);
    if (!all) return fail(all.error());
    Json items = Json::array();
    for (const AuditRecord& r : *all)
        items.push_back({{"seq", r.seq},
                         {"at", rfc3339(r.at)},
                         {"person", r.actor.person},
                         {"uid", uid_json(r.actor)},
                         {"break_glass", r.actor.break_glass()},
                         {"action", r.action},
                         {"subject", r.subject},
                         {"reason", r.reason},
                         {"at_s", r.at.raw()},
                         {"previous", r.previous},
                         {"hash", r.hash}});
    return reply("Audit", s, std::move(items));
}

}  // namespace sluice::control

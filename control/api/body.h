// Request bodies: untrusted JSON becomes plain values, or an ApiError that says what is wrong.
// Nothing here throws.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "control/api/document.h"
#include "control/store/store.h"

namespace sluice::control {

inline constexpr std::size_t kBodyBytesMax = 256u << 20;  // a policy with 1 M prefixes has ~60 MB
inline constexpr std::size_t kPathBytesMax = 255;
inline constexpr std::size_t kFilesPerPolicyMax = 1000;
inline constexpr std::size_t kReasonBytesMax = 1000;
inline constexpr std::size_t kFieldsMax = 100;              // of an event of a case
inline constexpr std::size_t kFieldValuesBodyMax = 10'000;  // of one of them
inline constexpr std::int64_t kConfirmSecondsMax = 86'400;

// The files of a candidate: those sent whole, and those the sender knows to be as in HEAD.
struct SentFiles {
    FileSet files;
    std::map<std::string, std::string> unchanged;  // path -> sha256 of a file of HEAD
};

struct CommitBody {
    SentFiles sent;
    std::string reason;
    std::optional<std::string> base;
    std::optional<std::int64_t> confirm_seconds;
};
Result<CommitBody, ApiError> parse_commit_body(std::string_view text);

// {"from": REV?, "to": REV?, "files": ...?}: `to` or the files, against `from` (HEAD).
struct DiffBody {
    std::string from = "HEAD", to = "HEAD";
    std::optional<SentFiles> sent;
};
Result<DiffBody, ApiError> parse_diff_body(std::string_view text);

struct ReasonBody {
    std::string reason;
};
Result<ReasonBody, ApiError> parse_reason_body(std::string_view text);

// {"reason": TEXT, "now": BOOL?}: data too, and at once.
struct DrainBody {
    std::string reason;
    bool now = false;
};
Result<DrainBody, ApiError> parse_drain_body(std::string_view text);

// {"reason": TEXT, "flow"|"address"|"organisation"|"policy_reason"|"drop_reason": TEXT, "operator":
// TEXT?, "seconds": N?, "grant": TEXT?}: with a grant, payload too.
struct CaptureBody {
    std::string reason, flow, address, organisation, policy_reason, drop_reason, operator_id, grant;
    std::uint32_t seconds = 60;
};
Result<CaptureBody, ApiError> parse_capture_body(std::string_view text);

// {"event": TEXT, "reason": TEXT, "by": PARTY?, "lifecycle": TEXT?, "fields": {ID: [TEXT, ...]}?,
// "version": N?}: an event of a case; with "lifecycle" one that opens it.
struct CaseBody {
    std::string event, reason, by = "service", life_cycle;
    std::map<std::string, std::vector<std::string>, std::less<>> fields;
    std::optional<std::uint64_t> version;
};
Result<CaseBody, ApiError> parse_case_body(std::string_view text);

// {"deadline": TEXT, "reason": TEXT}
struct DeadlineBody {
    std::string deadline, reason;
};
Result<DeadlineBody, ApiError> parse_deadline_body(std::string_view text);

// {"operator", "url"?, "key"?, "ca_file"?, "refresh_s"?, "removal_max_percent"?, "reason"}
struct SourceBody {
    std::string operator_id, url, key, ca_file, reason;
    std::uint32_t refresh_s = 300;
    unsigned removal_max_percent = 10;
};
Result<SourceBody, ApiError> parse_source_body(std::string_view text);

// {"file": PATH, "reason": TEXT}
struct BackupBody {
    std::string file, reason;
};
Result<BackupBody, ApiError> parse_backup_body(std::string_view text);

// {"message": BASE64, "content": BASE64?}: a signed request, CMS; the content of a detached one.
struct RequestBody {
    std::string message;
    std::optional<std::string> content;
};
Result<RequestBody, ApiError> parse_request_body(std::string_view text);

// {"catalog": CSV, "dry_run"?, "release"?, "reason"}
struct UploadBody {
    std::string catalog, reason;
    bool dry_run = false, release = false;
};
Result<UploadBody, ApiError> parse_upload_body(std::string_view text);

// {"id", "name", "roles": [ROLE, ...], "operator"?, "uid"?, "certificate"?, "reason"}: a person.
// `with_id` false: the path has the id.
struct PersonBody {
    std::string id, name, operator_id, certificate, reason;
    RoleSet roles;
    std::optional<std::uint32_t> uid;
};
Result<PersonBody, ApiError> parse_person_body(std::string_view text, bool with_id);

// "sha256:<64 hex digits>" in lower case without colons, or "serial:<text>"; nothing when it is
// neither.
std::optional<std::string> certificate_name(std::string_view text);

struct ExplainBody {
    std::string subject;
    std::string organisation, operator_id;  // empty: not given
};
Result<ExplainBody, ApiError> parse_explain_body(std::string_view text);

// A path that stays inside a policy directory: relative, no "." or ".." part, no control bytes.
bool is_inside_path(std::string_view path);

}  // namespace sluice::control

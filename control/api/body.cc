#include "control/api/body.h"

#include <algorithm>
#include <initializer_list>

#include "control/api/base64.h"

namespace sluice::control {
namespace {

using Error = std::optional<ApiError>;

ApiError bad(std::string message, std::string hint = "see control/api/openapi.yaml") {
    return {ErrorCode::usage, std::move(message), std::move(hint), {}};
}

// The body as an object without keys we do not know: a misspelt key must not be ignored.
Result<Json, ApiError> object_of(std::string_view text,
                                 std::initializer_list<std::string_view> keys) {
    if (text.size() > kBodyBytesMax)
        return Err{ApiError{ErrorCode::too_large, "the request body is too large", "", {}}};
    Json body = Json::parse(text, nullptr, false);
    if (body.is_discarded()) return Err{bad("the request body is not JSON")};
    if (!body.is_object()) return Err{bad("the request body is not a JSON object")};
    for (const auto& item : body.items())
        if (std::find(keys.begin(), keys.end(), item.key()) == keys.end())
            return Err{bad("unknown key \"" + item.key().substr(0, 40) + "\" in the request body")};
    return body;
}

Error read_text(const Json& body, const char* key, std::string& out, std::size_t bytes_max) {
    const auto at = body.find(key);
    if (at == body.end()) return std::nullopt;
    if (!at->is_string()) return bad(std::string("\"") + key + "\" is not a text");
    out = at->get<std::string>();
    if (out.size() > bytes_max) return bad(std::string("\"") + key + "\" is too long");
    return std::nullopt;
}

Error read_reason(const Json& body, std::string& out) {
    if (Error e = read_text(body, "reason", out, kReasonBytesMax)) return e;
    if (out.find_first_not_of(" \t\r\n") == std::string::npos)
        return bad("a reason is needed", "say why with --reason: it goes into the audit");
    return std::nullopt;
}

Error read_map(const Json& body, const char* key, std::map<std::string, std::string>& out) {
    const auto at = body.find(key);
    if (at == body.end()) return std::nullopt;
    if (!at->is_object()) return bad(std::string("\"") + key + "\" is not an object");
    if (at->size() > kFilesPerPolicyMax)
        return bad(std::string("\"") + key + "\" has too many files");
    for (const auto& item : at->items()) {
        if (!is_inside_path(item.key()))
            return bad("\"" + item.key().substr(0, 60) + "\" is not a path inside the policy");
        if (!item.value().is_string()) return bad("the content of a file is not a text");
        out.emplace(item.key(), item.value().get<std::string>());
    }
    return std::nullopt;
}

Error read_files(const Json& body, SentFiles& out) {
    if (Error e = read_map(body, "files", out.files)) return e;
    if (Error e = read_map(body, "unchanged", out.unchanged)) return e;
    std::map<std::string, std::string> binary;
    if (Error e = read_map(body, "binary", binary)) return e;
    for (auto& [path, text] : binary) {
        auto bytes = from_base64(text);
        if (!bytes) return bad("\"binary\" holds something that is not base64");
        if (!out.files.emplace(path, *std::move(bytes)).second)
            return bad("a file is sent as text and as base64");
    }
    for (const auto& [path, hash] : out.unchanged) {
        if (hash.size() != 64) return bad("\"unchanged\" holds something that is not a SHA-256");
        if (out.files.count(path)) return bad("a file is sent and called unchanged");
    }
    if (out.files.empty() && out.unchanged.empty()) return bad("no files were sent");
    return std::nullopt;
}

}  // namespace

bool is_inside_path(std::string_view path) {
    if (path.empty() || path.size() > kPathBytesMax || path.front() == '/') return false;
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t to = std::min(path.find('/', from), path.size());
        const std::string_view part = path.substr(from, to - from);
        if (part.empty() || part == "." || part == "..") return false;
        from = to + 1;
    }
    return std::none_of(path.begin(), path.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
    });
}

Result<CommitBody, ApiError> parse_commit_body(std::string_view text) {
    auto parsed =
        object_of(text, {"files", "binary", "unchanged", "reason", "base", "confirm_seconds"});
    if (!parsed) return Err{parsed.error()};
    CommitBody body;
    if (Error e = read_files(*parsed, body.sent)) return Err{*e};
    if (Error e = read_reason(*parsed, body.reason)) return Err{*e};
    if (parsed->contains("base")) {
        body.base.emplace();
        if (Error e = read_text(*parsed, "base", *body.base, 64)) return Err{*e};
    }
    if (const auto at = parsed->find("confirm_seconds"); at != parsed->end()) {
        if (!at->is_number_unsigned() || at->get<std::uint64_t>() < 1 ||
            at->get<std::uint64_t>() > std::uint64_t{kConfirmSecondsMax})
            return Err{bad("\"confirm_seconds\" is not a number from 1 to 86400")};
        body.confirm_seconds = at->get<std::int64_t>();
    }
    return body;
}

Result<DiffBody, ApiError> parse_diff_body(std::string_view text) {
    auto parsed = object_of(text, {"files", "binary", "unchanged", "from", "to"});
    if (!parsed) return Err{parsed.error()};
    DiffBody body;
    if (Error e = read_text(*parsed, "from", body.from, 80)) return Err{*e};
    if (Error e = read_text(*parsed, "to", body.to, 80)) return Err{*e};
    if (parsed->contains("files") || parsed->contains("unchanged") || parsed->contains("binary")) {
        body.sent.emplace();
        if (Error e = read_files(*parsed, *body.sent)) return Err{*e};
    }
    return body;
}

Result<ReasonBody, ApiError> parse_reason_body(std::string_view text) {
    auto parsed = object_of(text, {"reason"});
    if (!parsed) return Err{parsed.error()};
    ReasonBody body;
    if (Error e = read_reason(*parsed, body.reason)) return Err{*e};
    return body;
}

Result<CaptureBody, ApiError> parse_capture_body(std::string_view text) {
    constexpr std::size_t kTextMax = 300;
    constexpr std::int64_t kSecondsMax = 3'600;
    SLUICE_TRY(body, object_of(text, {"reason", "flow", "address", "organisation", "policy_reason",
                                      "drop_reason", "operator", "seconds", "grant"}));
    CaptureBody c;
    if (Error e = read_reason(body, c.reason)) return Err{*e};
    for (const auto& [key, out] : {std::pair{"flow", &c.flow},
                                   {"address", &c.address},
                                   {"organisation", &c.organisation},
                                   {"policy_reason", &c.policy_reason},
                                   {"drop_reason", &c.drop_reason},
                                   {"operator", &c.operator_id},
                                   {"grant", &c.grant}})
        if (Error e = read_text(body, key, *out, kTextMax)) return Err{*e};
    if (!c.flow.empty() && !c.address.empty()) return Err{bad("a flow or an address, not both")};
    if (const auto seconds = body.find("seconds"); seconds != body.end()) {
        if (!seconds->is_number_integer() || seconds->get<std::int64_t>() < 1 ||
            seconds->get<std::int64_t>() > kSecondsMax)
            return Err{bad("\"seconds\" is not a number from 1 to 3600")};
        c.seconds = seconds->get<std::uint32_t>();
    }
    return c;
}

namespace {
Error read_number(const Json& body, const char* key, std::int64_t max, std::uint32_t& out) {
    const auto at = body.find(key);
    if (at == body.end()) return std::nullopt;
    if (!at->is_number_integer() || at->get<std::int64_t>() < 0 || at->get<std::int64_t>() > max)
        return bad("\"" + std::string(key) + "\" is not a number from 0 to " + std::to_string(max));
    out = at->get<std::uint32_t>();
    return std::nullopt;
}
Error read_flag(const Json& body, const char* key, bool& out) {
    const auto at = body.find(key);
    if (at == body.end()) return std::nullopt;
    if (!at->is_boolean()) return bad("\"" + std::string(key) + "\" is neither true nor false");
    out = at->get<bool>();
    return std::nullopt;
}
}  // namespace

Result<SourceBody, ApiError> parse_source_body(std::string_view text) {
    constexpr std::size_t kTextMax = 2'048;
    SLUICE_TRY(body, object_of(text, {"operator", "url", "key", "ca_file", "refresh_s",
                                      "removal_max_percent", "reason"}));
    SourceBody s;
    if (Error e = read_reason(body, s.reason)) return Err{*e};
    for (const auto& [key, out] : {std::pair{"operator", &s.operator_id},
                                   {"url", &s.url},
                                   {"key", &s.key},
                                   {"ca_file", &s.ca_file}})
        if (Error e = read_text(body, key, *out, kTextMax)) return Err{*e};
    if (Error e = read_number(body, "refresh_s", 86'400, s.refresh_s)) return Err{*e};
    if (Error e = read_number(body, "removal_max_percent", 100, s.removal_max_percent))
        return Err{*e};
    return s;
}

Result<UploadBody, ApiError> parse_upload_body(std::string_view text) {
    SLUICE_TRY(body, object_of(text, {"catalog", "dry_run", "release", "reason"}));
    UploadBody u;
    if (Error e = read_reason(body, u.reason)) return Err{*e};
    const auto catalog = body.find("catalog");
    if (catalog == body.end() || !catalog->is_string())
        return Err{bad("\"catalog\" is missing: prefix,organisation a line")};
    u.catalog = catalog->get<std::string>();
    if (Error e = read_flag(body, "dry_run", u.dry_run)) return Err{*e};
    if (Error e = read_flag(body, "release", u.release)) return Err{*e};
    return u;
}

Result<BackupBody, ApiError> parse_backup_body(std::string_view text) {
    SLUICE_TRY(body, object_of(text, {"file", "reason"}));
    BackupBody b;
    if (Error e = read_reason(body, b.reason)) return Err{*e};
    if (Error e = read_text(body, "file", b.file, 4'000)) return Err{*e};
    if (!b.file.starts_with('/') || b.file.find('\0') != std::string::npos)
        return Err{bad("\"file\" is no absolute path")};
    return b;
}

Result<RequestBody, ApiError> parse_request_body(std::string_view text) {
    SLUICE_TRY(body, object_of(text, {"message", "content"}));
    const auto decoded = [&](const char* key) -> std::optional<std::string> {
        const auto at = body.find(key);
        if (at == body.end() || !at->is_string()) return std::nullopt;
        return from_base64(at->get_ref<const std::string&>());
    };
    RequestBody r;
    const auto message = decoded("message");
    if (!message) return Err{bad("\"message\" is missing, or no base64")};
    r.message = *message;
    r.content = decoded("content");
    if (body.contains("content") && !r.content) return Err{bad("\"content\" is no base64")};
    return r;
}

Result<DrainBody, ApiError> parse_drain_body(std::string_view text) {
    SLUICE_TRY(body, object_of(text, {"reason", "now"}));
    DrainBody drain;
    if (Error e = read_reason(body, drain.reason)) return Err{*e};
    if (Error e = read_flag(body, "now", drain.now)) return Err{*e};
    return drain;
}

namespace {

constexpr std::size_t kCaseTextMax = 300, kFieldTextMax = 4'096;

Error read_values(const std::string& id, const Json& values, std::vector<std::string>& out) {
    if (!values.is_array() || values.size() > kFieldValuesBodyMax)
        return bad("the field \"" + id.substr(0, 40) + "\" is not a list of at most 10000 texts");
    for (const Json& value : values) {
        if (!value.is_string() || value.get_ref<const std::string&>().size() > kFieldTextMax)
            return bad("the field \"" + id.substr(0, 40) + "\" holds something that is no text");
        out.push_back(value.get<std::string>());
    }
    return std::nullopt;
}

Error read_fields(const Json& body, CaseBody& out) {
    const auto at = body.find("fields");
    if (at == body.end()) return std::nullopt;
    if (!at->is_object() || at->size() > kFieldsMax)
        return bad("\"fields\" is not an object of at most 100 fields");
    for (const auto& item : at->items())
        if (Error e = read_values(item.key(), item.value(), out.fields[item.key()])) return e;
    return std::nullopt;
}

}  // namespace

Result<CaseBody, ApiError> parse_case_body(std::string_view text) {
    SLUICE_TRY(body, object_of(text, {"event", "reason", "by", "lifecycle", "fields", "version"}));
    CaseBody c;
    if (Error e = read_reason(body, c.reason)) return Err{*e};
    for (const auto& [key, out] :
         {std::pair{"event", &c.event}, {"by", &c.by}, {"lifecycle", &c.life_cycle}})
        if (Error e = read_text(body, key, *out, kCaseTextMax)) return Err{*e};
    if (c.event.empty()) return Err{bad("\"event\" is missing")};
    if (Error e = read_fields(body, c)) return Err{*e};
    if (const auto version = body.find("version"); version != body.end()) {
        if (!version->is_number_unsigned()) return Err{bad("\"version\" is not a number")};
        c.version = version->get<std::uint64_t>();
    }
    return c;
}

Result<DeadlineBody, ApiError> parse_deadline_body(std::string_view text) {
    SLUICE_TRY(body, object_of(text, {"deadline", "reason"}));
    DeadlineBody d;
    if (Error e = read_reason(body, d.reason)) return Err{*e};
    if (Error e = read_text(body, "deadline", d.deadline, kCaseTextMax)) return Err{*e};
    if (d.deadline.empty()) return Err{bad("\"deadline\" is missing")};
    return d;
}

std::optional<std::string> certificate_name(std::string_view text) {
    constexpr std::string_view kSha = "sha256:", kSerial = "serial:";
    if (text.starts_with(kSerial)) {
        const std::string_view serial = text.substr(kSerial.size());
        const bool clean = std::none_of(serial.begin(), serial.end(), [](char c) {
            return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
        });
        if (serial.empty() || serial.size() > 64 || !clean) return std::nullopt;
        return std::string(text);
    }
    if (!text.starts_with(kSha)) return std::nullopt;
    std::string hex;
    for (const char c : text.substr(kSha.size())) {
        if (c == ':') continue;
        hex += c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c;
    }
    if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
        return std::nullopt;
    return std::string(kSha) + hex;
}

namespace {

constexpr std::size_t kPersonTextMax = 100;

bool is_id(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

Error read_roles(const Json& body, RoleSet& out) {
    const auto at = body.find("roles");
    if (at == body.end() || !at->is_array() || at->empty())
        return bad("\"roles\" is missing: a list of roles");
    for (const Json& word : *at) {
        const auto role = word.is_string() ? role_named(word.get<std::string>()) : std::nullopt;
        if (!role)
            return bad("\"roles\" holds something that is no role",
                       "roles are viewer, clerk, engineer, security_officer, operator, auditor");
        out.add(*role);
    }
    return std::nullopt;
}

// How the person is known: by a user, a certificate, or both.
Error read_identity(const Json& body, PersonBody& out) {
    if (const auto at = body.find("uid"); at != body.end()) {
        if (!at->is_number_unsigned() || at->get<std::uint64_t>() >= kNoUid)
            return bad("\"uid\" is not the number of a user");
        if (at->get<std::uint64_t>() == 0)
            return bad("root is break-glass, and never a person", "give the person a user");
        out.uid = at->get<std::uint32_t>();
    }
    std::string certificate;
    if (Error e = read_text(body, "certificate", certificate, 200)) return e;
    if (!certificate.empty()) {
        const auto name = certificate_name(certificate);
        if (!name)
            return bad("\"certificate\" is not like sha256:<64 hex digits> or serial:<text>",
                       "`openssl x509 -noout -fingerprint -sha256 -in FILE` shows the former");
        out.certificate = *name;
    }
    if (!out.uid && out.certificate.empty())
        return bad("a person is known by \"uid\" or \"certificate\": give one");
    return std::nullopt;
}

}  // namespace

Result<PersonBody, ApiError> parse_person_body(std::string_view text, bool with_id) {
    SLUICE_TRY(
        body, object_of(text, {"id", "name", "roles", "operator", "uid", "certificate", "reason"}));
    PersonBody p;
    if (Error e = read_reason(body, p.reason)) return Err{*e};
    for (const auto& [key, out] :
         {std::pair{"id", &p.id}, {"name", &p.name}, {"operator", &p.operator_id}})
        if (Error e = read_text(body, key, *out, kPersonTextMax)) return Err{*e};
    if (with_id ? !is_id(p.id) : !p.id.empty())
        return Err{bad(with_id ? "\"id\" is missing, or not of a-z, 0-9, - _ and ."
                               : "\"id\" cannot change: the path has it")};
    if (p.name.empty()) return Err{bad("\"name\" is missing")};
    if (Error e = read_roles(body, p.roles)) return Err{*e};
    if (p.roles.has(Role::operator_) == p.operator_id.empty())
        return Err{bad("the role operator and \"operator\" (an operator's id) go together")};
    if (Error e = read_identity(body, p)) return Err{*e};
    return p;
}

Result<ExplainBody, ApiError> parse_explain_body(std::string_view text) {
    auto parsed = object_of(text, {"subject", "organisation", "operator"});
    if (!parsed) return Err{parsed.error()};
    ExplainBody body;
    if (Error e = read_text(*parsed, "subject", body.subject, 600)) return Err{*e};
    if (Error e = read_text(*parsed, "organisation", body.organisation, 200)) return Err{*e};
    if (Error e = read_text(*parsed, "operator", body.operator_id, 200)) return Err{*e};
    if (body.subject.empty()) return Err{bad("\"subject\" is missing")};
    return body;
}

}  // namespace sluice::control

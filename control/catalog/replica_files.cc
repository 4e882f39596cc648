#include "control/catalog/replica_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rules/ipc/durable_file.h"

namespace sluice::control::catalog {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

Err<std::string> failed(const fs::path& file) {
    return Err{file.string() + ": " + std::strerror(errno) +
               "; look at free space and permissions"};
}

std::optional<std::string> read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool write_text(const fs::path& file, const std::string& text) {
    return ipc::write_durably(file, std::as_bytes(std::span(text.data(), text.size())));
}

Json as_json(const Source& s) {
    return {{"operator", s.operator_id},
            {"url", s.url},
            {"key", s.key ? Json(certs::to_text(*s.key)) : Json(nullptr)},
            {"ca_file", s.ca_file},
            {"refresh_s", s.refresh_s},
            {"retry_s", s.retry_s},
            {"expire_s", s.expire_s},
            {"removal_max_percent", s.removal_max_percent}};
}

std::optional<Source> source_of(const Json& j) {
    try {  // our own file: what does not fit means that somebody changed it
        Source s;
        s.operator_id = j.at("operator").get<std::string>();
        s.url = j.at("url").get<std::string>();
        if (!j.at("key").is_null()) s.key = certs::parse_ed25519(j.at("key").get<std::string>());
        s.ca_file = j.at("ca_file").get<std::string>();
        s.refresh_s = j.at("refresh_s").get<std::uint32_t>();
        s.retry_s = j.at("retry_s").get<std::uint32_t>();
        s.expire_s = j.at("expire_s").get<std::uint32_t>();
        s.removal_max_percent = j.at("removal_max_percent").get<unsigned>();
        return why_not(s) ? std::nullopt : std::optional(s);
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

Json rows_json(const std::vector<Row>& rows) {
    Json out = Json::array();
    for (const Row& row : rows)
        out.push_back(to_text(row.prefix) + " " + row.organisation);
    return out;
}

bool append_durably(const fs::path& file, const std::string& line) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) return false;
    const bool good = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                      ::fdatasync(fd) == 0;
    const int why = errno;
    ::close(fd);
    errno = why;
    return good;
}

std::optional<Row> row_of(std::string_view line) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto prefix = parse_prefix(line.substr(0, space)).prefix;
    if (!prefix) return std::nullopt;
    return Row{*prefix, std::string(line.substr(space + 1))};
}

std::string_view next_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

}  // namespace

std::optional<std::string> why_not(const Source& s) {
    const bool plain = !s.operator_id.empty() && s.operator_id.size() <= 64 &&
                       s.operator_id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                           std::string::npos;
    if (!plain) return "the operator is named as in operators.yaml";
    if (!s.url.empty() && !s.url.starts_with("https://"))
        return "the feed's address begins with https://";
    if (!s.url.empty() && !s.key)
        return "a feed needs the operator's Ed25519 key (43 characters of base64url)";
    if (s.refresh_s < 60) return "a feed is asked once a minute at most (--refresh 60)";
    if (s.retry_s < 10 || s.expire_s < s.refresh_s)
        return "retry is 10 s or more, expire is not before refresh";
    if (s.removal_max_percent > 100) return "the gate is a share from 0 to 100 percent";
    return std::nullopt;
}

std::string write_replica(const Replica& replica) {
    Json keys = Json::array();
    for (const auto& key : replica.keys)
        keys.push_back(certs::to_text(key));
    std::string out = Json{{"operator", replica.operator_id},
                           {"session", replica.session},
                           {"version", replica.version},
                           {"timestamp", replica.timestamp.raw()},
                           {"keys", keys},
                           {"rows", replica.rows.size()}}
                          .dump() +
                      "\n";
    for (const auto& [prefix, organisation] : replica.rows)
        out += to_text(prefix) + " " + organisation + "\n";
    return out;
}

Result<Replica, std::string> parse_replica(std::string_view text) {
    Replica out;
    if (!text.ends_with('\n')) return Err{std::string("its end is missing")};
    const Json head = Json::parse(next_line(text), nullptr, false);
    std::size_t rows = 0;
    try {
        out.operator_id = head.at("operator").get<std::string>();
        out.session = head.at("session").get<std::string>();
        out.version = head.at("version").get<std::uint64_t>();
        out.timestamp = UtcTime{head.at("timestamp").get<std::int64_t>()};
        rows = head.at("rows").get<std::size_t>();
        for (const Json& key : head.at("keys"))
            if (const auto parsed = certs::parse_ed25519(key.get<std::string>()))
                out.keys.push_back(*parsed);
    } catch (const Json::exception&) {
        return Err{std::string("its first line is damaged")};
    }
    while (!text.empty()) {
        auto row = row_of(next_line(text));
        if (!row) return Err{std::string("a row is damaged")};
        out.rows.emplace_hint(out.rows.end(), row->prefix, std::move(row->organisation));
    }
    if (out.rows.size() != rows) return Err{std::string("rows are missing")};
    return out;
}

Result<std::vector<Source>, std::string> ReplicaFiles::sources() const {
    std::vector<Source> out;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(dir_, failure)) {
        const fs::path file = entry.path() / "source.json";
        const auto text = read_text(file);
        if (!text) continue;
        const auto source = source_of(Json::parse(*text, nullptr, false));
        if (!source) return Err{file.string() + " is damaged; add the source again"};
        out.push_back(*source);
    }
    std::sort(out.begin(), out.end(),
              [](const Source& a, const Source& b) { return a.operator_id < b.operator_id; });
    return out;
}

Result<Done, std::string> ReplicaFiles::save(const Source& source) {
    std::error_code failure;
    fs::create_directories(folder(source.operator_id), failure);
    const fs::path file = folder(source.operator_id) / "source.json";
    if (!write_text(file, as_json(source).dump(2) + "\n")) return failed(file);
    return Done{};
}

Result<Done, std::string> ReplicaFiles::forget_source(const std::string& operator_id) {
    std::error_code failure;
    if (fs::remove(folder(operator_id) / "source.json", failure)) return Done{};
    return Err{"there is no source for " + operator_id};
}

Result<Replica, std::string> ReplicaFiles::replica(const std::string& operator_id) const {
    const fs::path file = folder(operator_id) / "replica";
    const auto text = read_text(file);
    if (!text) {
        Replica none;
        none.operator_id = operator_id;
        return none;
    }
    auto parsed = parse_replica(*text);
    if (!parsed)
        return Err{file.string() + ": " + parsed.error() +
                   "; remove it and the feed is taken anew"};
    return parsed;
}

Result<Done, std::string> ReplicaFiles::save(const Replica& replica, const Difference& change,
                                             UtcTime at) {
    std::error_code failure;
    fs::create_directories(folder(replica.operator_id), failure);
    const fs::path file = folder(replica.operator_id) / "replica";
    if (!write_text(file, write_replica(replica))) return failed(file);
    if (change.empty()) return Done{};
    const Json line = {{"at", at.raw()},
                       {"session", replica.session},
                       {"version", replica.version},
                       {"added", rows_json(change.added)},
                       {"removed", rows_json(change.removed)}};
    const fs::path history = folder(replica.operator_id) / "history.jsonl";
    if (!append_durably(history, line.dump() + "\n")) return failed(history);
    return Done{};
}

Result<std::optional<Owned>, std::string> ReplicaFiles::owner_at(const std::string& operator_id,
                                                                 const IpAddress& address,
                                                                 UtcTime at) const {
    const auto text = read_text(folder(operator_id) / "history.jsonl").value_or("");
    std::map<Prefix, Owned> around;  // rows that hold the address, by prefix
    std::string_view rest = text;
    while (!rest.empty()) {
        const Json line = Json::parse(next_line(rest), nullptr, false);
        if (!line.is_object()) continue;  // the last line of a crash
        const UtcTime when{line.value("at", std::int64_t{0})};
        if (when.raw() > at.raw()) break;
        for (const Json& text_of_row : line.value("removed", Json::array()))
            if (const auto row = row_of(text_of_row.get<std::string>())) around.erase(row->prefix);
        for (const Json& text_of_row : line.value("added", Json::array()))
            if (auto row = row_of(text_of_row.get<std::string>());
                row && row->prefix.contains(address))
                around[row->prefix] = {*row, when};
    }
    const Owned* best = nullptr;
    for (const auto& [prefix, owned] : around)
        if (best == nullptr || prefix.length > best->row.prefix.length) best = &owned;
    return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace sluice::control::catalog

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

std::string head_line(const Saved& saved) {
    const Replica& replica = saved.replica;
    Json keys = Json::array();
    for (const auto& key : replica.keys)
        keys.push_back(certs::to_text(key));
    return Json{{"operator", replica.operator_id},
                {"session", replica.session},
                {"version", replica.version},
                {"timestamp", replica.timestamp.raw()},
                {"keys", keys},
                {"save", saved.save},
                {"changed_since", saved.changed_since},
                {"rows", replica.rows.size()}}
               .dump() +
           "\n";
}

// All but the rows; `rows` says how many there are.
std::optional<Saved> parse_head(std::string_view line, std::size_t& rows) {
    const Json head = Json::parse(line, nullptr, false);
    try {
        Saved out;
        out.save = head.at("save").get<std::uint64_t>();
        out.changed_since = head.at("changed_since").get<std::uint64_t>();
        out.replica.operator_id = head.at("operator").get<std::string>();
        out.replica.session = head.at("session").get<std::string>();
        out.replica.version = head.at("version").get<std::uint64_t>();
        out.replica.timestamp = UtcTime{head.at("timestamp").get<std::int64_t>()};
        rows = head.at("rows").get<std::size_t>();
        for (const Json& key : head.at("keys"))
            if (const auto parsed = certs::parse_ed25519(key.get<std::string>()))
                out.replica.keys.push_back(*parsed);
        return out;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

// A list of "prefix organisation". Written without a JSON tree: there may be millions.
std::string rows_json(const std::vector<Row>& rows) {
    std::string out = "[";
    for (const Row& row : rows) {
        const bool plain = row.organisation.find_first_of("\"\\") == std::string::npos;
        const std::string name = plain ? "" : Json(row.organisation).dump();
        out.append(out.size() == 1 ? "\"" : ",\"").append(to_text(row.prefix)).append(" ");
        out.append(plain ? std::string_view(row.organisation)
                         : std::string_view(name).substr(1, name.size() - 2));
        out.push_back('"');
    }
    return out + "]";
}

std::string change_line(const Saved& saved, const Difference& change, UtcTime at) {
    const Json head = {{"at", at.raw()},
                       {"save", saved.save},
                       {"session", saved.replica.session},
                       {"version", saved.replica.version}};
    std::string line = head.dump();
    line.pop_back();
    line.append(",\"added\":").append(rows_json(change.added));
    return line.append(",\"removed\":").append(rows_json(change.removed)).append("}\n");
}

// Calls take(row) for each text of a list of a history's line.
template <class Take>
void each_row(const Json& line, const char* list, Take take) {
    const auto at = line.find(list);
    if (at == line.end() || !at->is_array()) return;
    for (const Json& text : *at)
        if (auto row = text.is_string() ? row_of(text.get_ref<const std::string&>()) : std::nullopt)
            take(std::move(*row));
}

// What the saves after `from` up to `to` did together; nothing when one of them is missing. A save
// that a crash kept from its head may be there twice: the later one holds.
std::optional<RowTable::Changes> changes_between(const fs::path& history, std::uint64_t from,
                                                 std::uint64_t to) {
    if (from == to) return RowTable::Changes();
    const std::string text = read_text(history).value_or("");
    std::map<std::uint64_t, std::string_view> lines;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = next_line(rest);
        // The number is read without the rows, which may be millions.
        const std::size_t lists = line.find(",\"added\":");
        const Json head = Json::parse(std::string(line.substr(0, lists)) + "}", nullptr, false);
        const std::uint64_t save = head.is_object() ? head.value("save", std::uint64_t{0}) : 0;
        if (save > from && save <= to) lines[save] = line;
    }
    if (lines.size() != to - from) return std::nullopt;
    RowTable::Changes out;
    for (const auto& [save, line] : lines) {
        const Json json = Json::parse(line, nullptr, false);
        if (!json.is_object()) return std::nullopt;
        each_row(json, "removed", [&](Row row) { out[row.prefix] = std::nullopt; });
        each_row(json, "added", [&](Row row) { out[row.prefix] = std::move(row.organisation); });
    }
    return out;
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

std::string write_rows(const Saved& saved) {
    std::string out = head_line(saved);
    const RowTable& rows = saved.replica.rows;
    for (const RowTable::Entry& entry : rows.rows())
        out.append(to_text(entry.prefix))
            .append(" ")
            .append(rows.organisations()[entry.organisation])
            .append("\n");
    return out;
}

Result<Saved, std::string> parse_rows(std::string_view text) {
    if (!text.ends_with('\n')) return Err{std::string("its end is missing")};
    std::size_t count = 0;
    auto out = parse_head(next_line(text), count);
    if (!out) return Err{std::string("its first line is damaged")};
    std::vector<Row> rows;
    while (!text.empty()) {
        auto row = row_of(next_line(text));
        if (!row) return Err{std::string("a row is damaged")};
        rows.push_back(std::move(*row));
    }
    if (rows.size() != count) return Err{std::string("rows are missing")};
    auto table = RowTable::of(rows);
    if (!table) return Err{to_text(table.error()) + " is there twice"};
    out->replica.rows = std::move(*table);
    return std::move(*out);
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
    const fs::path here = folder(operator_id);
    const auto damaged = [&](const char* file, const std::string& how) {
        return Err{(here / file).string() + ": " + how + "; remove " + here.string() +
                   "/head and the feed is taken anew"};
    };
    const auto head_text = read_text(here / "head");
    if (!head_text) {
        Replica none;
        none.operator_id = operator_id;
        return none;
    }
    std::size_t count = 0;
    auto head = parse_head(*head_text, count);
    if (!head) return damaged("head", "it is damaged");
    auto whole = parse_rows(read_text(here / "replica").value_or(""));
    if (!whole) return damaged("replica", whole.error());
    // Written whole by a save that did not come to its head: that one counts, it is all there.
    if (whole->save > head->save) return std::move(whole->replica);
    const auto changes = changes_between(here / "history.jsonl", whole->save, head->save);
    if (!changes) return damaged("history.jsonl", "a change is missing");
    head->replica.rows = whole->replica.rows.with(*changes);
    if (head->replica.rows.size() != count) return damaged("history.jsonl", "rows are missing");
    return std::move(head->replica);
}

Result<Done, std::string> ReplicaFiles::save(const Replica& replica, const Difference& change,
                                             UtcTime at) {
    const fs::path here = folder(replica.operator_id);
    std::error_code failure;
    fs::create_directories(here, failure);
    std::size_t count = 0;
    const auto last = parse_head(read_text(here / "head").value_or(""), count);
    Saved saved{last ? last->save : 0, last ? last->changed_since : 0, replica};
    if (!change.empty() || !last) {
        ++saved.save;
        saved.changed_since += change.added.size() + change.removed.size();
        const fs::path history = here / "history.jsonl";
        if (!append_durably(history, change_line(saved, change, at))) return failed(history);
        if (!last || saved.changed_since > replica.rows.size() / 8) {
            saved.changed_since = 0;
            if (!write_text(here / "replica", write_rows(saved))) return failed(here / "replica");
        }
    }
    if (!write_text(here / "head", head_line(saved))) return failed(here / "head");
    return Done{};
}

Result<std::optional<Owned>, std::string> ReplicaFiles::owner_at(const std::string& operator_id,
                                                                 const IpAddress& address,
                                                                 UtcTime at) const {
    const auto text = read_text(folder(operator_id) / "history.jsonl").value_or("");
    std::map<Prefix, Owned> around;  // rows that hold the address, by prefix
    std::vector<Json> lines;
    for (std::string_view rest = text; !rest.empty();) {
        Json line = Json::parse(next_line(rest), nullptr, false);
        if (!line.is_object()) continue;  // cut by a crash
        // A crash kept the save before from its head: it was never in force, and was made again.
        if (!lines.empty() && lines.back().value("save", 0u) == line.value("save", 0u))
            lines.pop_back();
        lines.push_back(std::move(line));
    }
    for (const Json& line : lines) {
        const UtcTime when{line.value("at", std::int64_t{0})};
        if (when.raw() > at.raw()) break;
        each_row(line, "removed", [&](const Row& row) { around.erase(row.prefix); });
        each_row(line, "added", [&](Row row) {
            if (row.prefix.contains(address)) around[row.prefix] = {std::move(row), when};
        });
    }
    const Owned* best = nullptr;
    for (const auto& [prefix, owned] : around)
        if (best == nullptr || prefix.length > best->row.prefix.length) best = &owned;
    return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace sluice::control::catalog

#include "control/catalog/feed.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "control/catalog/plain_record.h"
#include "control/store/time_text.h"
#include "rules/base/plain_text.h"

namespace sluice::control::catalog {
namespace {

using Json = nlohmann::json;
constexpr char kRecordSeparator = '\x1e';

Err<std::string> wrong(std::string what) { return Err{std::move(what)}; }

// One object's fields; the first thing that is wrong is kept, so that reads chain.
class Fields {
  public:
    explicit Fields(const Json& json) : json_(json) {
        if (!json.is_object()) wrong_ = "is no JSON object";
    }
    bool ok() const { return wrong_.empty(); }
    const std::string& wrong() const { return wrong_; }

    Fields& text(const char* name, std::size_t bytes_max, std::string& out) {
        const Json* value = find(name);
        if (value == nullptr) return *this;
        if (!value->is_string()) return fail(name, "is no text");
        out = value->get<std::string>();
        if (out.empty() || out.size() > bytes_max || !is_printable(out))
            return fail(name, "is empty, too long, or has characters that do not print");
        return *this;
    }
    Fields& number(const char* name, std::uint64_t& out) {
        const Json* value = find(name);
        if (value == nullptr) return *this;
        if (!value->is_number_unsigned()) return fail(name, "is no number from 0 up");
        out = value->get<std::uint64_t>();
        if (out > (std::uint64_t{1} << 53)) return fail(name, "is above 2^53");
        return *this;
    }
    Fields& word(const char* name, std::string_view wanted) {
        std::string got;
        text(name, 64, got);
        if (ok() && got != wanted) return fail(name, "is not \"" + std::string(wanted) + "\"");
        return *this;
    }
    const Json* find(const char* name) {
        if (!ok()) return nullptr;
        const auto at = json_.find(name);
        if (at != json_.end()) return &*at;
        fail(name, "is missing");
        return nullptr;
    }
    const Json* find_if_there(const char* name) const {
        const auto at = ok() ? json_.find(name) : json_.end();
        return at == json_.end() ? nullptr : &*at;
    }
    Fields& fail(const char* name, const std::string& what) {
        if (ok()) wrong_ = std::string("\"") + name + "\" " + what;
        return *this;
    }

  private:
    const Json& json_;
    std::string wrong_;
};

bool is_sha256(std::string_view text) {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool read_reference(const Json& json, FileReference& out, std::string& why) {
    Fields fields(json);
    fields.number("version", out.version).text("url", 2048, out.url).text("sha256", 64, out.sha256);
    if (fields.ok() && !is_sha256(out.sha256))
        fields.fail("sha256", "is not 64 hexadecimal digits");
    why = fields.wrong();
    return fields.ok();
}

bool read_deltas(const Json& json, Notification& out, std::string& why) {
    if (!json.is_array() || json.size() > kDeltasMax) {
        why = "\"deltas\" is no list, or longer than " + std::to_string(kDeltasMax);
        return false;
    }
    for (const Json& item : json) {
        FileReference delta;
        if (!read_reference(item, delta, why)) return false;
        if (!out.deltas.empty() && delta.version != out.deltas.back().version + 1) {
            why = "\"deltas\" has a gap before version " + std::to_string(delta.version);
            return false;
        }
        out.deltas.push_back(std::move(delta));
    }
    if (out.snapshot.version > out.version ||
        (!out.deltas.empty() && out.deltas.back().version != out.version) ||
        (out.deltas.empty() && out.snapshot.version != out.version)) {
        why = "\"version\" is neither the last delta's nor the snapshot's";
        return false;
    }
    return true;
}

// Calls take(record, number) for every JSON text, and before it take_plain(record) for the
// plain ones after the head, which says whether that was enough; false from take, or a broken
// sequence, ends the walk.
template <class Plain, class Take>
bool each_record(std::string_view file, std::string& why, Plain take_plain, Take take) {
    if (file.size() > kFileBytesMax) {
        why = "is larger than 256 MiB";
        return false;
    }
    std::size_t number = 0;
    while (!file.empty()) {
        ++number;
        const std::size_t end = std::min(file.find(kRecordSeparator, 1), file.size());
        const std::string_view record = file.substr(0, end);
        file.remove_prefix(end);
        // Without its final LF a record may have been cut (RFC 7464 2.4).
        if (record.front() != kRecordSeparator || record.back() != '\n') {
            why = "record " + std::to_string(number) +
                  " is cut, or does not begin with RS (RFC 7464)";
            return false;
        }
        const auto plain = read_plain_record(record.substr(1));
        if (plain && number > 1 && take_plain(*plain)) continue;
        const Json json = Json::parse(record.substr(1), nullptr, false);
        if (json.is_discarded()) {
            why = "record " + std::to_string(number) + " is no JSON";
            return false;
        }
        if (!take(json, number)) {
            why = "record " + std::to_string(number) + ": " + why;
            return false;
        }
    }
    if (number == 0) why = "is empty";
    return number != 0;
}

bool read_head(const Json& json, const char* type, std::string& operator_id, std::string& session,
               std::uint64_t& version, std::string& why) {
    Fields fields(json);
    fields.word("type", type).text("operator", 64, operator_id).text("session", 64, session);
    fields.number("version", version);
    why = fields.wrong();
    return fields.ok();
}

bool read_row(const Json& json, Row& row, std::string& why) {
    Fields fields(json);
    std::string prefix;
    fields.text("prefix", 64, prefix).text("organisation", kOrganisationBytesMax, row.organisation);
    why = fields.wrong();
    if (!fields.ok()) return false;
    const auto parsed = parse_prefix(prefix).prefix;
    if (parsed)
        row.prefix = *parsed;
    else
        why = "\"prefix\" " + prefix + " is no prefix, or has host bits set";
    return parsed.has_value();
}

// A row without a fault; false leaves it to read_row(), which names the fault.
bool read_plain_row(const PlainRecord& record, Row& row) {
    const auto prefix = record.find("prefix"), organisation = record.find("organisation");
    if (!prefix || !organisation || organisation->empty() ||
        organisation->size() > kOrganisationBytesMax || !is_printable(*organisation))
        return false;
    const auto parsed = parse_prefix(*prefix).prefix;
    if (!parsed || prefix->size() > 64) return false;
    row.prefix = *parsed;
    row.organisation = *organisation;
    return true;
}

std::string as_record(const Json& json) {
    return kRecordSeparator + json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}
Json head_of(const char* type, const std::string& operator_id, const std::string& session,
             std::uint64_t version) {
    return {{"type", type}, {"operator", operator_id}, {"session", session}, {"version", version}};
}
Json as_json(const FileReference& reference) {
    return {{"version", reference.version}, {"url", reference.url}, {"sha256", reference.sha256}};
}

}  // namespace

std::optional<UtcTime> parse_instant(std::string_view text) {
    constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != kShape.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    using namespace std::chrono;
    const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                             std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!day.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
        return std::nullopt;
    const auto at =
        sys_days(day) + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
    return UtcTime{at.time_since_epoch().count()};
}

Result<Notification, std::string> parse_notification(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    Fields fields(json);
    Notification out;
    std::string timestamp, why;
    fields.word("type", "notification").text("operator", 64, out.operator_id);
    fields.text("session", 64, out.session).number("version", out.version);
    fields.text("timestamp", 32, timestamp);
    const Json *snapshot = fields.find("snapshot"), *deltas = fields.find("deltas");
    if (!fields.ok()) return wrong("the notification: " + fields.wrong());
    const auto time = parse_instant(timestamp);
    if (!time) return wrong("the notification: \"timestamp\" is not like 2026-11-21T10:00:00Z");
    out.timestamp = *time;
    if (!read_reference(*snapshot, out.snapshot, why) || !read_deltas(*deltas, out, why))
        return wrong("the notification: " + why);
    if (const Json* key = fields.find_if_there("next_signing_key")) {
        out.next_key =
            key->is_string() ? certs::parse_ed25519(key->get<std::string>()) : std::nullopt;
        if (!out.next_key) return wrong("the notification: \"next_signing_key\" is no Ed25519 key");
    }
    return out;
}

Result<Snapshot, std::string> parse_snapshot(std::string_view file) {
    Snapshot out;
    std::string why;
    const auto take_plain = [&](const PlainRecord& record) {
        Row row;
        if (out.rows.size() == kRowsMax || !read_plain_row(record, row)) return false;
        out.rows.push_back(std::move(row));
        return true;
    };
    const bool good = each_record(file, why, take_plain, [&](const Json& json, std::size_t number) {
        if (number == 1)
            return read_head(json, "snapshot", out.operator_id, out.session, out.version, why);
        if (out.rows.size() == kRowsMax) {
            why = "there are more than 4,000,000 rows";
            return false;
        }
        return read_row(json, out.rows.emplace_back(), why);
    });
    if (!good) return wrong("the snapshot: " + why);
    return out;
}

Result<Delta, std::string> parse_delta(std::string_view file) {
    Delta out;
    std::string why;
    const auto take_plain = [&](const PlainRecord& record) {
        const auto action = record.find("action");
        Change change;
        change.add = action == "add";
        if ((!change.add && action != "remove") || !read_plain_row(record, change.row))
            return false;
        out.changes.push_back(std::move(change));
        return true;
    };
    const bool good = each_record(file, why, take_plain, [&](const Json& json, std::size_t number) {
        if (number == 1)
            return read_head(json, "delta", out.operator_id, out.session, out.version, why);
        Fields fields(json);
        std::string action;
        fields.text("action", 16, action);
        if (fields.ok() && action != "add" && action != "remove")
            fields.fail("action", "is neither add nor remove");
        why = fields.wrong();
        Change& change = out.changes.emplace_back();
        change.add = action == "add";
        return fields.ok() && read_row(json, change.row, why);
    });
    if (!good) return wrong("the delta: " + why);
    return out;
}

Result<std::vector<Row>, std::string> parse_csv(std::string_view file) {
    std::vector<Row> rows;
    if (file.size() > kFileBytesMax) return wrong("the file is larger than 256 MiB");
    for (std::size_t line = 1; !file.empty(); ++line) {
        const std::size_t end = std::min(file.find('\n'), file.size());
        std::string_view text = file.substr(0, end);
        file.remove_prefix(std::min(end + 1, file.size()));
        if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
        if (text.empty() || text.front() == '#' || (line == 1 && text == "prefix,organisation"))
            continue;
        const std::size_t comma = text.find(',');
        const auto parsed = parse_prefix(text.substr(0, comma)).prefix;
        const std::string_view organisation =
            comma == std::string_view::npos ? "" : text.substr(comma + 1);
        if (!parsed || organisation.empty() || organisation.size() > kOrganisationBytesMax ||
            !is_printable(organisation) ||
            organisation.find_first_of(", ") != std::string_view::npos)
            return wrong("line " + std::to_string(line) + " is not prefix,organisation");
        if (rows.size() == kRowsMax) return wrong("there are more than 4,000,000 rows");
        rows.push_back({*parsed, std::string(organisation)});
    }
    return rows;
}

std::string write_notification(const Notification& n) {
    Json json = head_of("notification", n.operator_id, n.session, n.version);
    json["timestamp"] = rfc3339(n.timestamp);
    json["snapshot"] = as_json(n.snapshot);
    json["deltas"] = Json::array();
    for (const FileReference& delta : n.deltas)
        json["deltas"].push_back(as_json(delta));
    if (n.next_key) json["next_signing_key"] = certs::to_text(*n.next_key);
    return json.dump();
}

std::string write_snapshot(const Snapshot& s) {
    std::string out = as_record(head_of("snapshot", s.operator_id, s.session, s.version));
    for (const Row& row : s.rows)
        out += as_record({{"prefix", to_text(row.prefix)}, {"organisation", row.organisation}});
    return out;
}

std::string write_delta(const Delta& d) {
    std::string out = as_record(head_of("delta", d.operator_id, d.session, d.version));
    for (const Change& change : d.changes)
        out += as_record({{"action", change.add ? "add" : "remove"},
                          {"prefix", to_text(change.row.prefix)},
                          {"organisation", change.row.organisation}});
    return out;
}

}  // namespace sluice::control::catalog

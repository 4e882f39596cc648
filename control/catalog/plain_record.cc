#include "control/catalog/plain_record.h"

namespace sluice::control::catalog {
namespace {

bool take(std::string_view& rest, char wanted) {
    if (rest.empty() || rest.front() != wanted) return false;
    rest.remove_prefix(1);
    return true;
}

// A quoted text of printable ASCII without escapes.
bool take_text(std::string_view& rest, std::string_view& text) {
    if (!take(rest, '"')) return false;
    std::size_t size = 0;
    while (size < rest.size() && rest[size] != '"') {
        if (rest[size] < 0x20 || rest[size] > 0x7e || rest[size] == '\\') return false;
        ++size;
    }
    text = rest.substr(0, size);
    rest.remove_prefix(size);
    return take(rest, '"');
}

}  // namespace

std::optional<std::string_view> PlainRecord::find(std::string_view name) const {
    for (std::size_t i = 0; i < size; ++i)
        if (fields[i].name == name) return fields[i].text;
    return std::nullopt;
}

std::optional<PlainRecord> read_plain_record(std::string_view json) {
    PlainRecord out;
    if (!take(json, '{')) return std::nullopt;
    do {
        if (out.size == out.fields.size()) return std::nullopt;
        PlainRecord::Field field;
        if (!take_text(json, field.name) || !take(json, ':') || !take_text(json, field.text) ||
            out.find(field.name))  // a name twice: the library's last one holds
            return std::nullopt;
        out.fields[out.size++] = field;
    } while (take(json, ','));
    if (!take(json, '}') || (!json.empty() && json != "\n")) return std::nullopt;
    return out;
}

}  // namespace sluice::control::catalog

#include "rules/load/yaml_writer.h"

#include <algorithm>

namespace sluice::load {
namespace {

bool is_plain(std::string_view text) {
    const auto letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    // No ':' even inside a word: YAML readers differ on it in flow lists.
    return !text.empty() && letter_or_digit(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) {
                           return letter_or_digit(c) || c == '-' || c == '_' || c == '.' ||
                                  c == '/';
                       }) &&
           text != "null" && text != "Null" && text != "NULL";
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string yaml_flow_list(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items)
        out.append(out.size() > 1 ? ", " : "").append(yaml_scalar(item));
    return out + "]";
}

void YamlWriter::line(std::string_view key, std::string_view yaml) {
    out_.append(depth_ - (entry_ ? 2 : 0), ' ');
    if (entry_) out_ += "- ";
    entry_ = false;
    out_.append(key).append(yaml.empty() ? ":" : ": ").append(yaml).append("\n");
}

}  // namespace sluice::load

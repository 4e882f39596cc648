#include "tools/sluicectl/grants_text.h"

#include <regex>
#include <vector>

#include "rules/model/protocol.h"

namespace sluice::ctl {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

bool begins_entry(const std::string& line) {
    const std::size_t at = line.find_first_not_of(' ');
    return at != std::string::npos && line.compare(at, 2, "- ") == 0;
}
bool is_comment_or_empty(const std::string& line) {
    const std::size_t at = line.find_first_not_of(' ');
    return at == std::string::npos || line[at] == '#';
}

// `key: value` in an entry, in a flow map or on a line of its own, quoted or not.
bool says(const std::string& entry, const std::string& key, const std::string& value) {
    const std::regex pattern("(^|[\\s{,-])" + key + ":\\s*[\"']?" + value +
                             "[\"']?\\s*($|[,}\\n#])");
    return std::regex_search(entry, pattern);
}

std::string key_of(const std::string& word) {
    return model::protocol_named(word) ? "protocol" : "class";
}
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

std::string with_grant(std::string text, const GrantEntry& grant) {
    static const std::regex kEmpty("(^|\\n)grants:[ ]*(\\[[ ]*\\]|~|null)?[ ]*(?=\\n|$)");
    std::string indent = "  ";
    for (const std::string& line : lines_of(text))
        if (begins_entry(line)) indent = line.substr(0, line.find('-'));
    if (text.find("grants:") == std::string::npos)
        text += "grants:\n";
    else
        text = std::regex_replace(text, kEmpty, "$1grants:");
    if (!text.ends_with('\n')) text += '\n';
    const std::string next = "\n" + indent + "  ";
    return text + indent + "- organisation: " + quoted(grant.organisation) + next +
           key_of(grant.word) + ": " + quoted(grant.word) + next +
           "request: " + quoted(grant.request) + next + "from: " + grant.from + next +
           "until: " + grant.until + "\n";
}

std::optional<std::string> without_grant(const std::string& text, const GrantEntry& grant) {
    const std::vector<std::string> lines = lines_of(text);
    for (std::size_t begin = 0; begin < lines.size(); ++begin) {
        if (!begins_entry(lines[begin])) continue;
        std::string entry = lines[begin] + "\n";
        std::size_t end = begin + 1;
        for (; end < lines.size() && !begins_entry(lines[end]) && !is_comment_or_empty(lines[end]);
             ++end)
            entry += lines[end] + "\n";
        if (!says(entry, "organisation", grant.organisation) ||
            !says(entry, key_of(grant.word), grant.word))
            continue;
        std::string out;
        for (std::size_t i = 0; i < lines.size(); ++i)
            if (i < begin || i >= end) out += lines[i] + "\n";
        return out;
    }
    return std::nullopt;
}

}  // namespace sluice::ctl

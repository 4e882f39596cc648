#include "rules/load/reader.h"

#include <algorithm>
#include <charconv>

#include "rules/base/assert.h"
#include "rules/base/plain_text.h"
#include "rules/load/day_text.h"
#include "rules/load/host_name.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

std::string_view kind_text(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return "nothing";
        case YamlNode::Kind::scalar:
            return node.quoted ? "quoted text" : "a single value";
        case YamlNode::Kind::sequence:
            return "a list";
        case YamlNode::Kind::map:
            return "a map";
    }
    return "something else";
}

std::string wrong_type_text(const YamlNode& node, std::string_view wanted) {
    return std::string(wanted) + " is wanted here, and this is " + std::string(kind_text(node));
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (std::string_view word : words)
        text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

}  // namespace

bool is_id(std::string_view text) {
    const auto letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= kIdBytesMax && letter_or_digit(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter_or_digit(c) || c == '-' || c == '_'; });
}

const std::string* Reader::scalar(const YamlNode* node, std::string_view wanted) {
    if (node == nullptr) return nullptr;
    if (node->kind == YamlNode::Kind::scalar) return &node->text;
    error(*node, "wrong_type", wrong_type_text(*node, wanted));
    return nullptr;
}

bool Reader::text(const YamlNode* node, std::string& out) {
    const std::string* value = scalar(node, "a text");
    if (value == nullptr) return false;
    if (value->empty()) {
        error(*node, "empty_text", "this text is empty", "say it, or remove the key");
        return false;
    }
    if (value->size() > kTextBytesMax || !is_printable(*value)) {
        error(*node, "bad_text", "this text is longer than 4,096 bytes or has control characters",
              "write it as one line of plain text");
        return false;
    }
    out = *value;
    return true;
}

bool Reader::id(const YamlNode* node, std::string& out) {
    const std::string* value = scalar(node, "an id");
    if (value == nullptr) return false;
    if (!is_id(*value)) {
        error(*node, "bad_id", in_quotes(*value) + " is not an id",
              "use at most 63 lower-case letters, digits, '-' and '_', beginning with a letter or "
              "digit");
        return false;
    }
    out = *value;
    return true;
}

bool Reader::path(const YamlNode* node, std::string& out) {
    std::string found;
    if (!text(node, found)) return false;
    if (found[0] != '/') {
        error(*node, "bad_path", in_quotes(found) + " is not an absolute path",
              "begin it with '/'");
        return false;
    }
    out = std::move(found);
    return true;
}

bool Reader::number(const YamlNode* node, std::uint32_t least, std::uint32_t most,
                    std::uint32_t& out) {
    const std::string* value = scalar(node, "a whole number");
    if (value == nullptr) return false;
    std::uint64_t number = 0;
    const char* end = value->data() + value->size();
    const auto [stop, failure] = std::from_chars(value->data(), end, number);
    if (node->quoted || stop != end || failure == std::errc::invalid_argument) {
        error(*node, "wrong_type", "a whole number is wanted here, not " + in_quotes(*value),
              "digits only, without a unit, a sign or quotes");
        return false;
    }
    if (failure != std::errc{} || number < least || number > most) {
        error(*node, "out_of_range", *value + " is out of range",
              "from " + std::to_string(least) + " to " + std::to_string(most));
        return false;
    }
    out = static_cast<std::uint32_t>(number);
    return true;
}

bool Reader::boolean(const YamlNode* node, bool& out) {
    const std::string* value = scalar(node, "true or false");
    if (value == nullptr) return false;
    if (node->quoted || (*value != "true" && *value != "false")) {
        error(*node, "wrong_type", "true or false is wanted here, not " + in_quotes(*value));
        return false;
    }
    out = *value == "true";
    return true;
}

bool Reader::word(const YamlNode* node, const std::vector<std::string_view>& words,
                  std::size_t& out) {
    const std::string* value = scalar(node, "a word");
    if (value == nullptr) return false;
    const auto found = std::find(words.begin(), words.end(), *value);
    if (found == words.end()) {
        error(*node, "unknown_word", in_quotes(*value) + " is not one of: " + joined(words),
              did_you_mean(*value, words));
        return false;
    }
    out = static_cast<std::size_t>(found - words.begin());
    return true;
}

bool Reader::prefix(const YamlNode* node, Prefix& out) {
    const std::string* value = scalar(node, "an address prefix");
    if (value == nullptr) return false;
    const ParsedPrefix parsed = parse_prefix(*value);
    if (parsed.prefix) {
        out = *parsed.prefix;
        return true;
    }
    if (parsed.error == PrefixError::host_bits_set)
        error(*node, "host_bits_set", in_quotes(*value) + " has bits set behind its length",
              "the network is " + to_text(parsed.masked));
    else
        error(*node, "bad_prefix", in_quotes(*value) + " is not an address prefix",
              "write 192.0.2.0/24, 2001:db8::/32, or one address");
    return false;
}

bool Reader::address(const YamlNode* node, IpAddress& out) {
    const std::string* value = scalar(node, "an address");
    if (value == nullptr) return false;
    const auto parsed = parse_ip(*value);
    if (!parsed) {
        error(*node, "bad_address", in_quotes(*value) + " is not an IPv4 or IPv6 address",
              "write 192.0.2.1 or 2001:db8::1");
        return false;
    }
    out = *parsed;
    return true;
}

bool Reader::name(const YamlNode* node, std::string& out) {
    const std::string* value = scalar(node, "a host name");
    if (value == nullptr) return false;
    if (host_name(*value, out)) return true;
    error(*node, "bad_name", in_quotes(*value) + " is not a host name", host_name_hint(*value));
    return false;
}

bool Reader::day(const YamlNode* node, model::Day& out) {
    const std::string* value = scalar(node, "a date");
    if (value == nullptr) return false;
    const auto parsed = parse_day(*value);
    if (!parsed) {
        error(*node, "bad_date", in_quotes(*value) + " is not a day of the calendar",
              "write YYYY-MM-DD");
        return false;
    }
    out = *parsed;
    return true;
}

std::span<const YamlNode> Reader::list(const YamlNode* node) {
    if (node == nullptr || node->kind == YamlNode::Kind::null) return {};
    if (node->kind == YamlNode::Kind::sequence) return node->items;
    error(*node, "wrong_type", wrong_type_text(*node, "a list"),
          "begin each entry with '- ', or write [a, b]");
    return {};
}

void Reader::ports(const YamlNode* node, std::vector<std::uint16_t>& out) {
    for (const YamlNode& item : list(node)) {
        std::uint32_t port = 0;
        if (!number(&item, 1, 65'535, port)) continue;
        if (std::find(out.begin(), out.end(), port) != out.end())
            error(item, "duplicate_entry", "port " + std::to_string(port) + " is listed twice");
        else
            out.push_back(static_cast<std::uint16_t>(port));
    }
}

Fields::Fields(Reader& reader, const YamlNode& node, std::string_view what,
               std::vector<std::string_view> keys)
    : reader_(reader), node_(node), what_(what), keys_(std::move(keys)), values_(keys_.size()) {
    if (node.kind == YamlNode::Kind::map)
        read_keys(what);
    else
        reader.error(node, "wrong_type", wrong_type_text(node, what_),
                     "write 'key: value' lines; keys are " + joined(keys_));
}

void Fields::read_keys(std::string_view what) {
    for (std::size_t i = 0; i + 1 < node_.items.size(); i += 2) {
        const YamlNode& key = node_.items[i];
        const auto found = std::find(keys_.begin(), keys_.end(), key.text);
        if (key.kind != YamlNode::Kind::scalar || found == keys_.end()) {
            reader_.error(key, "unknown_key",
                          in_quotes(key.text) + " is not a key of " + std::string(what),
                          did_you_mean(key.text, keys_, "keys are " + joined(keys_)));
            continue;
        }
        const YamlNode*& slot = values_[static_cast<std::size_t>(found - keys_.begin())];
        if (slot != nullptr)
            reader_.error(key, "duplicate_key", in_quotes(key.text) + " is given twice",
                          "keep one of them");
        else
            slot = &node_.items[i + 1];
    }
}

const YamlNode* Fields::find(std::string_view key) const {
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    SLUICE_ASSERT(found != keys_.end());
    return values_[static_cast<std::size_t>(found - keys_.begin())];
}

const YamlNode* Fields::need(std::string_view key) {
    const YamlNode* value = find(key);
    if (value == nullptr && node_.kind == YamlNode::Kind::map)
        reader_.error(node_, "missing_key", what_ + " needs " + in_quotes(key),
                      "add '" + std::string(key) + ": ...'");
    return value;
}

bool read_validity(Reader& reader, Fields& fields, model::Validity& out) {
    const YamlNode* until = fields.need("until");
    const bool from_ok = reader.day(fields.need("from"), out.from);
    const bool until_ok = reader.day(until, out.until);
    if (!from_ok || !until_ok) return false;
    if (out.from <= out.until) return true;
    reader.error(*until, "ends_before_it_begins",
                 to_text(out.until) + " lies before " + to_text(out.from), "swap the two days");
    return false;
}

}  // namespace sluice::load

#include "control/lifecycle/field_check.h"

#include <algorithm>
#include <charconv>

#include "rules/base/ip.h"
#include "rules/base/plain_text.h"
#include "rules/load/day_text.h"
#include "rules/load/host_name.h"
#include "rules/load/reader.h"

namespace sluice::control {
namespace {

using Trouble = std::string;  // empty: none

std::string quoted(const std::string& text) { return load::in_quotes(text); }

Trouble check_prefix(std::string& value) {
    const ParsedPrefix parsed = parse_prefix(value);
    if (parsed.prefix) {
        // One address is written as one: as reports and people do.
        value = parsed.prefix->length == 128 ? to_text(parsed.prefix->network)
                                             : to_text(*parsed.prefix);
        return {};
    }
    if (parsed.error == PrefixError::host_bits_set)
        return quoted(value) + " has host bits set: write " + to_text(parsed.masked);
    return quoted(value) + " is no address or prefix";
}

Trouble check_address(std::string& value) {
    const auto address = parse_ip(value);
    if (!address) return quoted(value) + " is no IP address";
    value = to_text(*address);
    return {};
}

Trouble check_number(const std::string& value) {
    std::uint32_t n = 0;
    const char* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, n);
    return parsed.ec == std::errc{} && parsed.ptr == end ? Trouble()
                                                         : quoted(value) + " is no whole number";
}

// A reference says where a secret is; whatever looks like one itself must never reach the store.
Trouble check_secret_ref(const std::string& value) {
    constexpr std::size_t kReferenceBytesMax = 200;
    const bool known = value.starts_with("signer:") || value.starts_with("vault:");
    const std::string_view rest =
        known ? std::string_view(value).substr(value.find(':') + 1) : std::string_view();
    const bool plain = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789/._-") ==
                       std::string_view::npos;
    if (known && plain && !rest.empty() && value.size() <= kReferenceBytesMax) return {};
    // The value is not repeated: it may be the secret.
    return "this holds no reference to a secret: hand the secret to the signer or the vault, and "
           "name it here as signer:ID or vault:ID";
}

Trouble check_name(std::string& value) {
    std::string name;
    if (!load::host_name(value, name)) return quoted(value) + " is no domain name";
    value = name;
    return {};
}

Trouble check_word(const FieldRule& rule, const std::string& value) {
    if (std::find(rule.options.begin(), rule.options.end(), value) != rule.options.end()) return {};
    std::string all;
    for (const std::string& option : rule.options)
        all += (all.empty() ? "" : ", ") + option;
    return quoted(value) + " is none of: " + all;
}

Trouble check_value(const FieldRule& rule, std::string& value) {
    if (value.empty()) return "it is empty";
    if (value.size() > kFieldBytesMax) return "it is longer than 4096 bytes";
    switch (rule.type) {
        case FieldType::text:
        case FieldType::list:
            return is_printable(value) ? Trouble() : "it is not printable text";
        case FieldType::id:
            return load::is_id(value) ? Trouble() : quoted(value) + " is no id";
        case FieldType::name:
            return check_name(value);
        case FieldType::address:
            return check_address(value);
        case FieldType::prefixes:
            return check_prefix(value);
        case FieldType::number:
            return check_number(value);
        case FieldType::day:
            return load::parse_day(value) ? Trouble() : quoted(value) + " is no day YYYY-MM-DD";
        case FieldType::word:
            return check_word(rule, value);
        case FieldType::secret_ref:
            return check_secret_ref(value);
    }
    return {};
}

}  // namespace

std::string check_field(const FieldRule& rule, std::vector<std::string>& values) {
    const bool many = rule.type == FieldType::prefixes || rule.type == FieldType::list;
    if (values.size() > (many ? kFieldValuesMax : 1))
        return many ? "it has more than 10000 values" : "it has more than one value";
    for (std::string& value : values)
        if (Trouble trouble = check_value(rule, value); !trouble.empty()) return trouble;
    if (!many) return {};
    std::vector<std::string> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    return twice == sorted.end() ? Trouble() : quoted(*twice) + " is listed twice";
}

}  // namespace sluice::control

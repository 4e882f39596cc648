// Reader and Fields: typed values out of a YamlNode tree. Each function either fills `out` and says
// true, or puts one error into the report. A null node pointer is a value that is missing and was
// reported already, so that calls chain: reader.text(fields.need("title"), policy.title).
#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "rules/load/report.h"
#include "rules/load/yaml_tree.h"

namespace sluice::load {

inline constexpr std::size_t kTextBytesMax = 4'096;  // one title, ground, reference
inline constexpr std::size_t kIdBytesMax = 63;

// "ministry", "telco-a", "os_update": lower-case letters, digits, '-' and '_', at most 63 bytes,
// beginning with a letter or digit. Ids become file names, URLs and columns of CSV.
bool is_id(std::string_view text);

class Reader {
  public:
    Reader(Report& report, std::uint32_t file) : report_(report), file_(file) {}

    Report& report() { return report_; }
    model::Position at(const YamlNode& node) const { return {file_, node.line, node.column}; }
    void error(const YamlNode& node, std::string_view code, std::string message,
               std::string hint = {}) {
        report_.error(at(node), code, std::move(message), std::move(hint));
    }

    // Printable text of 1..4096 bytes. Codes: wrong_type, empty_text, bad_text.
    bool text(const YamlNode* node, std::string& out);
    // Codes: wrong_type, bad_id.
    bool id(const YamlNode* node, std::string& out);
    // An absolute path. Codes: those of text(), bad_path.
    bool path(const YamlNode* node, std::string& out);
    // A plain decimal integer in [least, most]. Codes: wrong_type, out_of_range.
    bool number(const YamlNode* node, std::uint32_t least, std::uint32_t most, std::uint32_t& out);
    // true or false. Code: wrong_type.
    bool boolean(const YamlNode* node, bool& out);
    // One of `words`; `out` is its index. Codes: wrong_type, unknown_word.
    bool word(const YamlNode* node, const std::vector<std::string_view>& words, std::size_t& out);
    // Codes: wrong_type, bad_prefix, host_bits_set.
    bool prefix(const YamlNode* node, Prefix& out);
    // Codes: wrong_type, bad_address.
    bool address(const YamlNode* node, IpAddress& out);
    // A canonical host name. Codes: wrong_type, bad_name.
    bool name(const YamlNode* node, std::string& out);
    // YYYY-MM-DD. Codes: wrong_type, bad_date.
    bool day(const YamlNode* node, model::Day& out);
    // The entries of a list; none when it is written but empty. Code: wrong_type.
    std::span<const YamlNode> list(const YamlNode* node);
    // TCP or UDP ports, each once. Codes: wrong_type, out_of_range, duplicate_entry.
    void ports(const YamlNode* node, std::vector<std::uint16_t>& out);

  private:
    const std::string* scalar(const YamlNode* node, std::string_view wanted);

    Report& report_;
    std::uint32_t file_;
};

// The keys of one map. Construction reports wrong_type, unknown_key and duplicate_key.
class Fields {
  public:
    // `what` names the map in messages: "an operator". `keys` are all it may have.
    Fields(Reader& reader, const YamlNode& node, std::string_view what,
           std::vector<std::string_view> keys);

    // The value of an optional key; null when it is not there.
    const YamlNode* find(std::string_view key) const;
    // The value of a key that must be there. Code: missing_key, at the map.
    const YamlNode* need(std::string_view key);

  private:
    void read_keys(std::string_view what);

    Reader& reader_;
    const YamlNode& node_;
    std::string what_;
    std::vector<std::string_view> keys_;
    std::vector<const YamlNode*> values_;
};

// `from` and `until` of a map, inclusive. Code besides those of day(): ends_before_it_begins.
bool read_validity(Reader& reader, Fields& fields, model::Validity& out);

}  // namespace sluice::load

#include "rules/load/content_policy.h"

#include <set>
#include <utility>

#include "rules/load/load_file.h"

namespace sluice::load {
namespace {

using model::ContentAction;
using model::ContentSignature;

constexpr std::size_t kLeastBytes = 4;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Digits in pairs, blanks between pairs.
bool read_hex(std::string_view text, std::string& out) {
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ') {
            ++i;
            continue;
        }
        const int high = hex_digit(text[i]);
        const int low = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
        if (high < 0 || low < 0) return false;
        out.push_back(static_cast<char>(high << 4 | low));
        i += 2;
    }
    return !out.empty();
}

bool read_action(Reader& reader, const YamlNode* node, ContentAction& action) {
    std::size_t word = 0;
    if (!reader.word(node, {"block", "report"}, word)) return false;
    action = static_cast<ContentAction>(word);
    return true;
}

void read_what(Reader& reader, const YamlNode& item, Fields& fields, ContentSignature& signature) {
    const YamlNode* text = fields.find("text");
    const YamlNode* hex = fields.find("hex");
    const YamlNode* pattern = fields.find("pattern");
    if ((text != nullptr) + (hex != nullptr) + (pattern != nullptr) != 1) {
        reader.error(item, "one_of", "a signature has exactly one of 'text', 'hex' and 'pattern'");
        return;
    }
    if (pattern != nullptr) {
        reader.text(pattern, signature.pattern);
        return;
    }
    std::string written;
    const YamlNode& node = text != nullptr ? *text : *hex;
    if (!reader.text(&node, written)) return;
    if (text != nullptr)
        signature.bytes = written;
    else if (!read_hex(written, signature.bytes))
        return reader.error(node, "bad_hex", "these are not pairs of hexadecimal digits",
                            "write bytes as '4d 5a 90 00'");
    if (signature.bytes.size() < kLeastBytes)
        reader.error(node, "too_short", "so few bytes are in every other file",
                     "write at least 4 bytes");
    if (signature.bytes.size() > kSignatureBytesMax)
        reader.error(node, "too_long", "a signature has at most 4096 bytes");
}

void read_signatures(Reader& reader, const YamlNode* node, model::ContentPolicy& policy) {
    if (node == nullptr) return;
    std::set<std::string> ids;
    for (const YamlNode& item : reader.list(node)) {
        Fields fields(reader, item, "a signature",
                      {"id", "title", "text", "hex", "pattern", "action", "source"});
        ContentSignature signature;
        signature.at = reader.at(item);
        const YamlNode* id = fields.need("id");
        if (reader.id(id, signature.id) && !ids.insert(signature.id).second)
            reader.error(*id, "duplicate_id",
                         "there are two signatures " + in_quotes(signature.id));
        reader.text(fields.need("title"), signature.title);
        read_what(reader, item, fields, signature);
        read_action(reader, fields.need("action"), signature.action);
        reader.text(fields.need("source"), signature.source);
        if (policy.signatures.size() == kSignaturesMax)
            return reader.error(item, "too_many", "there are more than 100000 signatures");
        policy.signatures.push_back(std::move(signature));
    }
}

void read_file_types(Reader& reader, const YamlNode* node, model::ContentPolicy& policy) {
    if (node == nullptr) return;
    std::vector<std::string_view> words;
    for (const model::FileTypeInfo& type : model::kFileTypes)
        words.push_back(type.word);
    std::set<model::FileType> seen;
    for (const YamlNode& item : reader.list(node)) {
        Fields fields(reader, item, "a file type", {"type", "action", "source"});
        model::FileTypeRule rule;
        std::size_t word = 0;
        const YamlNode* type = fields.need("type");
        if (reader.word(type, words, word)) {
            rule.type = static_cast<model::FileType>(word);
            if (!seen.insert(rule.type).second)
                reader.error(*type, "duplicate_entry", "there is a rule for this type already");
        }
        read_action(reader, fields.need("action"), rule.action);
        reader.text(fields.need("source"), rule.source);
        policy.file_types.push_back(std::move(rule));
    }
}

void read_limits(Reader& reader, const YamlNode* node, model::ContentLimits& limits) {
    if (node == nullptr) return;
    Fields fields(reader, *node, "limits",
                  {"decoded_mib_max", "ratio_max", "codings_max", "memory_mib_max"});
    reader.number(fields.find("decoded_mib_max"), 1, 1'048'576, limits.decoded_mib_max);
    reader.number(fields.find("ratio_max"), 10, 100'000, limits.ratio_max);
    reader.number(fields.find("codings_max"), 1, 5, limits.codings_max);
    reader.number(fields.find("memory_mib_max"), 32, 65'536, limits.memory_mib_max);
}

void read_policy(Reader& reader, const YamlNode& root, model::ContentPolicy& policy) {
    Fields fields(reader, root, "the content policy", {"limits", "signatures", "file_types"});
    read_limits(reader, fields.find("limits"), policy.limits);
    read_signatures(reader, fields.find("signatures"), policy);
    read_file_types(reader, fields.find("file_types"), policy);
}

}  // namespace

LoadedContentPolicy load_content_policy(std::string_view text, const std::string& file) {
    return load_text<model::ContentPolicy>(text, file, read_policy);
}

LoadedContentPolicy load_content_policy_file(const std::filesystem::path& path) {
    return load_file(path, load_content_policy);
}

}  // namespace sluice::load

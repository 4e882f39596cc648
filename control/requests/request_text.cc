#include "control/requests/request_text.h"

#include "control/lifecycle/field_check.h"
#include "rules/load/load_file.h"

namespace sluice::control::requests {
namespace {

using load::Fields;
using load::Reader;
using load::YamlNode;

constexpr std::size_t kFieldsMax = 100, kNumberBytesMax = 100;

bool scalar(Reader& reader, const YamlNode& node, std::string& out) {
    if (node.kind == YamlNode::Kind::scalar && node.text.size() <= kFieldBytesMax) {
        out = node.text;
        return true;
    }
    reader.error(node, "wrong_type", "a value is a text of at most 4096 bytes, or a list of them");
    return false;
}

void read_values(Reader& reader, const YamlNode& node, std::vector<std::string>& out) {
    if (node.kind != YamlNode::Kind::sequence) {
        scalar(reader, node, out.emplace_back());
        return;
    }
    if (node.items.size() > kFieldValuesMax) {
        reader.error(node, "too_many", "a field has at most 10000 values");
        return;
    }
    for (const YamlNode& item : node.items)
        if (!scalar(reader, item, out.emplace_back())) return;
}

void read_case_fields(Reader& reader, const YamlNode* node, CaseFields& out) {
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::map || node->items.size() > 2 * kFieldsMax) {
        reader.error(*node, "wrong_type", "'fields' is a map of at most 100 fields");
        return;
    }
    for (std::size_t i = 0; i + 1 < node->items.size(); i += 2) {
        std::string id;
        if (!reader.id(&node->items[i], id)) continue;
        if (out.contains(id)) {
            reader.error(node->items[i], "duplicate_key", "the field '" + id + "' stands twice");
            continue;
        }
        read_values(reader, node->items[i + 1], out[id]);
    }
}

void read_request(Reader& reader, const YamlNode& root, RequestText& out) {
    Fields fields(reader, root, "a request",
                  {"request", "organisation", "lifecycle", "case", "event", "fields"});
    if (reader.text(fields.need("request"), out.number) && out.number.size() > kNumberBytesMax)
        reader.error(root, "too_long", "the number of a request has at most 100 bytes");
    reader.id(fields.need("organisation"), out.organisation);
    if (fields.find("lifecycle") != nullptr) reader.id(fields.find("lifecycle"), out.life_cycle);
    if (fields.find("case") != nullptr) reader.id(fields.find("case"), out.case_id);
    if ((fields.find("lifecycle") != nullptr) == (fields.find("case") != nullptr))
        reader.error(root, "one_of", "a request has one of 'lifecycle' and 'case'",
                     "'lifecycle' opens a case, 'case' moves one");
    reader.id(fields.need("event"), out.event);
    read_case_fields(reader, fields.find("fields"), out.fields);
}

}  // namespace

LoadedRequestText read_request_text(std::string_view text) {
    return load::load_text<RequestText>(text, "request", read_request);
}

}  // namespace sluice::control::requests

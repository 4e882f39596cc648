#include "rules/load/building.h"

#include "rules/load/day_text.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

// The text of a reference, whatever it refers to.
const std::string* reference(Reader& reader, const YamlNode* node) {
    if (node == nullptr) return nullptr;
    if (node->kind == YamlNode::Kind::scalar) return &node->text;
    reader.error(*node, "wrong_type", "an id is wanted here");
    return nullptr;
}

std::string file_of(std::string_view kind) {
    if (kind == "segment") return "geo.yaml";
    return std::string(kind == "category" ? "categorie" : kind) + "s.yaml";
}

void unknown(Reader& reader, const YamlNode& node, std::string_view kind, const IdIndex& index) {
    const std::string hint =
        reader.report().full()
            ? std::string()
            : did_you_mean(node.text, index.known(), "define it in " + file_of(kind) + " first");
    reader.error(node, "unknown_" + std::string(kind),
                 "there is no " + std::string(kind) + " " + in_quotes(node.text), hint);
}

bool resolve(Reader& reader, const YamlNode* node, std::string_view kind, const IdIndex& index,
             std::string& out) {
    const std::string* id = reference(reader, node);
    if (id == nullptr) return false;
    if (index.find(*id) == kNoIndex) {
        unknown(reader, *node, kind, index);
        return false;
    }
    out = *id;
    return true;
}

}  // namespace

bool IdIndex::add(const std::string& id, std::size_t index, const model::Position& at,
                  model::Position& first) {
    const auto [entry, added] =
        entries_.try_emplace(id, Entry{static_cast<std::uint32_t>(index), at});
    if (added) known_.push_back(entry->first);
    first = entry->second.at;
    return added;
}

std::uint32_t IdIndex::find(std::string_view id) const {
    const auto entry = entries_.find(id);
    return entry == entries_.end() ? kNoIndex : entry->second.index;
}

bool Building::add_id(IdIndex& index, std::size_t position, Reader& reader, const YamlNode& node,
                      const std::string& id) {
    model::Position first;
    if (id.empty()) return false;
    if (index.add(id, position, reader.at(node), first)) return true;
    reader.error(node, "duplicate_id", "there are two entries " + in_quotes(id),
                 "the other is at " + report.place(first));
    return false;
}

bool Building::operator_ref(Reader& reader, const YamlNode* node, std::string& out) {
    return resolve(reader, node, "operator", operators, out);
}

bool Building::organisation_ref(Reader& reader, const YamlNode* node, std::string& out) {
    return resolve(reader, node, "organisation", organisations, out);
}

bool Building::segment_ref(Reader& reader, const YamlNode* node, std::string& out) {
    return resolve(reader, node, "segment", segments, out);
}

bool Building::category_ref(Reader& reader, const YamlNode* node, std::string& out) {
    if (node != nullptr && node->kind == YamlNode::Kind::scalar && node->text == kUncategorised) {
        out = kUncategorised;
        return true;
    }
    return resolve(reader, node, "category", categories, out);
}

void Building::check_not_expired(Reader& reader, const YamlNode* until, model::Day last) {
    if (until == nullptr || last >= today) return;
    reader.error(*until, "expired_entry",
                 "this ended on " + to_text(last) + " and today is " + to_text(today),
                 "remove the entry, or renew it with its new ground");
}

}  // namespace sluice::load

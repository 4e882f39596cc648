// overrides.yaml and bypass.yaml: single decisions, each with its author.
#include <algorithm>

#include "rules/load/building.h"

namespace sluice::load {
namespace {

void read_override(Building& b, Reader& reader, const YamlNode& node, IdIndex& names) {
    Fields fields(reader, node, "an override", {"name", "categories", "author", "ground"});
    model::NameOverride override_;
    override_.at = reader.at(node);
    const YamlNode* name = fields.need("name");
    if (reader.name(name, override_.name)) {
        model::Position first;
        if (!names.add(override_.name, 0, reader.at(*name), first))
            reader.error(*name, "duplicate_override",
                         in_quotes(override_.name) + " has an override already",
                         "the other is at " + b.report.place(first));
    }
    const YamlNode* categories = fields.need("categories");
    const auto items = reader.list(categories);
    for (const YamlNode& item : items) {
        std::string id;
        if (!b.category_ref(reader, &item, id)) continue;
        auto& ids = override_.categories;
        if (std::find(ids.begin(), ids.end(), id) != ids.end())
            reader.error(item, "duplicate_entry", "category " + in_quotes(id) + " is listed twice",
                         "keep one of them");
        else
            ids.push_back(std::move(id));
    }
    const bool a_list = categories != nullptr && (categories->kind == YamlNode::Kind::sequence ||
                                                  categories->kind == YamlNode::Kind::null);
    if (a_list && items.empty())
        reader.error(*categories, "override_without_categories",
                     "an override names at least one category",
                     "write [uncategorised] if the name shall be in none");
    reader.text(fields.need("author"), override_.author);
    reader.text(fields.need("ground"), override_.ground);
    b.policy.overrides.push_back(std::move(override_));
}

void read_one_bypass(Building& b, Reader& reader, const YamlNode& node, IdIndex& seen) {
    Fields fields(reader, node, "a bypass", {"operator", "prefix", "ground", "author"});
    model::Bypass bypass;
    bypass.at = reader.at(node);
    const YamlNode* prefix = fields.need("prefix");
    const bool operator_ok = b.operator_ref(reader, fields.need("operator"), bypass.operator_id);
    const bool prefix_ok = reader.prefix(prefix, bypass.prefix);
    reader.text(fields.need("ground"), bypass.ground);
    reader.text(fields.need("author"), bypass.author);
    if (!operator_ok || !prefix_ok) return;
    model::Position first;
    if (!seen.add(bypass.operator_id + " " + to_text(bypass.prefix), 0, reader.at(*prefix), first))
        reader.error(*prefix, "duplicate_entry", to_text(bypass.prefix) + " goes around already",
                     "the other is at " + b.report.place(first));
    bypass.at = reader.at(*prefix);
    b.policy.bypass.push_back(std::move(bypass));
}

}  // namespace

void read_overrides(Building& b) {
    IdIndex names;
    read_list_file(b, "overrides.yaml", "overrides", [&](Reader& reader, const YamlNode& node) {
        read_override(b, reader, node, names);
    });
}

void read_bypass(Building& b) {
    IdIndex seen;
    read_list_file(b, "bypass.yaml", "bypass", [&](Reader& reader, const YamlNode& node) {
        read_one_bypass(b, reader, node, seen);
    });
}

}  // namespace sluice::load

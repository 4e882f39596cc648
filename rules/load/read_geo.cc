// geo.yaml: databases of countries and autonomous systems, and the segments a policy makes of them.
#include <algorithm>

#include "rules/ipc/sha256.h"
#include "rules/load/building.h"
#include "rules/load/bulk_lines.h"

namespace sluice::load {
namespace {

constexpr std::uint32_t kAsnMax = 0xffffffff;

void read_database(Building& b, Reader& reader, const YamlNode& node) {
    Fields fields(reader, node, "a database", {"path", "source", "licence", "date"});
    model::GeoDatabase database;
    database.at = reader.at(node);
    reader.text(fields.need("source"), database.source);
    reader.text(fields.need("licence"), database.licence);
    reader.day(fields.need("date"), database.date);
    if (!reader.text(fields.need("path"), database.path)) return;
    const auto found = b.files.find(database.path);
    if (found == b.files.end()) {
        reader.error(*fields.find("path"), "missing_file",
                     "there is no file " + in_quotes(database.path),
                     "paths are relative to policy.yaml");
        return;
    }
    b.used_files.insert(found->first);
    const ipc::Sha256 digest = ipc::sha256(std::as_bytes(std::span(found->second)));
    std::shared_ptr<const model::GeoContent> content;
    for (const auto& before : b.geo_before)
        if (before != nullptr && before->digest == digest) content = before;
    if (content == nullptr) {
        auto fresh = std::make_shared<model::GeoContent>();
        fresh->bytes = found->second;
        fresh->digest = digest;
        content = std::move(fresh);
    }
    b.policy.geo.push_back(std::move(database));
    b.policy.geo_content.push_back(std::move(content));
}

void read_prefixes(Reader& reader, const YamlNode* node, std::vector<Prefix>& out) {
    for (const YamlNode& item : reader.list(node)) {
        Prefix prefix;
        if (!reader.prefix(&item, prefix)) continue;
        if (std::find(out.begin(), out.end(), prefix) != out.end())
            reader.error(item, "duplicate_entry", to_text(prefix) + " is listed twice");
        else
            out.push_back(prefix);
    }
}

void read_segment(Building& b, Reader& reader, const YamlNode& node) {
    Fields fields(reader, node, "a segment", {"id", "countries", "asns", "prefixes", "except"});
    model::Segment segment;
    segment.at = reader.at(node);
    if (const YamlNode* id = fields.need("id"); reader.id(id, segment.id))
        b.add_id(b.segments, b.policy.segments.size(), reader, *id, segment.id);
    for (const YamlNode& item : reader.list(fields.find("countries"))) {
        std::string code;
        if (!reader.text(&item, code)) continue;
        const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
        if (code.size() != 2 || !letter(code[0]) || !letter(code[1]))
            reader.error(item, "unknown_word", in_quotes(code) + " is no country code",
                         "two upper-case letters of ISO 3166: KZ (in quotes for NO)");
        else
            segment.countries.push_back(std::move(code));
    }
    for (const YamlNode& item : reader.list(fields.find("asns"))) {
        std::uint32_t asn = 0;
        if (reader.number(&item, 1, kAsnMax, asn)) segment.asns.push_back(asn);
    }
    read_prefixes(reader, fields.find("prefixes"), segment.prefixes);
    read_prefixes(reader, fields.find("except"), segment.except);
    if (node.kind == YamlNode::Kind::map && segment.countries.empty() && segment.asns.empty() &&
        segment.prefixes.empty() && !b.report.full())
        reader.error(node, "missing_key", "a segment is made of countries, asns or prefixes",
                     "write 'countries: [KZ]'");
    b.policy.segments.push_back(std::move(segment));
}

}  // namespace

void read_geo(Building& b) {
    const auto found = b.files.find("geo.yaml");
    if (found == b.files.end()) return;
    b.used_files.insert(found->first);
    const std::uint32_t file = b.report.add_file(found->first);
    YamlNode root;
    if (!parse_yaml(found->second, file, b.report, root) || root.kind == YamlNode::Kind::null)
        return;
    Reader reader(b.report, file);
    Fields fields(reader, root, "geo.yaml", {"databases", "segments"});
    for (const YamlNode& item : reader.list(fields.find("databases"))) {
        if (b.policy.geo.size() == model::kGeoDatabasesMax) {
            reader.error(item, "too_many", "there are more than 8 databases");
            break;
        }
        read_database(b, reader, item);
    }
    for (const YamlNode& item : reader.list(fields.find("segments"))) {
        if (b.policy.segments.size() == model::kSegmentsMax) {
            reader.error(item, "too_many", "there are more than 16 segments");
            break;
        }
        read_segment(b, reader, item);
    }
}

}  // namespace sluice::load

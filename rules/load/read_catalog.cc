// catalog.yaml and catalog.csv: whose address is whose (G13). The YAML form is for people, the CSV
// form for a million rows.
#include <array>

#include "rules/load/building.h"
#include "rules/load/bulk_lines.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

constexpr std::size_t kCatalogRowsMax = 4'000'000;
constexpr std::string_view kHeader = "operator,prefix,organisation";
using model::CatalogEntry;
using model::Position;

// Where the three parts of a row are written; the YAML form has them on different lines.
struct RowAt {
    Position prefix, organisation;
};

void add_row(Building& b, CatalogEntry entry, const RowAt& at) {
    auto& rows = b.policy.catalog;
    const auto& op = b.policy.operators[entry.operator_index];
    const auto& organisation = b.policy.organisations[entry.organisation_index];
    if (!organisation.operator_id.empty() && organisation.operator_id != op.id)
        b.report.error(at.organisation, "other_operator",
                       in_quotes(organisation.id) + " is behind " +
                           in_quotes(organisation.operator_id) + ", not behind " + in_quotes(op.id),
                       "see " + b.report.place(organisation.at));
    const std::uint64_t hash = hash_of(entry.operator_index, entry.prefix);
    const std::uint32_t first = b.catalog.find(hash, [&](std::uint32_t i) {
        return rows[i].operator_index == entry.operator_index && rows[i].prefix == entry.prefix;
    });
    if (first != kNoIndex) {
        b.report.error(at.prefix, "duplicate_catalog_prefix",
                       to_text(entry.prefix) + " is already in the catalog of " + in_quotes(op.id),
                       "the other is at " + b.report.place(rows[first].at));
        return;
    }
    entry.at = at.prefix;
    b.catalog.add(hash, static_cast<std::uint32_t>(rows.size()));
    rows.push_back(entry);
}

void read_entry(Building& b, Reader& reader, const YamlNode& node) {
    Fields fields(reader, node, "a catalog entry", {"operator", "organisation", "prefixes"});
    std::string operator_id, organisation_id;
    const YamlNode* organisation = fields.need("organisation");
    const bool operator_ok = b.operator_ref(reader, fields.need("operator"), operator_id);
    const bool organisation_ok = b.organisation_ref(reader, organisation, organisation_id);
    for (const YamlNode& item : reader.list(fields.need("prefixes"))) {
        CatalogEntry entry;
        if (!reader.prefix(&item, entry.prefix) || !operator_ok || !organisation_ok) continue;
        entry.operator_index = static_cast<std::uint16_t>(b.operators.find(operator_id));
        entry.organisation_index =
            static_cast<std::uint16_t>(b.organisations.find(organisation_id));
        add_row(b, entry, {reader.at(item), reader.at(*organisation)});
    }
}

// Looks an id up; the rows of one organisation mostly follow each other.
class CachedIndex {
  public:
    explicit CachedIndex(const IdIndex& ids) : ids_(ids) {}
    std::uint32_t find(std::string_view id) {
        if (id != last_) {
            last_ = id;
            index_ = ids_.find(id);
        }
        return index_;
    }
    const IdIndex& ids() const { return ids_; }

  private:
    const IdIndex& ids_;
    std::string_view last_ = "\n";  // no id; later a view into the file
    std::uint32_t index_ = kNoIndex;
};

class CsvReader {
  public:
    CsvReader(Building& b, std::uint32_t file)
        : b_(b), file_(file), operators_(b.operators), organisations_(b.organisations) {}

    void read(std::string_view text) {
        BulkLines lines(text);
        std::string_view line;
        if (!lines.next(line)) return;
        if (line != kHeader) {
            b_.report.error({file_, lines.line(), lines.column()}, "bad_header",
                            "the first line is " + in_quotes(line),
                            "begin the file with " + std::string(kHeader));
            return;
        }
        while (!b_.report.full() && lines.next(line)) {
            at_ = {file_, lines.line(), lines.column()};
            if (b_.policy.catalog.size() == kCatalogRowsMax) {
                b_.report.error(at_, "too_many", "the catalog has more than 4,000,000 rows");
                return;
            }
            read_row(line);
        }
    }

  private:
    Position at(std::string_view line, std::string_view part) const {
        Position position = at_;
        position.column += static_cast<std::uint32_t>(part.data() - line.data());
        return position;
    }
    bool split(std::string_view line, std::array<std::string_view, 3>& parts) {
        const std::size_t first = line.find(',');
        const std::size_t second =
            first == std::string_view::npos ? first : line.find(',', first + 1);
        if (second == std::string_view::npos ||
            line.find(',', second + 1) != std::string_view::npos) {
            b_.report.error(at_, "bad_row", "a row has three columns, separated by commas",
                            "write " + std::string(kHeader));
            return false;
        }
        parts = {trimmed(line.substr(0, first)),
                 trimmed(line.substr(first + 1, second - first - 1)),
                 trimmed(line.substr(second + 1))};
        return true;
    }
    std::uint32_t find(CachedIndex& index, std::string_view line, std::string_view id,
                       std::string_view kind) {
        const std::uint32_t found = index.find(id);
        if (found == kNoIndex)
            b_.report.error(at(line, id), "unknown_" + std::string(kind),
                            "there is no " + std::string(kind) + " " + in_quotes(id),
                            did_you_mean(id, index.ids().known(),
                                         "define it in " + std::string(kind) + "s.yaml first"));
        return found;
    }
    bool read_prefix(std::string_view line, std::string_view text, Prefix& out) {
        const ParsedPrefix parsed = parse_prefix(text);
        if (parsed.prefix) {
            out = *parsed.prefix;
            return true;
        }
        if (parsed.error == PrefixError::host_bits_set)
            b_.report.error(at(line, text), "host_bits_set",
                            in_quotes(text) + " has bits set behind its length",
                            "the network is " + to_text(parsed.masked));
        else
            b_.report.error(at(line, text), "bad_prefix",
                            in_quotes(text) + " is not an address prefix",
                            "write 192.0.2.0/24, 2001:db8::/32, or one address");
        return false;
    }
    void read_row(std::string_view line) {
        std::array<std::string_view, 3> parts;
        if (!split(line, parts)) return;
        CatalogEntry entry;
        const std::uint32_t op = find(operators_, line, parts[0], "operator");
        const bool prefix_ok = read_prefix(line, parts[1], entry.prefix);
        const std::uint32_t organisation = find(organisations_, line, parts[2], "organisation");
        if (op == kNoIndex || organisation == kNoIndex || !prefix_ok) return;
        entry.operator_index = static_cast<std::uint16_t>(op);
        entry.organisation_index = static_cast<std::uint16_t>(organisation);
        add_row(b_, entry, {at(line, parts[1]), at(line, parts[2])});
    }

    Building& b_;
    std::uint32_t file_;
    Position at_;
    CachedIndex operators_, organisations_;
};

}  // namespace

void read_catalog(Building& b) {
    read_list_file(b, "catalog.yaml", "catalog",
                   [&](Reader& reader, const YamlNode& node) { read_entry(b, reader, node); });
    const auto csv = b.files.find("catalog.csv");
    if (csv == b.files.end()) return;
    b.used_files.insert(csv->first);
    const std::uint32_t file = b.report.add_file(csv->first);
    if (csv->second.size() > kBulkBytesMax) {
        b.report.error({file, 0, 0}, "too_big", "the file is larger than 256 MiB",
                       "leave prefixes out that others contain");
        return;
    }
    CsvReader(b, file).read(csv->second);
}

}  // namespace sluice::load

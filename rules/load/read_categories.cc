// categories.yaml and its lists: what names are for, and which categories are never opened (G20).
#include <algorithm>

#include "rules/load/building.h"
#include "rules/load/bulk_lines.h"
#include "rules/load/host_name.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

constexpr std::size_t kNamesMax = 4'000'000;
constexpr std::size_t kUserCategoriesMax = model::kCategoriesMax - 1;  // "uncategorised" is one
using model::Position;

// A list is named inside the policy directory: no absolute path, no "..", no hidden file.
bool is_list_path(std::string_view path) {
    const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.' || c == '/';
    });
    return plain && !path.empty() && path.size() <= 255 && path[0] != '.' && path[0] != '/' &&
           path.back() != '/' && path.find("//") == std::string_view::npos &&
           path.find("/.") == std::string_view::npos && path.ends_with(".txt");
}

class CategoryReader {
  public:
    explicit CategoryReader(Building& b) : b_(b) {}

    void read(Reader& reader, const YamlNode& node) {
        auto& categories = b_.policy.categories;
        if (categories.size() == kUserCategoriesMax) {
            if (!b_.report.full())
                reader.error(node, "too_many",
                             "there are more than 255 categories besides 'uncategorised'");
            return;
        }
        Fields fields(reader, node, "a category",
                      {"id", "title", "exempt", "source", "names", "lists", "addresses", "segment",
                       "protocols"});
        model::Category category;
        category.at = reader.at(node);
        if (const YamlNode* exempt = fields.find("exempt"))
            read_exemption(reader, *exempt, category);
        read_id(reader, fields.need("id"), category);
        reader.text(fields.need("title"), category.title);
        reader.text(fields.need("source"), category.source);
        read_unnamed(reader, fields, category);
        index_ = static_cast<std::uint16_t>(categories.size());
        categories.push_back(std::move(category));
        for (const YamlNode& item : reader.list(fields.find("names"))) {
            std::string name;
            if (reader.name(&item, name)) add_name(std::move(name), reader.at(item));
        }
        for (const YamlNode& item : reader.list(fields.find("lists")))
            read_list(reader, item);
    }

  private:
    void read_exemption(Reader& reader, const YamlNode& node, model::Category& category) {
        std::vector<std::string_view> words;
        for (std::size_t i = 0; i < model::kExemptionCount; ++i)
            words.push_back(model::name_of(static_cast<model::Exemption>(i)));
        std::size_t word = 0;
        if (reader.word(&node, words, word)) category.exempt = static_cast<model::Exemption>(word);
    }

    // What makes traffic without a name one of the category.
    void read_unnamed(Reader& reader, Fields& fields, model::Category& category) {
        for (const YamlNode& item : reader.list(fields.find("addresses"))) {
            Prefix prefix;
            if (!reader.prefix(&item, prefix)) continue;
            auto& all = category.addresses;
            if (std::find(all.begin(), all.end(), prefix) != all.end())
                reader.error(item, "duplicate_entry", to_text(prefix) + " is listed twice");
            else
                all.push_back(prefix);
        }
        if (const YamlNode* segment = fields.find("segment"))
            b_.segment_ref(reader, segment, category.segment);
        for (const YamlNode& item : reader.list(fields.find("protocols")))
            read_protocol(reader, item, category);
    }
    void read_protocol(Reader& reader, const YamlNode& item, model::Category& category) {
        std::vector<std::string_view> words;
        for (const auto& info : model::kProtocols)
            words.push_back(info.word);
        std::size_t word = 0;
        if (!reader.word(&item, words, word)) return;
        const auto protocol = static_cast<model::Protocol>(word);
        const auto klass = model::info(protocol).klass;
        auto& all = category.protocols;
        if (model::info(klass).needs_grant || klass == model::ProtocolClass::infrastructure ||
            protocol == model::Protocol::unknown)
            reader.error(item, "unknown_word",
                         in_quotes(item.text) + " is never judged by category",
                         "VPNs need a grant; infrastructure is open to all");
        else if (std::find(all.begin(), all.end(), protocol) != all.end())
            reader.error(item, "duplicate_entry", in_quotes(item.text) + " is listed twice");
        else
            all.push_back(protocol);
    }

    void read_id(Reader& reader, const YamlNode* node, model::Category& category) {
        if (!reader.id(node, category.id)) return;
        if (category.id == kUncategorised) {
            reader.error(*node, "built_in", "'uncategorised' is built in: names in no category",
                         "choose another id");
            return;
        }
        const std::uint32_t first = b_.categories.find(category.id);
        if (first != kNoIndex && b_.policy.categories[first].exempt != category.exempt) {
            reader.error(*node, "contradictory_exemption",
                         in_quotes(category.id) + " is defined twice, with different exemptions",
                         "the other is at " + b_.report.place(b_.policy.categories[first].at));
            return;
        }
        b_.add_id(b_.categories, b_.policy.categories.size(), reader, *node, category.id);
    }

    void add_name(std::string name, const Position& at) {
        auto& names = b_.policy.names;
        const std::uint64_t hash = hash_of(index_, name);
        const std::uint32_t first = seen_.find(hash, [&](std::uint32_t i) {
            return names[i].category_index == index_ && names[i].name == name;
        });
        if (first != kNoIndex) {
            b_.report.warning(at, "duplicate_name",
                              in_quotes(name) + " is already in this category",
                              "the other is at " + b_.report.place(names[first].at));
            return;
        }
        if (names.size() == kNamesMax) {
            b_.report.error(at, "too_many", "the categories have more than 4,000,000 names");
            return;
        }
        seen_.add(hash, static_cast<std::uint32_t>(names.size()));
        names.push_back({std::move(name), index_, at});
    }

    void read_list(Reader& reader, const YamlNode& item) {
        std::string path;
        if (!reader.text(&item, path)) return;
        if (!is_list_path(path)) {
            reader.error(item, "bad_path", in_quotes(path) + " is not a list of this directory",
                         "write a relative path such as lists/banking.txt, without '..'");
            return;
        }
        const auto found = b_.files.find(path);
        if (found == b_.files.end()) {
            std::vector<std::string_view> names;
            for (const auto& [name, content] : b_.files)
                names.push_back(name);
            reader.error(item, "missing_file", "there is no file " + in_quotes(path),
                         did_you_mean(path, names, "paths are relative to policy.yaml"));
            return;
        }
        b_.used_files.insert(path);
        const std::uint32_t file = b_.report.add_file(path);
        if (found->second.size() > kBulkBytesMax)
            b_.report.error({file, 0, 0}, "too_big", "the file is larger than 256 MiB",
                            "leave names out that lie below others");
        else
            read_names(found->second, file);
    }

    void read_names(std::string_view text, std::uint32_t file) {
        BulkLines lines(text);
        std::string_view line;
        while (!b_.report.full() && lines.next(line)) {
            const Position at{file, lines.line(), lines.column()};
            std::string name;
            if (host_name(line, name))
                add_name(std::move(name), at);
            else
                b_.report.error(at, "bad_name", in_quotes(line) + " is not a host name",
                                host_name_hint(line));
        }
    }

    Building& b_;
    IndexTable seen_;  // by (category, name)
    std::uint16_t index_ = 0;
};

}  // namespace

void read_categories(Building& b) {
    CategoryReader categories(b);
    read_list_file(b, "categories.yaml", "categories",
                   [&](Reader& reader, const YamlNode& node) { categories.read(reader, node); });
}

}  // namespace sluice::load

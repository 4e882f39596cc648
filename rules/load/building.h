// Building: a policy while its files are being read, and what the readers of the single files
// share. Files are read in an order in which whatever is referred to has been read before, so that
// a wrong reference is reported where it is written.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/load/index_table.h"
#include "rules/load/load_policy.h"
#include "rules/load/reader.h"
#include "rules/load/report.h"
#include "rules/model/policy.h"

namespace sluice::load {

// The ids of one kind of thing, in order, with where each was first written.
class IdIndex {
  public:
    // False when the id is there already; `first` then says where. `index` is what find() answers.
    bool add(const std::string& id, std::size_t index, const model::Position& at,
             model::Position& first);
    // kNoIndex when it is not there.
    std::uint32_t find(std::string_view id) const;
    const std::vector<std::string_view>& known() const { return known_; }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Entry {
        std::uint32_t index;
        model::Position at;
    };
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
    std::vector<std::string_view> known_;  // the keys of entries_, which do not move
};

struct Building {
    Building(const FileSet& all_files, Report& the_report, model::Day the_day)
        : files(all_files), report(the_report), today(the_day) {}

    const FileSet& files;
    Report& report;
    model::Day today;
    model::Policy policy;
    std::set<std::string, std::less<>> used_files;
    IdIndex operators, organisations, categories, segments;
    // Of an earlier policy: what is the same need not be read again.
    std::vector<std::shared_ptr<const model::FeedContent>> contents_before;
    std::vector<std::shared_ptr<const model::GeoContent>> geo_before;
    IndexTable catalog;  // by (operator_index, prefix) into policy.catalog

    // Registers the id of the element that `policy` will hold at `position`; code duplicate_id at
    // `node`. False: it is not registered. An empty id was reported already.
    bool add_id(IdIndex& index, std::size_t position, Reader& reader, const YamlNode& node,
                const std::string& id);
    // References. Codes: wrong_type, unknown_operator, unknown_organisation, unknown_category.
    bool operator_ref(Reader& reader, const YamlNode* node, std::string& out);
    bool organisation_ref(Reader& reader, const YamlNode* node, std::string& out);
    // "uncategorised" is known besides the defined ones.
    bool category_ref(Reader& reader, const YamlNode* node, std::string& out);
    bool segment_ref(Reader& reader, const YamlNode* node, std::string& out);
    // An entry whose last day has passed. Code: expired_entry, at `until`.
    void check_not_expired(Reader& reader, const YamlNode* until, model::Day last);
};

inline constexpr std::string_view kUncategorised = "uncategorised";

// Reads the file `name`, whose one key `key` holds a list, and calls one(reader, item) for each. A
// file that is not there, or has comments only, is an empty list.
template <class ReadOne>
void read_list_file(Building& b, const std::string& name, std::string_view key, ReadOne one) {
    const auto found = b.files.find(name);
    if (found == b.files.end()) return;
    b.used_files.insert(name);
    const std::uint32_t file = b.report.add_file(name);
    YamlNode root;
    if (!parse_yaml(found->second, file, b.report, root)) return;
    if (root.kind == YamlNode::Kind::null) return;
    Reader reader(b.report, file);
    Fields fields(reader, root, "this file", {key});
    for (const YamlNode& item : reader.list(fields.need(key)))
        one(reader, item);
}

// One function a file of the policy directory (README.md), in the order in which they are called.
void read_operators(Building& b);
void read_geo(Building& b);
void read_categories(Building& b);
void read_feeds(Building& b);
void read_organisations(Building& b);
void read_catalog(Building& b);
void read_overrides(Building& b);
void read_bypass(Building& b);
void read_services(Building& b);
void read_mail(Building& b);
void read_waf(Building& b);
void read_protocols(Building& b);
void read_policy_file(Building& b);
// What contradicts between files, once all are read.
void check_contradictions(Building& b);

}  // namespace sluice::load

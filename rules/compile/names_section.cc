#include <algorithm>
#include <map>

#include "rules/compile/name_writer.h"
#include "rules/compile/sections.h"

namespace sluice::compile {
namespace {

// CategorySet -> CategorySetId, each set once.
class SetInterner {
  public:
    std::uint32_t number(const model::CategorySet& set) {
        const auto [at, fresh] = numbers_.emplace(set, static_cast<std::uint32_t>(sets_.size()));
        if (fresh) sets_.push_back(set);
        return at->second;
    }
    const std::vector<model::CategorySet>& sets() const { return sets_; }

  private:
    std::map<model::CategorySet, std::uint32_t> numbers_;
    std::vector<model::CategorySet> sets_;
};

struct Hashed {
    std::uint64_t hash;
    std::uint32_t row;  // of Policy::names
    friend bool operator<(const Hashed& a, const Hashed& b) { return a.hash < b.hash; }
};

std::vector<Hashed> hash_names(const model::Policy& policy, const layout::NameKey& key,
                               std::uint32_t& labels_max, Errors& errors) {
    std::vector<Hashed> hashed;
    hashed.reserve(policy.names.size());
    for (std::uint32_t row = 0; row < policy.names.size(); ++row) {
        const model::NameEntry& e = policy.names[row];
        if (e.category_index >= policy.categories.size())
            errors.add(Code::bad_index, "'" + e.name + "' is in a category that is not there",
                       e.at);
        if (!check_name(e.name, errors, e.at)) continue;
        const WholeName whole = whole_name(key, e.name);
        labels_max = std::max(labels_max, whole.labels);
        hashed.push_back({whole.hash, row});
    }
    std::sort(hashed.begin(), hashed.end());
    return hashed;
}

// One fingerprint a name, with the set of all its categories. False: two names share a fingerprint.
bool merge(const model::Policy& policy, const std::vector<Hashed>& hashed, SetInterner& sets,
           std::vector<Fingerprint>& merged, Errors& errors) {
    merged.reserve(hashed.size());
    for (std::size_t i = 0; i < hashed.size();) {
        const model::NameEntry& first = policy.names[hashed[i].row];
        model::CategorySet set;
        std::size_t next = i;
        for (; next < hashed.size() && hashed[next].hash == hashed[i].hash; ++next) {
            const model::NameEntry& e = policy.names[hashed[next].row];
            if (e.name != first.name) return false;
            set.add(static_cast<model::CategoryIndex>(e.category_index + 1));
        }
        const std::uint32_t number = sets.number(set);
        if (number > 0xffff) {
            errors.add(Code::too_many,
                       "more than 65536 different combinations of categories: merge some lists",
                       first.at);
            return true;
        }
        merged.push_back({hashed[i].hash, hashed[i].row, static_cast<std::uint16_t>(number)});
        i = next;
    }
    return true;
}

}  // namespace

std::optional<ipc::CompiledSection> names_section(const model::Policy& policy,
                                                  const ipc::Sha256& inputs,
                                                  const layout::NameKey& key, Errors& errors) {
    layout::NamesHead head{key, 0, 0, static_cast<std::uint32_t>(policy.categories.size() + 1), 0};
    SetInterner sets;
    std::vector<Fingerprint> merged;
    const auto hashed = hash_names(policy, key, head.labels_max, errors);
    if (errors.any()) return ipc::CompiledSection{};
    if (!merge(policy, hashed, sets, merged, errors)) return std::nullopt;
    head.names = static_cast<std::uint32_t>(merged.size());
    const auto buckets = write_buckets(merged);
    SectionWriter section(layout::SectionKind::names, layout::kNamesParts);
    section.set_one(layout::kNamesHeadPart, head);
    section.set(layout::kNamesBucketPart, buckets);
    section.set(layout::kNamesSetPart, sets.sets());
    return section.finish(inputs);
}

}  // namespace sluice::compile

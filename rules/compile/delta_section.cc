// The names_delta section: what changes make of a compiled names section, worked out from its bytes
// alone, so that ten thousand changes to ten million names take milliseconds.
#include <algorithm>
#include <cstring>

#include "rules/compile/name_entries.h"
#include "rules/compile/sections.h"
#include "rules/lookup/name_table.h"

namespace sluice::compile {
namespace {

// The parts of a names section this process made; read where they lie.
struct BaseNames {
    const layout::NamesHead* head = nullptr;
    lookup::NameTable table;
    std::span<const model::CategorySet> sets;
    std::span<const layout::Run> runs;
    std::span<const layout::OriginRow> origins;

    explicit BaseNames(const ipc::CompiledSection& section) : bytes_(*section.bytes) {
        using Part = layout::NamesPart;
        using Set = layout::SetPart;
        const auto set = [](Set p) {
            return static_cast<unsigned>(Part::sets) + static_cast<unsigned>(p);
        };
        head = rows<layout::NamesHead>(static_cast<unsigned>(Part::head)).data();
        table = lookup::NameTable::of_trusted(
            rows<layout::NameBucket>(static_cast<unsigned>(Part::buckets)), head->labels_max);
        sets = rows<model::CategorySet>(set(Set::sets));
        runs = rows<layout::Run>(set(Set::runs));
        origins = rows<layout::OriginRow>(set(Set::origins));
    }
    Origins origins_of(std::uint64_t hash) const {
        Origins out;
        std::uint16_t set = 0;
        if (!table.has(hash, set)) return out;
        for (const layout::OriginRow& o : origins.subspan(runs[set].first, runs[set].count))
            out.push_back({o.source, o.category});
        return out;
    }

  private:
    template <class Row>
    std::span<const Row> rows(unsigned part) const {
        layout::PartRow row;
        std::memcpy(&row, bytes_.data() + sizeof(layout::SectionHeader) + part * sizeof row,
                    sizeof row);
        return {reinterpret_cast<const Row*>(bytes_.data() + row.offset), row.count};
    }
    const std::vector<std::byte>& bytes_;
};

void apply(const NameChange& change, Origins& origins) {
    const Origin origin{change.entry.source, change.entry.category};
    const auto at = std::lower_bound(origins.begin(), origins.end(), origin);
    const bool there = at != origins.end() && *at == origin;
    if (change.added && !there) origins.insert(at, origin);
    if (!change.added && there) origins.erase(at);
}

class Builder {
  public:
    Builder(const model::Policy& policy, const BaseNames& base)
        : base_(base), precedence_(precedences(policy)), sets_(precedence_, true) {
        sets_.number({});  // kRemovedSet
        head_.key = base.head->key;
        head_.base = base.head->identity;
        head_.categories = base.head->categories;
    }

    void add(const std::vector<NameChange>& changes) {
        for (std::size_t i = 0; i < changes.size();) {
            const std::uint64_t hash = changes[i].entry.hash;
            const Origins before = base_.origins_of(hash);
            Origins after = before;
            std::uint8_t labels = 0;
            for (; i < changes.size() && changes[i].entry.hash == hash; ++i) {
                apply(changes[i], after);
                labels = std::max(labels, changes[i].labels);
            }
            if (after == before) continue;
            head_.removed += after.empty();
            head_.labels_max = std::max<std::uint32_t>(head_.labels_max, labels);
            names_.push_back({hash, 0, sets_.number(after)});
        }
        head_.names = static_cast<std::uint32_t>(names_.size());
    }
    bool full() const { return sets_.full(); }

    ipc::CompiledSection write(const ipc::Sha256& inputs) const {
        using Part = layout::DeltaPart;
        const auto buckets = write_buckets(names_);
        SectionWriter section(layout::SectionKind::names_delta, layout::kDeltaParts);
        section.set_one(static_cast<unsigned>(Part::head), head_);
        section.set(static_cast<unsigned>(Part::buckets), buckets);
        sets_.put(section, static_cast<unsigned>(Part::sets));
        return section.finish(inputs);
    }

  private:
    const BaseNames& base_;
    std::vector<std::int32_t> precedence_;
    layout::DeltaHead head_{};
    SetInterner sets_;
    std::vector<Fingerprint> names_;
};

}  // namespace

bool keeps_origins(const ipc::CompiledSection& names) {
    const BaseNames base(names);
    for (std::size_t i = 0; i < base.sets.size(); ++i)
        if (!base.sets[i].empty() && base.runs[i].count == 0) return false;
    return true;
}

ipc::CompiledSection delta_section(const model::Policy& policy, const ipc::Sha256& inputs,
                                   const ipc::CompiledSection& names, bool folded, Errors& errors) {
    const BaseNames base(names);
    Builder builder(policy, base);
    if (!folded) builder.add(name_changes(policy, Spellings(policy), base.head->key, errors));
    if (builder.full())
        errors.add(Code::too_many, "the changes combine categories in more than 65534 ways", {});
    if (errors.any()) return {};
    return builder.write(inputs);
}

}  // namespace sluice::compile

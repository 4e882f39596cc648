// The geo section: places of addresses, and the segments a policy makes of them.
#include <algorithm>
#include <map>
#include <set>

#include "rules/compile/interval_writer.h"
#include "rules/compile/mmdb_reader.h"
#include "rules/compile/sections.h"
#include "rules/compile/text_pool.h"

namespace sluice::compile {
namespace {

__extension__ using Wide = unsigned __int128;

Wide wide(const IpAddress& a) {
    Wide value = 0;
    for (const std::uint8_t byte : a.bytes)
        value = value << 8 | byte;
    return value;
}
IpAddress narrow(Wide value) {
    IpAddress a;
    for (std::size_t i = 16; i-- > 0; value >>= 8)
        a.bytes[i] = static_cast<std::uint8_t>(value);
    return a;
}
const Wide kV4First = wide(IpAddress::v4(0));

// [first, last] as prefixes, widest first where they fit.
template <class Put>
void prefixes_of(Wide first, Wide last, Put put) {
    for (;;) {
        unsigned bits = 0;
        while (bits < 128) {
            const Wide size_less_one = (Wide{1} << bits << 1) - 1;  // of twice the size
            if (bits == 127 || (first & size_less_one) != 0 || size_less_one > last - first) break;
            ++bits;
        }
        put(Prefix{narrow(first), static_cast<std::uint8_t>(128 - bits)});
        const Wide past = first + ((Wide{1} << bits) - 1);
        if (past >= last) return;
        first = past + 1;
    }
}

std::uint16_t code_of(const std::string& country) {
    return country.size() == 2 ? static_cast<std::uint16_t>(country[0] << 8 | country[1]) : 0;
}

class Builder {
  public:
    Builder(const model::Policy& policy, const Ids& ids, Errors& errors)
        : policy_(policy), ids_(ids), errors_(errors) {}

    ipc::CompiledSection build(const ipc::Sha256& inputs) {
        read();
        if (errors_.any()) return {};
        places_.push_back({});
        places_[0].asn_name = texts_.add("");
        family(map_.v4, starts4_, values4_);
        family(map_.v6, starts6_, values6_);
        index_of(starts4_, index4_, [](std::uint32_t slot) { return slot << 16; });
        index_of(starts6_, index6_, [](std::uint32_t slot) {
            IpAddress a;
            a.bytes[0] = static_cast<std::uint8_t>(slot >> 8);
            a.bytes[1] = static_cast<std::uint8_t>(slot);
            return a;
        });
        for (const model::Segment& segment : policy_.segments)
            add_segment(segment);
        categories();
        if (errors_.any()) return {};
        return write(inputs);
    }

  private:
    void read() {
        for (std::size_t i = 0; i < policy_.geo.size() && i < policy_.geo_content.size(); ++i) {
            if (policy_.geo_content[i] == nullptr) continue;
            auto map = read_mmdb(policy_.geo_content[i]->bytes);
            if (!map) {
                errors_.add(Code::bad_geo,
                            "'" + policy_.geo[i].path + "' is no MMDB file that can be used: " +
                                map.error() + "; fetch it again",
                            policy_.geo[i].at);
                continue;
            }
            map_ = combine(map_, *map);
        }
    }
    std::uint32_t place(const GeoFact& fact) {
        if (fact == GeoFact{}) return 0;
        const auto [at, fresh] = numbers_.try_emplace(std::uint64_t{fact.asn} << 16 | fact.country,
                                                      static_cast<std::uint32_t>(places_.size()));
        if (fresh) {
            const auto name = map_.asn_names.find(fact.asn);
            layout::PlaceRow row{};
            row.country[0] = static_cast<char>(fact.country >> 8);
            row.country[1] = static_cast<char>(fact.country & 0xff);
            row.asn = fact.asn;
            row.asn_name = texts_.add(name != map_.asn_names.end() ? name->second : "");
            places_.push_back(row);
        }
        return at->second;
    }
    template <class Start>
    void family(const std::vector<GeoInterval<Start>>& intervals, std::vector<Start>& starts,
                std::vector<std::uint32_t>& values) {
        if (intervals.size() == 1 && intervals[0].fact == GeoFact{}) return;
        for (const auto& interval : intervals) {
            starts.push_back(interval.start);
            values.push_back(place(interval.fact));
        }
    }
    template <class Start, class FirstOf>
    static void index_of(const std::vector<Start>& starts, std::vector<std::uint32_t>& index,
                         FirstOf first_of) {
        if (starts.empty()) return;
        std::uint32_t at = 0;
        for (std::uint32_t slot = 0; slot < layout::kGeoSlots; ++slot) {
            const Start first = first_of(slot);
            while (at + 1 < starts.size() && !(first < starts[at + 1]))
                ++at;
            index.push_back(at);
        }
    }

    void add_segment(const model::Segment& segment) {
        std::set<std::uint16_t> countries;
        for (const std::string& country : segment.countries)
            countries.insert(code_of(country));
        const std::set<std::uint32_t> asns(segment.asns.begin(), segment.asns.end());
        std::map<Prefix, std::uint16_t> prefixes;
        const auto put = [&](const Prefix& prefix) {
            prefixes.emplace(prefix, layout::kInSegment);
        };
        std::set<std::uint16_t> countries_met;
        std::set<std::uint32_t> asns_met;
        const auto inside = [&](const GeoFact& fact) {
            const bool country = countries.contains(fact.country);
            const bool asn = asns.contains(fact.asn);
            if (country) countries_met.insert(fact.country);
            if (asn) asns_met.insert(fact.asn);
            return country || asn;
        };
        if (!countries.empty() || !asns.empty()) {
            ranges(
                map_.v4, inside, kV4First + 0xffffffff,
                [](std::uint32_t start) { return kV4First + start; }, put);
            ranges(
                map_.v6, inside, ~Wide{0}, [](const IpAddress& a) { return wide(a); }, put);
        }
        if (countries_met.size() != countries.size() || asns_met.size() != asns.size())
            errors_.add(Code::bad_geo,
                        "segment '" + segment.id + "' names " +
                            missing(segment, countries_met, asns_met) +
                            ", which no geo database knows: add a database to geo.yaml, or "
                            "remove it from the segment",
                        segment.at);
        for (const Prefix& prefix : segment.prefixes)
            if (check_prefix(prefix, errors_, segment.at)) put(prefix);
        for (const Prefix& prefix : segment.except) {
            if (!check_prefix(prefix, errors_, segment.at)) continue;
            auto at = prefixes.lower_bound(prefix);
            while (at != prefixes.end() && prefix.contains(at->first.network) &&
                   at->first.length >= prefix.length)
                at = prefixes.erase(at);
            prefixes.emplace(prefix, layout::kOutOfSegment);
        }
        std::vector<PrefixValue> values;
        for (const auto& [prefix, value] : prefixes)
            values.push_back({prefix, value});
        forest_.add_set(values);
        segments_.push_back({texts_.add(segment.id), {}});
    }
    static std::string missing(const model::Segment& segment,
                               const std::set<std::uint16_t>& countries,
                               const std::set<std::uint32_t>& asns) {
        for (const std::string& country : segment.countries)
            if (!countries.contains(code_of(country))) return "country " + country;
        for (const std::uint32_t asn : segment.asns)
            if (!asns.contains(asn)) return "AS" + std::to_string(asn);
        return {};
    }
    // Runs of intervals that are inside, as prefixes.
    template <class Start, class Inside, class First, class Put>
    static void ranges(const std::vector<GeoInterval<Start>>& intervals, const Inside& inside,
                       Wide last, First first, Put put) {
        for (std::size_t i = 0; i < intervals.size();) {
            if (!inside(intervals[i].fact)) {
                ++i;
                continue;
            }
            std::size_t next = i + 1;
            while (next < intervals.size() && inside(intervals[next].fact))
                ++next;
            prefixes_of(first(intervals[i].start),
                        next < intervals.size() ? first(intervals[next].start) - 1 : last, put);
            i = next;
        }
    }
    void categories() {
        for (std::size_t c = 0; c < policy_.categories.size(); ++c) {
            const model::Category& category = policy_.categories[c];
            if (category.segment.empty()) continue;
            const auto row =
                ids_.segment(category.segment, category.at, "category '" + category.id + "'");
            if (row && *row < segments_.size())
                segments_[*row].categories.add(static_cast<model::CategoryIndex>(c + 1));
        }
    }

    ipc::CompiledSection write(const ipc::Sha256& inputs) const {
        using Part = layout::GeoPart;
        const layout::GeoHead head{static_cast<std::uint32_t>(policy_.categories.size() + 1), 0};
        SectionWriter section(layout::SectionKind::geo, layout::kGeoParts);
        const auto set = [&](Part part, const auto& rows) {
            section.set(static_cast<unsigned>(part), rows);
        };
        section.set_one(static_cast<unsigned>(Part::head), head);
        set(Part::index4, index4_);
        set(Part::starts4, starts4_);
        set(Part::values4, values4_);
        set(Part::index6, index6_);
        set(Part::starts6, starts6_);
        set(Part::values6, values6_);
        set(Part::places, places_);
        set(Part::segments, segments_);
        set(Part::texts, texts_.pool());
        forest_.put(section, static_cast<unsigned>(Part::forest));
        return section.finish(inputs);
    }

    const model::Policy& policy_;
    const Ids& ids_;
    Errors& errors_;
    GeoMap map_;
    TextPool texts_;
    std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
    std::vector<layout::PlaceRow> places_;
    std::vector<std::uint32_t> index4_, starts4_, values4_, index6_, values6_;
    std::vector<IpAddress> starts6_;
    std::vector<layout::SegmentRow> segments_;
    IntervalWriter forest_;
};

}  // namespace

ipc::CompiledSection geo_section(const model::Policy& policy, const Ids& ids,
                                 const ipc::Sha256& inputs, Errors& errors) {
    return Builder(policy, ids, errors).build(inputs);
}

}  // namespace sluice::compile

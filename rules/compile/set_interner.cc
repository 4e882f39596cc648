#include "rules/compile/set_interner.h"

#include <limits>

namespace sluice::compile {
namespace {

std::string bytes_of(const void* data, std::size_t size) {
    return std::string(static_cast<const char*>(data), size);
}

std::string key_of(const Origins& origins) {
    std::string key;
    key.reserve(origins.size() * 3);
    for (const Origin& o : origins) {
        key.push_back(static_cast<char>(o.source >> 8));
        key.push_back(static_cast<char>(o.source & 0xff));
        key.push_back(static_cast<char>(o.category));
    }
    return key;
}

}  // namespace

std::uint16_t SetInterner::number(const Origins& origins) {
    std::uint32_t one = 0;
    if (origins.size() == 1) {
        one = std::uint32_t{origins[0].source} << 8 | origins[0].category;
        if (const auto at = single_.find(one); at != single_.end()) return at->second;
    }
    std::int32_t best = std::numeric_limits<std::int32_t>::min();
    for (const Origin& o : origins)
        best = std::max(best, precedence_[o.source]);
    model::CategorySet set;
    for (const Origin& o : origins)
        if (precedence_[o.source] == best) set.add(o.category);
    std::string key = keep_origins_ ? key_of(origins) : bytes_of(&set, sizeof set);
    const auto known = numbers_.find(key);
    std::uint16_t number = 0;
    if (known != numbers_.end()) {
        number = known->second;
    } else {
        number = add(set, origins, best);
        numbers_.emplace(std::move(key), number);
    }
    if (origins.size() == 1) single_.emplace(one, number);
    return number;
}

std::uint16_t SetInterner::add(const model::CategorySet& set, const Origins& origins,
                               std::int32_t decides_from) {
    if (full()) return 0;
    const std::size_t first = rows_.size();
    if (keep_origins_)
        for (const Origin& o : origins)
            rows_.push_back(
                {o.source, o.category,
                 static_cast<std::uint8_t>(precedence_[o.source] >= decides_from ? 1 : 0)});
    sets_.push_back(set);
    runs_.push_back(
        {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(rows_.size() - first)});
    return static_cast<std::uint16_t>(sets_.size() - 1);
}

void SetInterner::put(SectionWriter& section, unsigned first_part) const {
    const auto part = [&](layout::SetPart p) { return first_part + static_cast<unsigned>(p); };
    section.set(part(layout::SetPart::sets), sets_);
    section.set(part(layout::SetPart::runs), runs_);
    section.set(part(layout::SetPart::origins), rows_);
}

}  // namespace sluice::compile

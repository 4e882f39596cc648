// What the lists of a bundle say of a name, a URL or an address: which entry of which source
// decided, and what else matched. For people, not for packets: allocates.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rules/lookup/bundle_view.h"

namespace sluice::lookup {

// One entry that matches.
struct Claim {
    enum class Kind : std::uint8_t {
        override_entry,  // a local decision
        name,
        url,
        address,
        segment,  // of the geo section
    };
    Kind kind = Kind::name;
    bool decides = false;
    bool changed = false;     // by a change since the lists were compiled
    std::string entry;        // the name, URL or prefix that matches
    std::string source;       // a feed's or a category's id, "overrides", "segments"
    std::string source_text;  // where it comes from; for an override its ground
    model::CategorySet categories;
};
constexpr std::string_view name_of(Claim::Kind kind) {
    constexpr std::string_view kNames[] = {"override", "name", "url", "address", "segment"};
    return kNames[static_cast<std::size_t>(kind)];
}

struct CategoryStory {
    model::CategorySet categories;  // what the gateway goes by; empty: in no category
    std::vector<Claim> claims;      // those that decide first, then the most specific first
};

// `name` is canonical. With a path ("/a/b") URL entries are asked too: of lists a URL is more
// specific than any name, and a local decision about the name comes before both.
CategoryStory tell_name(const BundleView& bundle, std::string_view name,
                        std::string_view path = {});
CategoryStory tell_address(const BundleView& bundle, const IpAddress& address);

}  // namespace sluice::lookup

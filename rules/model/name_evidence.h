// What speaks for a name belonging to the address it was used with (design section 4).
#pragma once
#include <cstdint>
#include <string_view>

namespace sluice::model {

enum class NameEvidence : std::uint8_t {
    none,        // not asked: there is no name to judge
    agree,       // a resolver of the policy gave this address for the name, or a range listed for
                 // one of the name's categories holds it
    unknown,     // nothing is known of the name (DNS over HTTPS, cached, just started)
    contradict,  // resolvers of the policy answered for the name, and never with this address
};

constexpr std::string_view name_of(NameEvidence e) {
    constexpr std::string_view kNames[] = {"none", "agree", "unknown", "contradict"};
    return kNames[static_cast<std::size_t>(e)];
}

}  // namespace sluice::model

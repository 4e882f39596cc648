// Strong<Tag, Rep>: an integer that cannot be mixed up with another. No implicit conversion in or
// out; compared, hashed and printed by value. Use for every id, index and instant.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace sluice {

template <class Tag, class Rep>
class Strong {
  public:
    constexpr Strong() = default;
    constexpr explicit Strong(Rep raw) : raw_(raw) {}
    constexpr Rep raw() const { return raw_; }
    friend constexpr auto operator<=>(Strong, Strong) = default;

  private:
    Rep raw_{};
};

// Dense numbers given by rules/compile, meaningful inside one bundle only. 0 is "none" for OrgId.
using OrgId = Strong<struct OrgIdTag, std::uint16_t>;               // an organisation; 0 = none
using OperatorId = Strong<struct OperatorIdTag, std::uint8_t>;      // a telecom operator
using CategorySetId = Strong<struct CategorySetIdTag, std::uint16_t>;  // an interned CategorySet

inline constexpr OrgId kNoOrg{};

}  // namespace sluice

template <class Tag, class Rep>
struct std::hash<sluice::Strong<Tag, Rep>> {
    std::size_t operator()(sluice::Strong<Tag, Rep> s) const noexcept {
        return std::hash<Rep>{}(s.raw());
    }
};

// Roles of persons, and sets of them. Header only: what parses a request body needs the words
// alone.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::control {

enum class Role : std::uint8_t {
    viewer,            // sees what runs and what is in force
    clerk,             // enters requests and events of cases
    engineer,          // changes the policy, wires, catalogs
    security_officer,  // persons, captures, releases, second person of a step
    operator_,         // a telecom operator: its own data only
    auditor,           // sees all, the audit too, changes nothing
};
inline constexpr std::array<std::string_view, 6> kRoleWords = {
    "viewer", "clerk", "engineer", "security_officer", "operator", "auditor"};

constexpr std::string_view name_of(Role role) { return kRoleWords[static_cast<std::size_t>(role)]; }

inline std::optional<Role> role_named(std::string_view word) {
    const auto at = std::find(kRoleWords.begin(), kRoleWords.end(), word);
    if (at == kRoleWords.end()) return std::nullopt;
    return static_cast<Role>(at - kRoleWords.begin());
}

class RoleSet {
  public:
    constexpr RoleSet() = default;
    constexpr RoleSet(std::initializer_list<Role> roles) {
        for (const Role role : roles)
            add(role);
    }
    constexpr void add(Role role) { mask_ = static_cast<std::uint8_t>(mask_ | bit(role)); }
    constexpr bool has(Role role) const { return (mask_ & bit(role)) != 0; }
    constexpr bool meets(RoleSet other) const { return (mask_ & other.mask_) != 0; }
    constexpr bool empty() const { return mask_ == 0; }
    friend constexpr bool operator==(RoleSet, RoleSet) = default;

  private:
    static constexpr std::uint8_t bit(Role role) {
        return static_cast<std::uint8_t>(1u << static_cast<unsigned>(role));
    }
    std::uint8_t mask_ = 0;
};

// "clerk, engineer"; empty text for no role.
inline std::string text_of(RoleSet roles, std::string_view between = ", ") {
    std::string text;
    for (std::size_t i = 0; i < kRoleWords.size(); ++i)
        if (roles.has(static_cast<Role>(i))) {
            if (!text.empty()) text += between;
            text += kRoleWords[i];
        }
    return text;
}

}  // namespace sluice::control

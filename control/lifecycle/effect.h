// Effect: what a state of a case does to the packet path. Level-triggered: an effect is in force
// exactly as long as the case is in a state that has it, so nothing has to be undone, and a crash
// between "recorded" and "applied" loses nothing.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::control {

// Values by field id; a field that holds one value is a list of one.
using CaseFields = std::map<std::string, std::vector<std::string>, std::less<>>;

enum class Direction : std::uint8_t { opens, closes };

// X(word, fields it reads, direction, sentence)
#define SLUICE_EFFECTS(X)                                                                         \
    X(source_overdue, "operator addresses", closes, "exactly these addresses are blocked (G13)")  \
    X(access_open, "organisation request categories valid_from valid_until", opens,               \
      "the yearly list is in force (G15-1)")                                                      \
    X(access_closed, "organisation", closes, "no yearly list is in force (G15-1)")                \
    X(grant_open, "organisation protocol request valid_from valid_until", opens,                  \
      "a protocol is open (G15-2)")                                                               \
    X(grant_closed, "organisation protocol", closes, "a grant is withdrawn (G15-2)")              \
    X(bypass_open, "operator addresses ground author", opens, "goes around the gateway (G2)")     \
    X(mail_enrolled, "domain organisation server", opens, "port 25 is open for a server (M7)")    \
    X(mail_suspended, "domain", closes, "mail of a system is suspended (M12)")                    \
    X(service_admitted, "service organisation contract valid_from valid_until", opens,            \
      "admitted to a protected service (P, H, W, K)")                                             \
    X(service_blocked, "service organisation", closes, "a protected service is closed to a user") \
    X(waf_enrolled, "domain organisation server ports", opens, "inbound flows pass the WAF (G17)")

enum class EffectKind : std::uint8_t {
#define X(word, fields, direction, text) word,
    SLUICE_EFFECTS(X)
#undef X
};

struct EffectInfo {
    std::string_view fields;  // separated by spaces
    Direction direction;
    std::string_view text;
};
inline constexpr std::array kEffects = {
#define X(word, fields, direction, text) EffectInfo{fields, Direction::direction, text},
    SLUICE_EFFECTS(X)
#undef X
};
inline constexpr std::size_t kEffectCount = kEffects.size();

std::string_view name_of(EffectKind kind);
std::optional<EffectKind> effect_named(std::string_view word);

struct Effect {
    EffectKind kind = EffectKind::source_overdue;
    std::string case_id;
    CaseFields fields;  // those the kind reads, as far as the case has them

    // The first value of a field; empty when there is none.
    std::string_view first(std::string_view field) const {
        const auto at = fields.find(field);
        return at == fields.end() || at->second.empty() ? std::string_view()
                                                        : std::string_view(at->second.front());
    }
    friend bool operator==(const Effect&, const Effect&) = default;
};

}  // namespace sluice::control

#include "control/lifecycle/life_cycle.h"

#include <algorithm>

namespace sluice::control {
namespace {

template <class Row>
const Row* find_row(const std::vector<Row>& rows, std::string_view id) {
    const auto at =
        std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.id == id; });
    return at == rows.end() ? nullptr : &*at;
}

constexpr std::string_view kEffectWords[] = {
#define X(word, fields, direction, text) #word,
    SLUICE_EFFECTS(X)
#undef X
};

}  // namespace

std::string_view name_of(Party party) { return kPartyWords[static_cast<std::size_t>(party)]; }

std::optional<Party> party_named(std::string_view word) {
    for (std::size_t i = 0; i < kPartyCount; ++i)
        if (kPartyWords[i] == word) return static_cast<Party>(i);
    return std::nullopt;
}

std::string_view name_of(EffectKind kind) { return kEffectWords[static_cast<std::size_t>(kind)]; }

std::optional<EffectKind> effect_named(std::string_view word) {
    for (std::size_t i = 0; i < kEffectCount; ++i)
        if (kEffectWords[i] == word) return static_cast<EffectKind>(i);
    return std::nullopt;
}

const StateRule* LifeCycle::state(std::string_view wanted) const {
    return find_row(states, wanted);
}
const FieldRule* LifeCycle::field(std::string_view wanted) const {
    return find_row(fields, wanted);
}
const DeadlineRule* LifeCycle::deadline(std::string_view wanted) const {
    return find_row(deadlines, wanted);
}
const NoticeRule* LifeCycle::notice(std::string_view wanted) const {
    return find_row(notices, wanted);
}

}  // namespace sluice::control

// Life-cycle files (rules/data/lifecycles/*.yaml), strict: what is misspelt or refers to nothing is
// an error with its place, so that a deadline cannot be lost by a typing mistake.
#pragma once
#include <filesystem>
#include <memory>

#include "control/lifecycle/step.h"
#include "rules/load/report.h"

namespace sluice::control {

// Null: the errors are in `report`. Codes besides those of rules/load: unknown_state,
// unknown_event, unknown_field, unknown_deadline, unknown_notice, unknown_party, unknown_effect,
// bad_span, no_opening, effect_without_field, missing_language.
std::shared_ptr<const LifeCycle> read_life_cycle(std::string_view text, std::uint32_t file,
                                                 load::Report& report);

// All life cycles and calendars of an installation.
struct LifeCycleSet {
    std::map<std::string, std::shared_ptr<const LifeCycle>, std::less<>> cycles;
    Calendars calendars;
    std::vector<load::Diagnostic> diagnostics;  // errors: nothing was loaded
    bool ok() const { return !load::has_errors(diagnostics); }
};
// Reads `directory`/calendars/*.yaml and `directory`/lifecycles/*.yaml. One mistake refuses all:
// deadlines of a half-loaded set would be lost. Never throws.
LifeCycleSet read_life_cycles(const std::filesystem::path& directory);

}  // namespace sluice::control

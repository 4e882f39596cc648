// Any bytes as a life-cycle or calendar file: an error with a code, or something whole that lint
// and drawing and counting can work with.
#include <cstddef>
#include <cstdint>

#include "control/deadlines/due.h"
#include "control/deadlines/read_calendar.h"
#include "control/lifecycle/lint.h"
#include "control/lifecycle/read_life_cycle.h"
#include "rules/base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    load::Report cycles;
    if (const auto cycle = control::read_life_cycle(text, cycles.add_file("x"), cycles)) {
        SLUICE_ASSERT(!cycle->id.empty() && !cycle->events.empty());
        control::lint(*cycle, cycles);
        SLUICE_ASSERT(!control::draw(*cycle).empty());
    } else {
        SLUICE_ASSERT(cycles.has_errors());
    }
    load::Report calendars;
    if (const auto c = control::read_calendar(text, calendars.add_file("x"), calendars)) {
        const UtcTime start = c->start_of(control::Day{std::chrono::days{20'000}});
        const control::Due due = control::due_after({*c, control::Week::five_day, {}}, start,
                                                    {control::Unit::calendar_days, 3});
        SLUICE_ASSERT(due.at > start);
    } else {
        SLUICE_ASSERT(calendars.has_errors());
    }
    return 0;
}

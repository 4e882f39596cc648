// Calendars and deadline arithmetic: tables, and every start day and span of the data against a
// naive count of its own.
#include <gtest/gtest.h>

#include <set>

#include "control/deadlines/clock_watch.h"
#include "control/deadlines/due.h"
#include "control/deadlines/read_calendar.h"
#include "control/lifecycle/read_life_cycle.h"
#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

using std::chrono::days;

const LifeCycleSet& shipped() {
    static const LifeCycleSet set = read_life_cycles(RULES_DATA);
    return set;
}
const Calendar& calendar(const std::string& id) { return *shipped().calendars.at(id); }
Day day(const std::string& text) { return *load::parse_day(text); }

// Noon of a local day.
UtcTime noon(const Calendar& c, Day d) { return UtcTime{c.start_of(d).raw() + 12 * 3'600}; }

TEST(Deadlines, WorkingDaysAgreeWithANaiveCountOnEveryDayOfTheData) {
    for (const char* id : {"KZ", "BY"})
        for (const Week week : {Week::five_day, Week::six_day}) {
            const Calendar& c = calendar(id);
            const auto w = static_cast<std::size_t>(week);
            std::set<Day> off, worked;
            for (const CalendarYear& y : c.years()) {
                off.insert(y.off[w].begin(), y.off[w].end());
                worked.insert(y.worked[w].begin(), y.worked[w].end());
            }
            const auto naive = [&](Day d) {
                const unsigned iso = std::chrono::weekday{d}.iso_encoding();
                const bool rest = iso == 7 || (iso == 6 && week == Week::five_day);
                return rest ? worked.contains(d) : !off.contains(d);
            };
            for (Day start = day("2024-01-01"); start < day("2027-11-01"); start += days{1})
                for (const unsigned count : {1u, 3u, 5u, 10u, 15u}) {
                    Day last = start;
                    for (unsigned left = count; left > 0;)
                        if (naive(last += days{1})) --left;
                    const Due due =
                        due_after({c, week, {}}, noon(c, start), {Unit::working_days, count});
                    ASSERT_EQ(due.last, last) << id << load::to_text(start) << " + " << count;
                    ASSERT_EQ(due.at, c.start_of(last + days{1}));
                }
        }
}

TEST(Deadlines, TableOfSpans) {
    struct Row {
        const char *calendar, *start, *span, *last;
        bool provisional;
    };
    for (const Row& r : {
             Row{"KZ", "2024-05-02", "5 wd", "2024-05-13", false},  // swap of 4 and 8 May
             Row{"KZ", "2025-01-02", "2 wd", "2025-01-06", false},  // Sunday the 5th was worked
             Row{"KZ", "2024-03-20", "1 wd", "2024-03-26", false},  // Nauryz, moved to the 25th
             Row{"KZ", "2025-12-30", "2 wd", "2026-01-05", true},   // into a provisional year
             Row{"BY", "2026-04-24", "1 wd", "2026-04-25", false},  // a Saturday that was worked
             Row{"BY", "2025-02-10", "15 cd", "2025-02-25", false},
             Row{"KZ", "2024-02-29", "1 y", "2025-02-28", false},
             Row{"KZ", "2027-12-20", "30 wd", "2028-01-31", true},  // beyond the data
         }) {
        const Calendar& c = calendar(r.calendar);
        const Due due =
            due_after({c, Week::five_day, {}}, noon(c, day(r.start)), *parse_span(r.span));
        EXPECT_EQ(load::to_text(due.last), r.last) << r.start << " + " << r.span;
        EXPECT_EQ(due.provisional, r.provisional) << r.start << " + " << r.span;
    }
}

TEST(Deadlines, DayOfTheEventEndsAtLocalMidnight) {
    const Calendar& c = calendar("KZ");
    const UtcTime midnight = c.start_of(day("2026-03-03"));
    const Counting five{c, Week::five_day, {}};
    EXPECT_EQ(
        load::to_text(due_after(five, UtcTime{midnight.raw() - 1}, {Unit::working_days, 1}).last),
        "2026-03-03");
    EXPECT_EQ(load::to_text(due_after(five, midnight, {Unit::working_days, 1}).last), "2026-03-04");
    EXPECT_EQ(midnight.raw() % 86'400, (24 - 5) * 3'600);  // UTC+5
    EXPECT_EQ(calendar("BY").start_of(day("2026-03-03")).raw() % 86'400, (24 - 3) * 3'600);
}

TEST(Deadlines, KazakhstanChangedItsZoneOnTheFirstOfMarch2024) {
    const Calendar& c = calendar("KZ");
    EXPECT_EQ(c.start_of(day("2024-02-29")).raw() % 86'400, (24 - 6) * 3'600);
    EXPECT_EQ(c.start_of(day("2024-03-02")).raw() - c.start_of(day("2024-02-29")).raw(),
              2 * 86'400 + 3'600);
    for (Day d = day("2024-02-25"); d < day("2024-03-05"); d += days{1})
        EXPECT_EQ(c.local_day(noon(c, d)), d);
}

TEST(Deadlines, WorkingHoursAreCountedInsideTheDay) {
    const Calendar& c = calendar("BY");
    const Counting k{c, Week::five_day, {8 * 60, 19 * 60}};
    const UtcTime friday{c.start_of(day("2026-06-05")).raw() + 17 * 3'600};
    // 2 h on Friday, 11 on Monday, 11 on Tuesday.
    EXPECT_EQ(due_after(k, friday, {Unit::working_hours, 24}).at.raw(),
              c.start_of(day("2026-06-09")).raw() + 19 * 3'600);
    const UtcTime night{c.start_of(day("2026-06-08")).raw() + 3 * 3'600};
    EXPECT_EQ(due_after(k, night, {Unit::working_hours, 1}).at.raw(),
              c.start_of(day("2026-06-08")).raw() + 9 * 3'600);
}

TEST(Deadlines, SpansAreReadStrictly) {
    EXPECT_EQ(to_text(*parse_span("24 wh")), "24 wh");
    for (const char* bad : {"", "5", "wd", "5wd", "0 wd", "-1 wd", "5  wd", "5 wd ", "5 days",
                            "4001 cd", "99999999999 h"})
        EXPECT_FALSE(parse_span(bad)) << bad;
}

TEST(Calendars, MistakesAreToldWithTheirPlace) {
    const std::string good =
        "calendar: KZ\ntitle: t\nversion: '1'\ntime_zone: Z\nutc_offsets: [{from: 2020-01-01, "
        "minutes: 300}]\nyears:\n  - {year: 2025, status: final, why: w, sources: [s], five_day: "
        "{days: DAYS, off: [OFF], worked: []}, six_day: {days: 313, off: [], worked: []}, "
        "uncertain: [], holidays: [], moved: []}\n";
    const auto code = [&](const std::string& sum, const std::string& off) {
        std::string text = good;
        text.replace(text.find("DAYS"), 4, sum);
        text.replace(text.find("OFF"), 3, off);
        load::Report report;
        const auto calendar = read_calendar(text, report.add_file("c.yaml"), report);
        const auto all = report.take();
        return calendar ? std::string("ok") : all.empty() ? "?" : all.front().code;
    };
    EXPECT_EQ(code("260", "2025-01-01"), "ok");
    EXPECT_EQ(code("259", "2025-01-01"), "calendar_sum");
    EXPECT_EQ(code("261", "2025-01-04"), "calendar_day");  // a Saturday
    EXPECT_EQ(code("260", "2024-01-01"), "calendar_day");
    EXPECT_EQ(code("260", "2025-13-01"), "bad_date");
}

Now at(std::int64_t mono_s, std::int64_t utc_s) {
    return {MonoTime{mono_s * kNsPerSecond}, UtcTime{utc_s}};
}

TEST(ClockWatch, AStepHoldsUntilReleasedOrTakenBack) {
    ClockWatch watch(false);
    EXPECT_EQ(watch.look(at(0, 1'000'000), true), "");
    EXPECT_EQ(watch.look(at(60, 1'000'062), true), "");  // drift
    EXPECT_NE(watch.look(at(120, 1'010'000), true), "");
    EXPECT_NE(watch.look(at(180, 1'010'060), true), "");
    EXPECT_EQ(watch.look(at(240, 1'000'240), true), "");  // taken back
    EXPECT_NE(watch.look(at(300, 900'000), true), "");
    watch.release(at(300, 900'000));
    EXPECT_EQ(watch.look(at(360, 900'060), true), "");
}

TEST(ClockWatch, ARestartBeforeTheLastInstantHolds) {
    ClockWatch watch(false);
    watch.restore(UtcTime{1'000'000}, "");
    EXPECT_NE(watch.look(at(0, 900'000), true), "");
    ClockWatch later(false);
    later.restore(UtcTime{1'000'000}, "");
    EXPECT_EQ(later.look(at(0, 9'000'000), true), "");  // downtime, however long
}

TEST(ClockWatch, MissingSynchronisationHoldsWhileItLasts) {
    ClockWatch watch(true);
    EXPECT_NE(watch.look(at(0, 1'000), false), "");
    EXPECT_EQ(watch.look(at(1, 1'001), true), "");
    ClockWatch any(false);
    EXPECT_EQ(any.look(at(0, 1'000), false), "");
}

}  // namespace
}  // namespace sluice::control

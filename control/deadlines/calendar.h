// Calendar: which local days are worked, in a five-day and in a six-day week, and where the local
// day begins. Immutable; made by read_calendar() (read_calendar.h) from rules/data/calendars.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "rules/base/time.h"
#include "rules/model/policy.h"

namespace sluice::control {

using model::Day;

enum class Week : std::uint8_t { five_day, six_day };

// A year of the data, as published.
struct CalendarYear {
    int year = 0;
    bool final = false;          // false: provisional, every date computed from it says so
    std::string why;             // why it is final or not
    std::vector<Day> off[2];     // by Week: days of the week's work that are not worked
    std::vector<Day> worked[2];  // by Week: days of the week's rest that are worked
    std::vector<Day> uncertain;
    unsigned working_days[2] = {};  // by Week, as the file sums it
};

// From the local day `from` on, clocks are `minutes` ahead of UTC.
struct UtcOffset {
    Day from{};
    std::int32_t minutes = 0;
};

class Calendar {
  public:
    // `years` without gaps and `offsets` not empty, both in order: read_calendar() sees to it.
    Calendar(std::string id, std::string version, std::string zone, std::vector<UtcOffset> offsets,
             std::vector<CalendarYear> years);

    const std::string& id() const { return id_; }
    const std::string& version() const { return version_; }
    const std::string& zone() const { return zone_; }
    const std::vector<CalendarYear>& years() const { return years_; }

    // Outside the years of the data only the week itself is known: Saturday and Sunday (five-day)
    // or Sunday (six-day) are rest. Constant time.
    bool is_working(Day day, Week week) const;
    // True when the day lies in a provisional year or in a year without data.
    bool is_provisional(Day day) const;

    Day local_day(UtcTime t) const;
    // The instant at which the local day begins.
    UtcTime start_of(Day day) const;

  private:
    std::int32_t offset_at(UtcTime t) const;

    std::string id_, version_, zone_;
    std::vector<UtcOffset> offsets_;
    std::vector<CalendarYear> years_;
    Day first_{}, end_{};  // [first_, end_): the days of the data
    std::vector<bool> working_[2];
};

// Monday to Friday, or Monday to Saturday: what a week is without any holiday.
bool is_weekday(Day day, Week week);

}  // namespace sluice::control

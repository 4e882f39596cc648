#include "control/deadlines/calendar.h"

#include "rules/base/assert.h"

namespace sluice::control {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;

Day first_day_of(int year) { return Day{std::chrono::year{year} / std::chrono::January / 1}; }

int year_of(Day day) { return static_cast<int>(year_month_day{day}.year()); }

}  // namespace

bool is_weekday(Day day, Week week) {
    const unsigned iso = std::chrono::weekday{day}.iso_encoding();  // Monday = 1
    return iso <= (week == Week::five_day ? 5u : 6u);
}

Calendar::Calendar(std::string id, std::string version, std::string zone,
                   std::vector<UtcOffset> offsets, std::vector<CalendarYear> years)
    : id_(std::move(id)),
      version_(std::move(version)),
      zone_(std::move(zone)),
      offsets_(std::move(offsets)),
      years_(std::move(years)) {
    SLUICE_ASSERT(!years_.empty() && !offsets_.empty());
    first_ = first_day_of(years_.front().year);
    end_ = first_day_of(years_.back().year + 1);
    for (const Week week : {Week::five_day, Week::six_day}) {
        const auto w = static_cast<std::size_t>(week);
        for (Day day = first_; day < end_; day += days{1})
            working_[w].push_back(is_weekday(day, week));
        const auto set = [&](const std::vector<Day>& some, bool worked) {
            for (const Day day : some)
                working_[w][static_cast<std::size_t>((day - first_).count())] = worked;
        };
        for (const CalendarYear& year : years_) {
            set(year.off[w], false);
            set(year.worked[w], true);
        }
    }
}

bool Calendar::is_working(Day day, Week week) const {
    if (day < first_ || day >= end_) return is_weekday(day, week);
    return working_[static_cast<std::size_t>(week)]
                   [static_cast<std::size_t>((day - first_).count())];
}

bool Calendar::is_provisional(Day day) const {
    if (day < first_ || day >= end_) return true;
    return !years_[static_cast<std::size_t>(year_of(day) - years_.front().year)].final;
}

std::int32_t Calendar::offset_at(UtcTime t) const {
    std::int32_t minutes = offsets_.front().minutes;
    for (const UtcOffset& o : offsets_) {
        // The clock is set while the old offset still counts: midnight of `from` by the old one.
        const std::int64_t begins = std::int64_t{o.from.time_since_epoch().count()} * 86'400;
        if (t.raw() + std::int64_t{minutes} * 60 >= begins) minutes = o.minutes;
    }
    return minutes;
}

Day Calendar::local_day(UtcTime t) const {
    const std::chrono::seconds local{t.raw() + std::int64_t{offset_at(t)} * 60};
    return Day{std::chrono::floor<days>(local)};
}

UtcTime Calendar::start_of(Day day) const {
    std::int32_t minutes = offsets_.front().minutes;
    for (const UtcOffset& o : offsets_)
        if (o.from < day) minutes = o.minutes;
    return UtcTime{std::int64_t{day.time_since_epoch().count()} * 86'400 -
                   std::int64_t{minutes} * 60};
}

}  // namespace sluice::control

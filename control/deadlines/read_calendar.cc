#include "control/deadlines/read_calendar.h"

#include <algorithm>

#include "rules/load/day_text.h"
#include "rules/load/reader.h"

namespace sluice::control {
namespace {

using load::Fields;
using load::Reader;
using load::YamlNode;

constexpr std::uint32_t kYearMin = 2000, kYearMax = 2200;

// Two readings of a day's offset in a change would make `start_of` ambiguous: whole minutes only,
// within what time zones have.
constexpr std::uint32_t kOffsetMinutesMax = 14 * 60;

int year_of(Day day) { return static_cast<int>(std::chrono::year_month_day{day}.year()); }

// Days of a list, each in `year`; `weekday` says whether they must be days of the week's work.
void read_days(Reader& reader, const YamlNode* node, int year, std::vector<Day>& out) {
    for (const YamlNode& item : reader.list(node)) {
        Day day{};
        if (!reader.day(&item, day)) continue;
        if (year_of(day) != year)
            reader.error(item, "calendar_day",
                         load::to_text(day) + " is not in " + std::to_string(year),
                         "move it to the entry of its own year");
        else
            out.push_back(day);
    }
}

void check_kind(Reader& reader, const YamlNode& node, const std::vector<Day>& days, Week week,
                bool must_be_weekday) {
    for (const Day day : days)
        if (is_weekday(day, week) != must_be_weekday)
            reader.error(node, "calendar_day",
                         load::to_text(day) + (must_be_weekday ? " is a day of rest anyway"
                                                               : " is a working day anyway"),
                         "off: holds days of work that are not worked, worked: days of rest that "
                         "are");
}

void read_week(Reader& reader, const YamlNode* node, Week week, CalendarYear& year) {
    if (node == nullptr) return;
    const auto w = static_cast<std::size_t>(week);
    Fields fields(reader, *node, "a week", {"days", "off", "worked"});
    std::uint32_t sum = 0;
    reader.number(fields.need("days"), 1, 366, sum);
    year.working_days[w] = sum;
    read_days(reader, fields.need("off"), year.year, year.off[w]);
    read_days(reader, fields.need("worked"), year.year, year.worked[w]);
    check_kind(reader, *node, year.off[w], week, true);
    check_kind(reader, *node, year.worked[w], week, false);
    unsigned days = 0;
    const std::chrono::year y{year.year};
    for (Day day{y / 1 / 1}; day <= Day{y / 12 / 31}; day += std::chrono::days{1})
        days += is_weekday(day, week);
    days -= static_cast<unsigned>(year.off[w].size());
    days += static_cast<unsigned>(year.worked[w].size());
    if (!reader.report().has_errors() && days != sum)
        reader.error(*node, "calendar_sum",
                     std::to_string(year.year) + " has " + std::to_string(days) +
                         " working days by its lists, and `days` says " + std::to_string(sum),
                     "one of the lists or the sum is mistyped: look at the source");
}

void read_moved(Reader& reader, const YamlNode& node) {
    Fields fields(reader, node, "a moved day", {"from", "to", "by"});
    Day from{}, to{};
    std::string by;
    reader.day(fields.need("from"), from);
    reader.day(fields.need("to"), to);
    reader.text(fields.need("by"), by);
}

void read_holiday(Reader& reader, const YamlNode& node) {
    Fields fields(reader, node, "a holiday", {"day", "name"});
    Day day{};
    std::string name;
    reader.day(fields.need("day"), day);
    reader.text(fields.need("name"), name);
}

CalendarYear read_year(Reader& reader, const YamlNode& node) {
    CalendarYear year;
    Fields fields(reader, node, "a year",
                  {"year", "status", "why", "sources", "five_day", "six_day", "uncertain",
                   "holidays", "moved"});
    std::uint32_t number = 0;
    if (!reader.number(fields.need("year"), kYearMin, kYearMax, number)) return year;
    year.year = static_cast<int>(number);
    std::size_t status = 1;
    reader.word(fields.need("status"), {"final", "provisional"}, status);
    year.final = status == 0;
    reader.text(fields.need("why"), year.why);
    for (const YamlNode& source : reader.list(fields.need("sources"))) {
        std::string text;
        reader.text(&source, text);
    }
    read_week(reader, fields.need("five_day"), Week::five_day, year);
    read_week(reader, fields.need("six_day"), Week::six_day, year);
    read_days(reader, fields.need("uncertain"), year.year, year.uncertain);
    for (const YamlNode& holiday : reader.list(fields.need("holidays")))
        read_holiday(reader, holiday);
    for (const YamlNode& moved : reader.list(fields.need("moved")))
        read_moved(reader, moved);
    return year;
}

std::vector<UtcOffset> read_offsets(Reader& reader, const YamlNode* node) {
    std::vector<UtcOffset> all;
    for (const YamlNode& item : reader.list(node)) {
        Fields fields(reader, item, "an offset", {"from", "minutes"});
        UtcOffset offset;
        std::uint32_t minutes = 0;
        if (!reader.day(fields.need("from"), offset.from) ||
            !reader.number(fields.need("minutes"), 0, kOffsetMinutesMax, minutes))
            continue;
        offset.minutes = static_cast<std::int32_t>(minutes);
        if (!all.empty() && all.back().from >= offset.from)
            reader.error(item, "calendar_gap", "offsets must be in the order of their days");
        all.push_back(offset);
    }
    if (node != nullptr && all.empty())
        reader.error(*node, "no_offset", "a calendar needs the offset of its clocks from UTC",
                     "add {from: 2000-01-01, minutes: 300}");
    return all;
}

std::vector<CalendarYear> read_years(Reader& reader, const YamlNode* node) {
    std::vector<CalendarYear> all;
    for (const YamlNode& item : reader.list(node)) {
        CalendarYear year = read_year(reader, item);
        if (!all.empty() && year.year != 0 && all.back().year + 1 != year.year)
            reader.error(item, "calendar_gap", "years must follow each other without a gap");
        all.push_back(std::move(year));
    }
    if (node != nullptr && all.empty())
        reader.error(*node, "calendar_gap", "a calendar needs at least one year");
    return all;
}

}  // namespace

std::shared_ptr<const Calendar> read_calendar(std::string_view text, std::uint32_t file,
                                              load::Report& report) {
    YamlNode root;
    if (!load::parse_yaml(text, file, report, root)) return nullptr;
    Reader reader(report, file);
    Fields fields(reader, root, "a calendar",
                  {"calendar", "title", "version", "time_zone", "utc_offsets", "years"});
    std::string id, title, version, zone;
    reader.text(fields.need("calendar"), id);
    reader.text(fields.need("title"), title);
    reader.text(fields.need("version"), version);
    reader.text(fields.need("time_zone"), zone);
    auto offsets = read_offsets(reader, fields.need("utc_offsets"));
    auto years = read_years(reader, fields.need("years"));
    if (report.has_errors()) return nullptr;
    return std::make_shared<const Calendar>(id, version, zone, std::move(offsets),
                                            std::move(years));
}

}  // namespace sluice::control

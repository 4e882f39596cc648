// The directories of calendars and life cycles, read whole.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "control/deadlines/read_calendar.h"
#include "control/lifecycle/lint.h"
#include "control/lifecycle/read_life_cycle.h"

namespace sluice::control {
namespace {

constexpr std::uintmax_t kFileBytesMax = 1u << 20;

// The .yaml files of a directory by name, so that messages come in the same order everywhere.
std::vector<std::filesystem::path> yaml_files(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> all;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error))
        if (entry.path().extension() == ".yaml" && entry.is_regular_file(error))
            all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

std::optional<std::string> content_of(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::file_size(file, error) > kFileBytesMax || error) return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return in ? std::optional(text.str()) : std::nullopt;
}

// Reads each file with `read(text, file, report)`; all reports end in `set`.
template <class Read>
void each_file(const std::filesystem::path& directory, LifeCycleSet& set, Read read) {
    const auto files = yaml_files(directory);
    if (files.empty())
        set.diagnostics.push_back({directory.string(), 0, 0, load::Severity::error, "missing_file",
                                   "there are no .yaml files here",
                                   "name the directory that holds calendars/ and lifecycles/"});
    for (const auto& file : files) {
        load::Report report;
        const std::uint32_t index = report.add_file(file.filename().string());
        if (const auto text = content_of(file))
            read(*text, index, report);
        else
            report.error({index, 0, 0}, "cannot_read", "this file cannot be read");
        for (load::Diagnostic& d : report.take())
            set.diagnostics.push_back(std::move(d));
    }
}

}  // namespace

LifeCycleSet read_life_cycles(const std::filesystem::path& directory) {
    LifeCycleSet set;
    each_file(directory / "calendars", set,
              [&](const std::string& text, std::uint32_t file, load::Report& report) {
                  if (auto calendar = read_calendar(text, file, report))
                      set.calendars[calendar->id()] = calendar;
              });
    each_file(directory / "lifecycles", set,
              [&](const std::string& text, std::uint32_t file, load::Report& report) {
                  auto cycle = read_life_cycle(text, file, report);
                  if (!cycle) return;
                  lint(*cycle, report);
                  if (!set.calendars.contains(cycle->calendar))
                      report.error({file, 1, 1}, "missing_file",
                                   "there is no calendar " + cycle->calendar);
                  if (!set.cycles.emplace(cycle->id, cycle).second)
                      report.error({file, 1, 1}, "duplicate_id",
                                   "another file defines the life cycle " + cycle->id + " too");
              });
    if (!set.ok()) {
        set.cycles.clear();
        set.calendars.clear();
    }
    return set;
}

}  // namespace sluice::control

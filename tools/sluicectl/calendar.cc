// sluicectl calendar show, verify.
#include <fstream>
#include <memory>
#include <sstream>

#include "control/api/document.h"
#include "control/deadlines/read_calendar.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"
#include "tools/sluicectl/local.h"

namespace sluice::ctl {
namespace {

void add_show(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("show", "The calendars sluiced counts by");
    command->callback([&context] {
        show(context, get(context, "/v1/calendars"), {[](const Json& d) {
                 Json rows = Json::array();
                 for (const Json& year : d.at("items")) {
                     Json row = year;
                     row["five_day"] = year.at("five_day").at("days");
                     row["six_day"] = year.at("six_day").at("days");
                     rows.push_back(std::move(row));
                 }
                 return items_table(
                     rows, {"calendar", "year", "five_day", "six_day", "final", "version", "zone"});
             }});
    });
}

std::string content_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void add_verify(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("verify", "Checks a calendar file, without the daemon");
    auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "Calendar (YAML)")->required()->check(CLI::ExistingFile);
    command->callback([&context, file] {
        load::Report report;
        const std::uint32_t index = report.add_file(*file);
        const bool good = control::read_calendar(content_of(*file), index, report) != nullptr;
        if (!good) {
            Response response = error_of(kInvalid, "invalid", *file + " has mistakes", "");
            response.body["error"]["diagnostics"] = control::diagnostics_json(report.take());
            show(context, response, {});
            return;
        }
        show(context,
             local_document("CalendarCheck", Json::array({{{"file", *file}, {"ok", true}}})),
             {[](const Json&) { return std::string("ok\n"); }});
    });
}

}  // namespace

void add_calendar(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("calendar", "Working days, public holidays, moved days");
    noun->require_subcommand(1);
    add_show(*noun, context);
    add_verify(*noun, context);
}

}  // namespace sluice::ctl

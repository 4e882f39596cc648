// What every subcommand shares: global options, the way to the daemon, and how answers leave.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "control/render/flow_json.h"

namespace CLI {
class App;
}

namespace sluice::ctl {

using render::Json;

// Stable: scripts depend on them.
enum ExitCode : int {
    kYes = 0,
    kNo = 1,  // no, different, blocked, not well
    kUsage = 2,
    kUnreachable = 3,  // no daemon
    kPermission = 4,
    kConflict = 5,  // stale base, or a confirmation is pending
    kInvalid = 6,   // the policy has errors
    kTimeout = 8,
    kWaits = 9,  // for a second person: nothing has changed yet
    kInternal = 70,
};

struct Context {
    std::string socket = "/run/sluice/api.sock";
    std::string output = "table";  // or json; replay: ndjson; policy show: yaml
    unsigned timeout_seconds = 60;
    bool break_glass = false;  // root, without a second person
    int exit_code = kYes;

    bool json() const { return output == "json"; }
};

// A document of the daemon, or an error document; `code` is kYes or the exit code of the error.
struct Response {
    int code = kYes;
    Json body;
};
using Parameters = std::map<std::string, std::string>;
Response get(const Context& context, const std::string& path, const Parameters& parameters = {});
Response post(const Context& context, const std::string& path, const Json& body);

// How a document is shown to people, and what the command's answer is.
struct View {
    std::function<std::string(const Json& document)> table;
    std::function<int(const Json& document)> code = [](const Json&) { return int{kYes}; };
};
// Prints one document (or its table) on stdout, or the error: its document on stdout with -o json,
// its words on stderr always. Sets the exit code.
void show(Context& context, const Response& response, const View& view);

// An error of our own, in the daemon's shape.
Response error_of(int code, const std::string& word, const std::string& message,
                  const std::string& hint);
// "file:line:column: error: ..." for each diagnostic of an error or a check.
void print_diagnostics(const Json& diagnostics);

// Text of a JSON value: texts as they are, null as "-".
std::string cell(const Json& value);
// True when stdout is a terminal and NO_COLOR is not set.
bool colours();

}  // namespace sluice::ctl

#include "tools/sluicectl/context.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace sluice::ctl {

Response error_of(int code, const std::string& word, const std::string& message,
                  const std::string& hint) {
    return {
        code,
        {{"error",
          {{"code", word}, {"message", message}, {"hint", hint}, {"diagnostics", Json::array()}}}}};
}

std::string cell(const Json& value) {
    if (value.is_null()) return "-";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_array()) {
        std::string out;
        for (const Json& one : value)
            out += (out.empty() ? std::string() : std::string(",")) + cell(one);
        return out.empty() ? "-" : out;
    }
    return value.dump();
}

void print_diagnostics(const Json& diagnostics) {
    for (const Json& d : diagnostics) {
        std::string place = cell(d.at("file"));
        if (d.at("line") != 0) place += ":" + d.at("line").dump() + ":" + d.at("column").dump();
        std::fprintf(stderr, "%s: %s: %s [%s]\n", place.c_str(), cell(d.at("severity")).c_str(),
                     cell(d.at("message")).c_str(), cell(d.at("code")).c_str());
        if (const std::string hint = cell(d.at("hint")); !hint.empty())
            std::fprintf(stderr, "  hint: %s\n", hint.c_str());
    }
}

void show(Context& context, const Response& response, const View& view) {
    const auto print = [](const Json& document) {
        std::printf("%s\n", document.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    };
    if (response.code != kYes) {
        const Json& error = response.body.at("error");
        if (context.json()) print(response.body);
        print_diagnostics(error.at("diagnostics"));
        std::fprintf(stderr, "sluicectl: %s\n", cell(error.at("message")).c_str());
        if (const std::string hint = cell(error.at("hint")); !hint.empty())
            std::fprintf(stderr, "  hint: %s\n", hint.c_str());
        context.exit_code = response.code;
        return;
    }
    if (response.body.value("kind", "") == "Proposal") {
        const Json& item = response.body.at("items").at(0);
        if (context.json()) print(response.body);
        std::fprintf(stderr,
                     "waits for a second person: %s\n  `sluicectl approvals approve %s "
                     "--reason TEXT` by another security officer, until %s\n",
                     cell(item.at("summary")).c_str(), cell(item.at("id")).c_str(),
                     cell(item.at("expires")).c_str());
        context.exit_code = kWaits;
        return;
    }
    if (context.json())
        print(response.body);
    else
        std::fputs(view.table(response.body).c_str(), stdout);
    context.exit_code = view.code(response.body);
}

bool colours() { return isatty(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr; }

}  // namespace sluice::ctl

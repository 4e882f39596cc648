// sluicectl: the command line of the security staff and of operators' scripts.
#include <cstdio>
#include <cstdlib>

#include "tools/sluicectl/commands.h"

namespace {

// Two formats belong to one command each; no command has run yet when this is asked.
void refuse_strange_output(const CLI::App& app, const sluice::ctl::Context& context) {
    const bool replay = app.got_subcommand("replay");
    const bool show =
        app.got_subcommand("policy") && app.get_subcommand("policy")->got_subcommand("show");
    if ((context.output == "ndjson" && !replay) || (context.output == "yaml" && !show))
        throw CLI::ValidationError("--output", context.output + " is not for this command");
}

}  // namespace

int main(int argc, char** argv) {
    using namespace sluice::ctl;
    Context context;
    if (const char* socket = std::getenv("SLUICE_SOCKET")) context.socket = socket;
    CLI::App app(
        "Sees and steers the Sluice gateway.\n"
        "Exit codes: 0 yes, 1 no or different, 2 usage, 3 daemon unreachable, "
        "4 permission,\n  5 conflict, 6 invalid policy, 8 timeout, 9 waits for a second person, 70 "
        "internal.");
    app.name("sluicectl");
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("-o,--output", context.output,
                   "table or json (replay: also ndjson; policy show: also yaml)")
        ->check(CLI::IsMember({"table", "json", "ndjson", "yaml"}))
        ->take_last();
    app.add_option("--socket", context.socket, "Socket of sluiced (also: SLUICE_SOCKET)")
        ->take_last();
    app.add_flag("--break-glass", context.break_glass,
                 "Root only: a two-person step without the second person; the audit says so");
    app.add_option("--timeout", context.timeout_seconds, "Seconds to wait for an answer")
        ->check(CLI::Range(1u, 3600u))
        ->take_last();
    for (const auto add :
         {add_status,  add_top,      add_flow,      add_explain,   add_whatis,   add_policy,
          add_catalog, add_category, add_uplink,    add_capture,   add_counters, add_protocol,
          add_vpn,     add_ca,       add_tls,       add_lifecycle, add_case,     add_deadline,
          add_notice,  add_calendar, add_person,    add_approvals, add_request,  add_store,
          add_audit,   add_replay,   add_completion})
        add(app, context);
    app.parse_complete_callback([&] { refuse_strange_output(app, context); });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e, std::cout, std::cerr) == 0 ? int{kYes} : int{kUsage};
    } catch (const std::exception& e) {
        std::fprintf(stderr, "sluicectl: internal error: %s\n", e.what());
        return kInternal;
    }
    return context.exit_code;
}

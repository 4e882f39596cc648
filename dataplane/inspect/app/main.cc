// sluice-inspect: looks into the flows that the policy has inspected. Reads its configuration,
// starts its workers, runs in the foreground and logs to stderr, one line each.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "dataplane/inspect/app/processes.h"
#include "rules/load/inspect_config.h"

namespace {

using namespace sluice;

// As `sluicectl` has them.
enum Exit { kDone = 0, kUsage = 2, kInvalid = 6, kInternal = 70 };

int run(const std::string& file, bool check_only) {
    auto logger = spdlog::stderr_logger_mt("sluice-inspect");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %P %l %v");
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    const load::LoadedInspectConfig loaded = load::load_inspect_config_file(file);
    for (const load::Diagnostic& diagnostic : loaded.diagnostics)
        std::fputs(to_text(diagnostic).c_str(), stderr);
    if (!loaded.ok()) return kInvalid;
    return check_only ? kDone : inspect::run_processes(loaded.value);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"Looks into inspected flows."};
    std::string config;
    bool check_only = false;
    cli.add_option("--config", config, "the configuration file")->required();
    cli.add_flag("--check", check_only, "only check the configuration");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? kDone : kUsage;
    }
    try {
        return run(config, check_only);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sluice-inspect: %s\n", error.what());
        return kInternal;
    }
}

// sluice-dataplane: reads its configuration, says what it will take, and serves until it is told to
// stop. Runs in the foreground and logs to stderr, one line each, as systemd likes it.
#include <pthread.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>

#include "dataplane/app/settings_of.h"
#include "dataplane/io/bundle.h"
#include "dataplane/io/dataplane.h"
#include "dataplane/io/memory_budget.h"
#include "rules/load/dataplane_config.h"

namespace {

using namespace sluice;

// As `sluicectl` has them.
enum Exit { kDone = 0, kUsage = 2, kInvalid = 6, kInternal = 70 };

void set_up_log() {
    auto logger = spdlog::stderr_logger_mt("sluice-dataplane");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

// Prints every diagnostic; nothing when one of them is an error.
std::optional<io::Settings> read_settings(const std::string& file) {
    const load::LoadedDataplaneConfig loaded = load::load_dataplane_config_file(file);
    for (const load::Diagnostic& diagnostic : loaded.diagnostics)
        std::fputs(load::to_text(diagnostic).c_str(), stderr);
    if (!loaded.ok()) return std::nullopt;
    auto settings = app::settings_of(loaded.value, file);
    if (settings) return std::move(settings).value();
    for (const std::string& complaint : settings.error())
        std::fputs(complaint.c_str(), stderr);
    return std::nullopt;
}

void print_budget(const io::MemoryBudget& budget, unsigned workers) {
    std::fprintf(stderr, "memory for %u worker%s:\n", workers, workers == 1 ? "" : "s");
    for (const io::MemoryBudget::Part& part : budget.parts)
        std::fprintf(stderr, "  %-24s %9s\n", part.what.c_str(),
                     io::bytes_text(part.bytes).c_str());
    std::fprintf(stderr, "  %-24s %9s, besides the policy (two of it while it changes)\n", "total",
                 io::bytes_text(budget.total_bytes()).c_str());
}

// The bundle that a start would load now: whether it is whole and knows the configured wires.
bool bundle_is_good(const io::Settings& settings) {
    const auto bundle = io::bundle_files()(settings.bundle_dir, nullptr);
    std::string why;
    if (bundle) {
        std::vector<std::string> wires;
        for (const io::WireSettings& wire : settings.wires)
            wires.push_back(wire.id);
        const auto facts = io::find_wires(**bundle, wires);
        if (facts) {
            std::fprintf(stderr, "bundle %s: good\n", settings.bundle_dir.c_str());
            return true;
        }
        why = facts.error();
    } else {
        why = bundle.error();
    }
    std::fprintf(stderr, "bundle %s: %s\n", settings.bundle_dir.c_str(), why.c_str());
    return false;
}

int serve(const io::Settings& settings) {
    // Blocked before any thread is made, so that only the control thread hears them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    auto dataplane = io::Dataplane::start(settings, io::bundle_files());
    if (!dataplane) {
        spdlog::critical("{}", dataplane.error());
        return kInternal;
    }
    (*dataplane)->run();
    return kDone;
}

int run(const std::string& file, bool check_only) {
    set_up_log();
    const std::optional<io::Settings> settings = read_settings(file);
    if (!settings) return kInvalid;
    const io::MemoryBudget budget = io::memory_budget(*settings);
    print_budget(budget, settings->workers());
    const auto too_much =
        io::why_it_does_not_fit(budget, io::machine_memory(), settings->huge_pages);
    if (too_much) std::fprintf(stderr, "does not fit this machine: %s\n", too_much->c_str());
    if (check_only) return bundle_is_good(*settings) && !too_much ? kDone : kInvalid;
    return too_much ? kInvalid : serve(*settings);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"The packet path of Sluice."};
    std::string config;
    bool check_only = false;
    cli.add_option("--config", config, "the configuration file")->required();
    cli.add_flag("--check", check_only,
                 "only check the configuration, the memory and the current bundle");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? kDone : kUsage;
    }
    try {
        return run(config, check_only);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sluice-dataplane: %s\n", error.what());
        return kInternal;
    }
}

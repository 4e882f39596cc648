// sluiced: the control-plane daemon. Runs in the foreground; SIGTERM and SIGINT end it.
#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>

#include "control/daemon/daemon.h"

namespace {
std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);
void on_signal(int) { stop_asked = true; }
}  // namespace

int main(int argc, char** argv) {
    sluice::control::DaemonConfig config;
    CLI::App app("The control-plane daemon of Sluice: store, policy, bundles and the API.");
    app.add_option("--state", config.state_dir, "Directory of the store and the verdict log")
        ->capture_default_str();
    app.add_option("--runtime", config.runtime_dir, "Directory of sockets and shared files")
        ->capture_default_str();
    app.add_option("--bundle", config.bundle_dir, "Directory the policy bundle is published in")
        ->capture_default_str();
    app.add_option("--run-as", config.run_as,
                   "User to become: name, uid or uid:gid (default: stays who it is)");
    app.set_config("--config", "", "File with lines such as: state = \"/var/lib/sluice\"");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGINT, on_signal);
    return sluice::control::run_daemon(config, stop_asked);
}

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
    using sluice::control::CaseKeeper;
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
    app.add_option("--metrics", config.metrics,
                   "Loopback address and port for Prometheus, such as 127.0.0.1:9464 (the API's "
                   "socket has /metrics, too)");
    app.add_option(
        "--notices", config.notices,
        "File that says where notices go (rules/data/notices.yaml); without it they wait");
    app.add_option("--requests", config.requests,
                   "File that says whose signed requests are taken (rules/data/requests.yaml)");
    app.add_option("--restore", config.restore,
                   "Puts this backup (sluicectl store backup) in the place of the store, and ends");
    app.add_option("--signer", config.signer,
                   "Socket of sluice-signer, which keeps evidence of exempt flows (its recorders: "
                   "this user); without it none is kept");
    CaseKeeper::Config& cases = config.cases;
    cases.rules_dir = SLUICE_RULES_DATA;
    std::string clock = "synchronised";
    app.add_option("--rules", cases.rules_dir, "Directory that holds calendars/ and lifecycles/")
        ->capture_default_str();
    app.add_option(
           "--clock", clock,
           "When deadlines are acted on: synchronised (only while the kernel says its clock "
           "is) or any")
        ->check(CLI::IsMember({"synchronised", "any"}))
        ->capture_default_str();
    app.add_option("--unknown-packets", cases.noise.packets_min,
                   "Unknown sources (G13): packets of an address before it opens a case")
        ->capture_default_str();
    app.add_option("--unknown-seconds", cases.noise.seconds_min,
                   "and seconds between the first and the latest of them")
        ->capture_default_str();
    app.add_option("--guard-blocks", cases.guard.blocked_an_hour_max,
                   "Organisations and operators that deadlines may newly block within an hour")
        ->capture_default_str();
    app.add_option("--guard-share", cases.guard.share_percent_max,
                   "Percent of an operator's addresses that one deadline may block")
        ->check(CLI::Range(0u, 100u))
        ->capture_default_str();
    app.set_config("--config", "", "File with lines such as: state = \"/var/lib/sluice\"");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    cases.must_sync = clock == "synchronised";
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGINT, on_signal);
    return sluice::control::run_daemon(config, stop_asked);
}

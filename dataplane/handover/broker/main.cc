// sluice-broker: makes namespaces and devices, gives up all capabilities but CAP_NET_ADMIN and all
// system calls it does not need then, and serves until it is told to stop. Runs in the foreground and logs to stderr.
#include <pthread.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "dataplane/handover/broker/broker.h"
#include "rules/sandbox/sandbox.h"

namespace {

using namespace sluice;

enum Exit { kDone = 0, kUsage = 2, kInternal = 70 };

struct Options {
    std::string runtime_dir = "/run/sluice";
    std::string clients;  // whose group may connect; empty: the broker's own
    unsigned operators = 4;
    unsigned mtu = 9'000;
};

// The group of the data plane and of inspectors; they are not root.
Result<gid_t, std::string> group_of(const Options& options) {
    if (options.clients.empty()) return getgid();
    SLUICE_TRY(account, sandbox::find_account(options.clients));
    return gid_t{account.gid};
}

Result<int, std::string> listen_at(const std::string& path, gid_t group) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) return Err{path + ": too long for a socket"};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int living = ipc::connect_broker(path);
    if (living >= 0) {
        close(living);
        return Err{path + ": another broker serves it"};
    }
    unlink(path.c_str());
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return Err{std::string("socket: ") + std::strerror(errno)};
    const auto* at = reinterpret_cast<const sockaddr*>(&address);
    if (bind(fd, at, sizeof address) == 0 && chmod(path.c_str(), 0660) == 0 &&
        chown(path.c_str(), getuid(), group) == 0 && listen(fd, 64) == 0)
        return fd;
    const std::string why = path + ": " + std::strerror(errno);
    close(fd);
    return Err{why};
}

Result<std::vector<std::unique_ptr<broker::Domain>>, std::string> open_domains(
    const Options& options) {
    std::vector<std::unique_ptr<broker::Domain>> domains;
    for (unsigned i = 0; i < options.operators; ++i) {
        SLUICE_TRY(domain,
                   broker::Domain::open(options.runtime_dir + "/netns",
                                        OperatorId{static_cast<std::uint8_t>(i)}, options.mtu));
        domains.push_back(std::move(domain));
    }
    return domains;
}

int serve(const Options& options) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    auto domains = open_domains(options);
    if (!domains) {
        spdlog::critical("{}", domains.error());
        return kInternal;
    }
    const auto group = group_of(options);
    if (!group) {
        spdlog::critical("{}", group.error());
        return kInternal;
    }
    const auto listening = listen_at(ipc::broker_socket_path(options.runtime_dir), *group);
    if (!listening) {
        spdlog::critical("{}", listening.error());
        return kInternal;
    }
    sandbox::keep_capabilities(broker::kKeptCapabilities);
    if (const auto limited = sandbox::limit_calls(sandbox::broker_calls()); !limited) {
        spdlog::critical("{}", limited.error());
        return kInternal;
    }
    broker::Broker broker(*listening, std::move(domains).value());
    spdlog::info("ready: {} routing domains", options.operators);
    const int stop = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    broker.run(stop);
    const broker::BrokerCounters& c = broker.counters();
    spdlog::info("stopping: {} taken over, {} failed, {} ended, {} lost, {} fresh", c.taken,
                 c.failed, c.ended, c.lost, c.reconnects);
    return kDone;
}

}  // namespace

int main(int argc, char** argv) {
    auto logger = spdlog::stderr_logger_mt("sluice-broker");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    CLI::App cli{"Makes the kernel sockets of connections that are handed over for inspection."};
    Options options;
    cli.add_option("--runtime", options.runtime_dir, "where broker.sock and netns/ are made");
    cli.add_option("--clients", options.clients,
                   "user whose group may connect: name, uid or uid:gid");
    cli.add_option("--operators", options.operators, "routing domains, one an operator")
        ->check(CLI::Range(1, 16));
    cli.add_option("--mtu", options.mtu, "of the devices, at least that of the wires [bytes]")
        ->check(CLI::Range(1'280, 65'000));
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? kDone : kUsage;
    }
    try {
        return serve(options);
    } catch (const std::exception& error) {
        spdlog::critical("{}", error.what());
        return kInternal;
    }
}

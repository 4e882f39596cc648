#include "dataplane/inspect/app/processes.h"

#include <linux/capability.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <vector>

#include "dataplane/inspect/app/log_reporter.h"
#include "dataplane/inspect/origin_verifier.h"
#include "dataplane/inspect/worker.h"
#include "rules/load/content_policy.h"
#include "rules/sandbox/sandbox.h"

namespace sluice::inspect {
namespace {

constexpr int kInternal = 70;
constexpr int kRoundMs = 500;
constexpr std::int64_t kAgainAfterMs = 1'000;  // a worker that cannot start does not start at once

volatile std::sig_atomic_t stopping = 0;
void on_signal(int /*signal*/) { stopping = 1; }

void hear_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a peer that has gone is an error of the write
}

std::optional<std::string> add_rules(const load::InspectConfig& config, WorkerParts& parts) {
    if (config.content.empty()) return std::nullopt;
    auto loaded = load::load_content_policy_file(config.content);
    std::string all;
    for (const load::Diagnostic& diagnostic : loaded.diagnostics)
        all += to_text(diagnostic);
    if (!loaded.ok()) return all;
    auto rules = content::Rules::compile(std::move(loaded.value));
    if (!rules) return config.content + ": " + rules.error().why;
    parts.rules = std::move(rules).value();
    return std::nullopt;
}

// What takes root to open. A worker that is started again finds it open still.
struct Sockets {
    int tproxy = -1, query = -1;
};

Result<Sockets, std::string> open_sockets(const load::InspectConfig& config, unsigned number) {
    Sockets sockets;
    if (config.source == load::InspectConfig::Source::tproxy) {
        SLUICE_TRY(listening, TproxySource::listen(static_cast<std::uint16_t>(config.tproxy_port)));
        sockets.tproxy = listening;
    }
    SLUICE_TRY(query, QuerySocket::listen(ipc::inspect_socket_path(config.runtime_dir, number)));
    sockets.query = query;
    return sockets;
}

// What a worker needs; the error is in words.
Result<WorkerParts, std::string> make_parts(const load::InspectConfig& config, unsigned number,
                                            const Sockets& sockets) {
    WorkerParts parts;
    parts.number = number;
    parts.tproxy_listening = sockets.tproxy;
    parts.query_listening = sockets.query;
    SLUICE_TRY(verifier, OriginVerifier::load({config.trust_store, config.crl_dir}));
    parts.verifier = std::move(verifier);
    if (const auto trouble = add_rules(config, parts)) return Err{*trouble};
    return parts;
}

// Bundles may belong to sluiced alone; a socket that bears a client's address is a privilege.
std::uint64_t kept_capabilities(const load::InspectConfig& config) {
    const bool tproxy = config.source == load::InspectConfig::Source::tproxy;
    return std::uint64_t{1} << CAP_DAC_READ_SEARCH |
           (tproxy ? std::uint64_t{1} << CAP_NET_ADMIN : 0);
}

// Workers and the process that starts them: who they are, and what they may ask of the kernel.
Result<Done, std::string> give_up_privileges(const load::InspectConfig& config) {
    if (!config.run_as.empty()) {
        SLUICE_TRY(account, sandbox::find_account(config.run_as));
        SLUICE_TRY(became, sandbox::become(account));
        static_cast<void>(became);
    }
    sandbox::keep_capabilities(kept_capabilities(config));
    return sandbox::limit_calls(sandbox::inspect_calls());
}

int run_worker(const load::InspectConfig& config, unsigned number, const Sockets& sockets,
               TicketKeys* tickets) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_DUMPABLE, 0);  // what is decrypted does not go into a core
    LogReporter reporter;
    auto parts = make_parts(config, number, sockets);
    if (!parts) {
        spdlog::critical("worker {}: {}", number, parts.error());
        return kInternal;
    }
    parts->tickets = tickets;
    parts->reporter = &reporter;
    Worker worker(config, std::move(parts).value());
    spdlog::info("worker {} runs", number);
    worker.run(stopping);
    return 0;
}

struct Child {
    Sockets sockets;
    pid_t pid = -1;
    MonoTime started;
};

pid_t start(const load::InspectConfig& config, unsigned number, const Sockets& sockets,
            TicketKeys* tickets) {
    const pid_t pid = fork();
    if (pid == 0) _exit(run_worker(config, number, sockets, tickets));
    if (pid < 0) spdlog::error("worker {} cannot be started: fork failed", number);
    return pid;
}

// Ended workers are started again, at most once a second each.
void keep_up(const load::InspectConfig& config, std::vector<Child>& children, TicketKeys* tickets) {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (Child& child : children)
            if (child.pid == pid) child.pid = -1;
    const MonoTime now = read_clocks().mono;
    for (unsigned i = 0; i < children.size(); ++i) {
        if (children[i].pid > 0 || now < after_ms(children[i].started, kAgainAfterMs)) continue;
        if (children[i].started.raw() != 0) spdlog::error("worker {} ended; starting it again", i);
        children[i].pid = start(config, i, children[i].sockets, tickets);
        children[i].started = now;
    }
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int give_up(const std::string& trouble) {
    spdlog::critical("{}", trouble);
    return kInternal;
}

}  // namespace

int run_processes(const load::InspectConfig& config) {
    hear_signals();
    raise_descriptor_limit();
    TicketKeys* tickets = TicketKeys::make_shared();
    std::vector<Child> children(config.workers);
    for (unsigned i = 0; i < config.workers; ++i) {
        const auto sockets = open_sockets(config, i);
        if (!sockets) return give_up(sockets.error());
        children[i].sockets = *sockets;
    }
    if (const auto done = give_up_privileges(config); !done) return give_up(done.error());
    while (stopping == 0) {
        if (!tickets->rotate(read_clocks().utc)) spdlog::error("no randomness for ticket keys");
        keep_up(config, children, tickets);
        poll(nullptr, 0, kRoundMs);
    }
    for (const Child& child : children)
        if (child.pid > 0) kill(child.pid, SIGTERM);
    while (waitpid(-1, nullptr, 0) > 0) {
    }
    for (unsigned i = 0; i < config.workers; ++i)
        unlink(ipc::inspect_socket_path(config.runtime_dir, i).c_str());
    return 0;
}

}  // namespace sluice::inspect

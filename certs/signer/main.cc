// sluice-signer: makes leaf certificates, and nothing else. Runs in the foreground; SIGHUP reads CA
// generation, bundle and trust anchors again, SIGTERM and SIGINT end it.
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "certs/signer/confine.h"
#include "certs/signer/server.h"
#include "rules/sandbox/sandbox.h"

namespace {

using namespace sluice;
using namespace sluice::certs;

constexpr char kUsage[] = "usage: sluice-signer --config FILE\n";

int say(const std::string& what) {
    std::fprintf(stderr, "sluice-signer: %s\n", what.c_str());
    return 1;
}

Result<std::vector<std::uint32_t>, std::string> user_ids(const std::vector<std::string>& users) {
    std::vector<std::uint32_t> ids;
    for (const std::string& user : users) {
        SLUICE_TRY(account, sandbox::find_account(user));
        ids.push_back(account.uid);
    }
    return ids;
}

// Blocked, so that a signalfd reports them.
int signals_as_descriptor() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int signal : {SIGHUP, SIGTERM, SIGINT})
        sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

// Its network, its user, its capabilities; what is open stays so. The answer: is the network
// namespace its own?
Result<bool, std::string> give_up_privileges(const std::string& run_as) {
    const bool own_network = leave_the_network();
    if (!run_as.empty()) {
        SLUICE_TRY(account, sandbox::find_account(run_as));
        SLUICE_TRY(became, sandbox::become(account));
        static_cast<void>(became);
    }
    sandbox::keep_capabilities(0);
    forbid_dumps();
    return own_network;
}

int serve(const load::SignerConfig& config, Peers peers) {
    forbid_dumps();
    if (!make_secure_heap())
        return say("cannot lock memory for keys; raise RLIMIT_MEMLOCK (LimitMEMLOCK=1M)");
    const int signals = signals_as_descriptor();
    std::signal(SIGXFSZ, SIG_IGN);  // a log at its size limit is an error of the write
    const auto listening = listen_at(config.socket);
    if (!listening) return say(listening.error());
    const auto own_network = give_up_privileges(config.run_as);
    if (!own_network) return say(own_network.error());
    const auto office = Office::open(config, UtcTime{std::time(nullptr)});
    if (!office) return say(office.error());
    SignerServer server(*listening, signals, **office, std::move(peers), config.connections_max);
    if (const auto limited = sandbox::limit_calls(sandbox::signer_calls()); !limited)
        return say(limited.error());
    std::fprintf(stderr, "sluice-signer: serving generation %s at %s, network: %s\n",
                 (*office)->generation().c_str(), config.socket.c_str(),
                 *own_network ? "none (own namespace, seccomp)" : "none (seccomp)");
    server.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 || std::strcmp(argv[1], "--config") != 0) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    const load::LoadedSignerConfig loaded = load::load_signer_config_file(argv[2]);
    for (const load::Diagnostic& d : loaded.diagnostics)
        std::fprintf(stderr, "%s\n", to_text(d).c_str());
    if (!loaded.ok()) return 2;
    const auto clients = user_ids(loaded.value.clients);
    const auto admins = user_ids(loaded.value.admins);
    const auto recorders = user_ids(loaded.value.recorders);
    if (!clients) return say(clients.error());
    if (!admins) return say(admins.error());
    if (!recorders) return say(recorders.error());
    return serve(loaded.value, {*clients, *admins, *recorders});
}

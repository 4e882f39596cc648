// impair: a seeded bump in the wire between two interfaces of the lab. Prints one JSON document of
// its counters when told to end (SIGTERM, SIGINT).
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "tools/impair/bump.h"
#include "tools/impair/raw_port.h"

namespace sluice::impair {
namespace {

struct Options {
    std::string a, b;
    std::string push = "none";
    BumpOptions bump;
};

std::uint64_t now_ns() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000u +
           static_cast<std::uint64_t>(t.tv_nsec);
}

void arm(int timer, std::optional<std::uint64_t> due_ns) {
    itimerspec when{};
    if (due_ns) {
        when.it_value.tv_sec = static_cast<time_t>(*due_ns / 1'000'000'000u);
        when.it_value.tv_nsec = static_cast<long>(*due_ns % 1'000'000'000u);
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
}

// At most kBurst frames a turn, so that neither direction starves the other or the timer.
void take_frames(RawPort& port, Direction direction, Bump& bump) {
    constexpr int kBurst = 64;
    Frame frame;
    for (int i = 0; i < kBurst && port.receive(frame); ++i) {
        bump.accept(direction, frame, now_ns());
    }
}

int ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int run(const Options& options) {
    auto a = RawPort::open(options.a);
    auto b = RawPort::open(options.b);
    for (const auto* port : {&a, &b}) {
        if (port->ok()) continue;
        std::fprintf(stderr, "impair: %s\n", port->error().c_str());
        return 1;
    }
    Bump bump(options.bump, [&](Direction d, const Frame& frame) {
        return (d == Direction::a_to_b ? b : a).value().send(frame);
    });
    const int signals = ending_signals();
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    pollfd ready[] = {{a.value().descriptor(), POLLIN, 0},
                      {b.value().descriptor(), POLLIN, 0},
                      {timer, POLLIN, 0},
                      {signals, POLLIN, 0}};
    std::fprintf(stderr, "impair: %s <-> %s, seed %llu\n", options.a.c_str(), options.b.c_str(),
                 static_cast<unsigned long long>(options.bump.impairment.seed));
    while ((ready[3].revents & POLLIN) == 0) {
        arm(timer, bump.send_due(now_ns()));
        if (poll(ready, std::size(ready), -1) < 0) continue;
        if (ready[0].revents & POLLIN) take_frames(a.value(), Direction::a_to_b, bump);
        if (ready[1].revents & POLLIN) take_frames(b.value(), Direction::b_to_a, bump);
    }
    close(timer);
    close(signals);
    std::puts(bump.counters_json().c_str());
    return 0;
}

}  // namespace
}  // namespace sluice::impair

int main(int argc, char** argv) {
    using namespace sluice::impair;
    Options options;
    Impairment& fate = options.bump.impairment;
    CLI::App app{"A seeded bump in the wire between two interfaces (this kernel has no netem)."};
    const CLI::Range share(0.0, 1.0);
    app.add_option("--a", options.a, "interface on the end host's side")->required();
    app.add_option("--b", options.b, "interface on the gateway's side")->required();
    app.add_option("--seed", fate.seed, "the same seed gives the n-th packet the same fate");
    app.add_option("--loss", fate.loss, "share of packets lost")->check(share);
    app.add_option("--reorder", fate.reorder, "share held back for 3 ms")->check(share);
    app.add_option("--duplicate", fate.duplicate, "share sent twice")->check(share);
    app.add_option("--corrupt", fate.corrupt, "share with one bit flipped")->check(share);
    app.add_option("--delay", fate.delay_ms, "ms for every packet")->check(CLI::NonNegativeNumber);
    app.add_option("--jitter", fate.jitter_ms, "up to so many ms more")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--push", options.push,
                   "around frames from A to B: vlan=ID, qinq=OUTER,INNER (0x88a8), "
                   "qinq8100=OUTER,INNER, mpls=LABEL[,LABEL...], pppoe=SESSION, none");
    app.add_flag("--pop", options.bump.pop, "take the same off frames from B to A");
    CLI11_PARSE(app, argc, argv);
    const auto encap = parse_encap(options.push);
    if (!encap) {
        std::fprintf(stderr, "impair: --push %s: try vlan=100, qinq=100,200, mpls=16, pppoe=1\n",
                     options.push.c_str());
        return 2;
    }
    options.bump.push = *encap;
    return run(options);
}

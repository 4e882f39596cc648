// The whole worker against DPDK's own parts, in one process on one core. bench/run is how people
// start it; bench/README.md says what is measured and how to read it.
#include <rte_eal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bench/pipeline/gateway_lane.h"
#include "bench/pipeline/paced.h"
#include "bench/pipeline/peers.h"
#include "bench/pipeline/report.h"
#include "bench/pipeline/side_by_side.h"
#include "dataplane/flow/flow_table.h"
#include "rules/base/assert.h"

namespace sluice::bench {
namespace {

struct Options {
    bool quick = false;
    bool huge = false;
    std::optional<unsigned> rounds, slot_ms;
    unsigned core = 0;
    std::uint32_t prefixes = 1'000'000, names = 5'000'000;
    double seconds = 10;
    std::string only;
};

// Multiples of a burst.
struct Sizes {
    std::uint32_t few = 65'536, many = 1'000'000, most = 10'000'000, users = 1u << 20;
};

std::string count_text(std::uint32_t n) {
    if (n % 1'000'000 == 0) return std::to_string(n / 1'000'000) + " M";
    return std::to_string(n / 1024) + " k";
}

void run_established(std::uint32_t count, const Catalog& catalog, const SlotPlan& plan) {
    GatewayLane gateway(count, catalog);
    const std::vector<Tuple> flows = gateway.establish(random_flows(count, catalog.users, 3));
    HashLane hash(count);
    hash.establish(flows);
    // rte_hash gives out places in the order flows are added: packets in that order would find its
    // keys and states one behind the other, as no traffic does.
    std::vector<Tuple> visits = flows;
    std::shuffle(visits.begin(), visits.end(), std::mt19937_64(5));
    // Nothing recognises these flows: they are looked at anew until their sixth packet has passed.
    constexpr std::uint64_t kUntilSettled = 6;
    gateway.forward(visits, kUntilSettled * visits.size());
    BareLane bare;
    const std::vector<Contender> contenders = {
        {"rx, swap addresses, tx", [&](auto n) { return bare.forward(visits, n); }},
        {"rte_hash and 64 B of state", [&](auto n) { return hash.forward(visits, n); }},
        {"Sluice", [&](auto n) { return gateway.forward(visits, n); }}};
    print_group(count_text(count) + " established flows", "Mpps", contenders,
                interleave(contenders, plan));
}

// Room: from an empty table to 6 in 10 of its flows, over and over; the way back is not measured.
void run_new(MemoryPort::Frame frame, std::uint32_t flows_max, const Catalog& catalog,
             const Fib& fib, const SlotPlan& plan) {
    const std::string what = frame == MemoryPort::Frame::udp ? "New UDP flows" : "New SYNs";
    NewTuples tuples(catalog.users);
    GatewayLane full(flows_max, catalog, frame), roomy(flows_max, catalog, frame);
    HashLane hash(flows_max);
    BareLane bare;
    hash.begin_flows(tuples, flows_max, fib.get());
    full.begin_flows(tuples, std::uint64_t{flows_max} * 3);
    SLUICE_ASSERT(full.counters().flows_live >= flows_max);
    SlotPlan bounded = plan;
    bounded.packets_max = std::uint64_t{flows_max} * 6 / 10 / bounded.step * bounded.step;
    SLUICE_ASSERT(bounded.packets_max > 0);

    const Contender bare_one{"rx, swap addresses, tx",
                             [&](auto n) { return bare.begin_flows(tuples, n); }};
    const Contender hash_one{"rte_hash del, add and rte_fib",
                             [&](auto n) { return hash.begin_flows(tuples, n, fib.get()); }};
    const std::vector<Contender> evicting = {
        bare_one, hash_one, {"Sluice", [&](auto n) { return full.begin_flows(tuples, n); }}};
    print_group(what + ", full table of " + count_text(flows_max), "M/s", evicting,
                interleave(evicting, plan));
    const std::vector<Contender> with_room = {
        bare_one,
        {"Sluice", [&](auto n) { return roomy.begin_flows(tuples, n); },
         [&] { roomy.expire_all(); }}};
    print_group(what + ", table of " + count_text(flows_max) + " with room", "M/s", with_room,
                interleave(with_room, bounded));
}

void run_lookups(const Catalog& catalog, const Fib& fib, const SlotPlan& plan) {
    UserLookups lookups(catalog, fib);
    lookups.compare();
    const std::vector<Contender> contenders = {
        {"rte_fib_lookup_bulk, DIR24-8", [&](auto n) { return lookups.by_fib(n); }},
        {"Sluice", [&](auto n) { return lookups.by_catalog(n); }}};
    print_group("Whose address, " + std::to_string(catalog.policy.catalog.size()) + " prefixes",
                "M/s", contenders, interleave(contenders, plan));
}

// By the wall clock, one worker on its core.
void run_holds(const Options& options) {
    PacedPlan plan;
    plan.seconds = options.quick ? 0.3 : options.seconds;
    if (options.quick) plan.flows = 8'192, plan.flows_max = 16'384;
    const Catalog catalog =
        make_catalog(options.quick ? 20'000 : options.prefixes, options.quick ? 1u << 14 : 1u << 20,
                     7, options.quick ? 10'000 : options.names);
    print_paced("Bundle of " + std::to_string(catalog.policy.catalog.size()) + " prefixes and " +
                    std::to_string(catalog.policy.names.size()) + " names swapped every second",
                "swaps", plan, hold_through_swaps(catalog, plan));
    print_paced("SYN flood beside " + std::to_string(plan.flows) + " established flows",
                "flows begun by the flood", plan, hold_through_a_flood(catalog, plan));
}

void start_eal(const Options& options) {
    std::vector<std::string> arguments = {"bench",
                                          "--no-pci",
                                          "--no-telemetry",
                                          "--log-level",
                                          "error",
                                          "--lcores",
                                          "0@" + std::to_string(options.core)};
    if (options.huge)
        arguments.push_back("--in-memory");
    else
        arguments.insert(arguments.end(), {"--no-huge", "-m", options.quick ? "256" : "1536"});
    std::vector<char*> raw;
    for (std::string& argument : arguments)
        raw.push_back(argument.data());
    if (rte_eal_init(static_cast<int>(raw.size()), raw.data()) >= 0) return;
    std::fprintf(stderr,
                 "bench: DPDK does not start; with --huge it needs 2 MiB pages set aside "
                 "(sysctl vm.nr_hugepages=1024), and a CPU --core that is there\n");
    std::exit(1);
}

void run(const Options& options) {
    SlotPlan plan;
    plan.rounds = options.rounds.value_or(options.quick ? 3 : 9);
    plan.slot_ns = std::int64_t{options.slot_ms.value_or(options.quick ? 2 : 120)} * 1'000'000;
    if (options.quick) plan.step = 1'024;
    const Sizes sizes = options.quick ? Sizes{4'096, 16'384, 32'768, 1u << 14} : Sizes{};
    const auto wanted = [&](const char* part) {
        return options.only.empty() || options.only == part;
    };

    const flow::FlowTable table(sizes.many, {}, {});
    print_machine(table.code_path(), options.huge, plan);
    std::printf("Hot state of a flow: %.1f bytes\n",
                static_cast<double>(table.memory_bytes()) / sizes.many);
    const Catalog catalog = make_catalog(options.quick ? 20'000 : options.prefixes, sizes.users, 1);
    if (wanted("established")) {
        run_established(sizes.few, catalog, plan);
        run_established(sizes.many, catalog, plan);
    }
    if (options.only == "most") run_established(sizes.most, catalog, plan);
    if (options.only == "holds") run_holds(options);
    if (options.only == "workers")
        print_side_by_side(sizes.many, measure_side_by_side(catalog, sizes.many, plan.rounds,
                                                            options.quick ? 0.05 : 1.0));
    if (!wanted("new") && !wanted("lookups")) return;
    const Fib fib(catalog);
    if (wanted("new"))
        for (const auto frame : {MemoryPort::Frame::udp, MemoryPort::Frame::tcp_syn})
            run_new(frame, sizes.many, catalog, fib, plan);
    if (wanted("lookups")) run_lookups(catalog, fib, plan);
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
    sluice::bench::Options options;
    CLI::App app("The packet path against DPDK's own parts, one core");
    app.add_flag("--quick", options.quick,
                 "small tables, short slots: does it run and answer right");
    app.add_flag("--huge", options.huge, "2 MiB pages for DPDK (the worker takes them by itself)");
    app.add_option("--rounds", options.rounds, "slots of each contender (9)")
        ->check(CLI::Range(1, 999));
    app.add_option("--slot-ms", options.slot_ms, "CPU time of a slot (120)")
        ->check(CLI::Range(1, 9999));
    app.add_option("--core", options.core, "CPU to run on");
    app.add_option("--prefixes", options.prefixes, "size of the catalog")
        ->check(CLI::Range(1'000, 1'000'000));
    app.add_option("--only", options.only, "one part of the table")
        ->check(CLI::IsMember({"established", "new", "lookups", "most", "holds", "workers"}));
    app.add_option("--names", options.names, "names in the bundle that is swapped")
        ->check(CLI::Range(1, 20'000'000));
    app.add_option("--seconds", options.seconds, "how long each of `holds` is paced (10)")
        ->check(CLI::Range(1.0, 3600.0));
    CLI11_PARSE(app, argc, argv);
    sluice::bench::start_eal(options);
    sluice::bench::run(options);
    rte_eal_cleanup();
    return 0;
}

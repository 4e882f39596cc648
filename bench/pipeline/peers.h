// What the worker is compared with: DPDK's own parts, put together as well as we can.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/pipeline/catalog.h"
#include "bench/pipeline/memory_port.h"

struct rte_fib;
struct rte_hash;

namespace sluice::bench {

// rx -> addresses of the Ethernet header change places -> tx: what no forwarder can do without.
class BareLane {
  public:
    std::uint64_t forward(const std::vector<Tuple>& flows, std::uint64_t packets);
    std::uint64_t begin_flows(NewTuples& tuples, std::uint64_t packets);

  private:
    template <class NextTuple>
    void one_burst(bool from_user, NextTuple&& next);
    MemoryPort port_;
    MemoryOutbox outbox_;
    std::size_t at_ = 0;
};

// The same parser, then rte_hash in bulks of 64 over a 16-byte IPv4 key, then 64 bytes of state a
// flow, prefetched: packets, bytes, last seen, verdict. No fragments, IPv6, expiry or eviction.
class HashLane {
  public:
    // Room for flows_max flows and a quarter more, as the worker's table has.
    explicit HashLane(std::uint32_t flows_max);
    ~HashLane();
    HashLane(const HashLane&) = delete;
    HashLane& operator=(const HashLane&) = delete;

    void establish(const std::vector<Tuple>& flows);
    std::uint64_t forward(const std::vector<Tuple>& flows, std::uint64_t packets);
    // Each packet a new flow: looked up, added, its user looked up in `fib`; past flows_max the
    // oldest goes.
    std::uint64_t begin_flows(NewTuples& tuples, std::uint64_t packets, rte_fib* fib);

    struct alignas(16) Key {
        std::uint32_t user = 0, remote = 0;
        std::uint16_t user_port = 0, remote_port = 0;
        std::uint8_t ip_protocol = 0, operator_id = 0;
        std::uint16_t zero = 0;
    };
    static_assert(sizeof(Key) == 16);

  private:
    struct alignas(64) State {
        std::uint64_t bytes;
        std::uint32_t packets, seen_ms;
        std::uint16_t org, generation;
        std::uint8_t verdict, marks;
    };
    static_assert(sizeof(State) == 64);

    unsigned parse(std::span<rte_mbuf*> burst, bool from_user);
    std::uint64_t act(std::span<rte_mbuf*> burst, bool from_user);
    void add(unsigned at, std::uint32_t org);

    rte_hash* hash_;
    State* states_;
    std::vector<Key> age_;  // begin_flows: a ring, the oldest flow next
    std::size_t oldest_ = 0;
    std::uint32_t flows_max_;
    MemoryPort port_;
    MemoryOutbox outbox_;
    std::size_t at_ = 0;
    std::uint32_t now_ms_ = 0;
    std::array<Key, kBurst> keys_;
    std::array<const void*, kBurst> key_pointers_;
    std::array<std::int32_t, kBurst> positions_;
    std::array<rte_mbuf*, kBurst> packets_;
};

// The catalog in rte_fib (DIR24-8, 4-byte values).
class Fib {
  public:
    explicit Fib(const Catalog& catalog);
    ~Fib();
    Fib(const Fib&) = delete;
    Fib& operator=(const Fib&) = delete;
    rte_fib* get() const { return fib_; }

  private:
    rte_fib* fib_;
};

// Users' addresses round and round, in bursts of 64; every one is in the catalog.
class UserLookups {
  public:
    UserLookups(const Catalog& catalog, const Fib& fib);
    std::uint64_t by_fib(std::uint64_t count);
    std::uint64_t by_catalog(std::uint64_t count);
    // Every user once by both: stops the process when an answer differs.
    void compare();

  private:
    void next_burst();
    const Catalog& catalog_;
    rte_fib* fib_;
    std::array<std::uint32_t, kBurst> addresses_;
    std::size_t at_ = 0;
};

}  // namespace sluice::bench

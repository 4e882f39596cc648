#include <rte_fib.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>
#include <rte_malloc.h>

#include <string>

#include "bench/pipeline/peers.h"
#include "dataplane/wire/packet_view.h"
#include "rules/base/assert.h"
#include "rules/model/reason.h"

namespace sluice::bench {
namespace {

constexpr std::uint16_t kGeneration = 1;

HashLane::Key key_of(const wire::PacketView& view, bool from_user) noexcept {
    HashLane::Key key;
    key.user = (from_user ? view.source : view.destination).as_v4();
    key.remote = (from_user ? view.destination : view.source).as_v4();
    key.user_port = from_user ? view.source_port : view.destination_port;
    key.remote_port = from_user ? view.destination_port : view.source_port;
    key.ip_protocol = view.ip_protocol;
    return key;
}

}  // namespace

HashLane::HashLane(std::uint32_t flows_max) : flows_max_(flows_max) {
    static int made = 0;
    const std::string name = "flows" + std::to_string(made++);
    const std::uint32_t entries = flows_max + flows_max / 4;
    rte_hash_parameters parameters{};
    parameters.name = name.c_str();
    parameters.entries = entries;
    parameters.key_len = sizeof(Key);
    parameters.hash_func = rte_hash_crc;
    parameters.socket_id = SOCKET_ID_ANY;
    hash_ = rte_hash_create(&parameters);
    SLUICE_ASSERT(hash_ != nullptr);
    states_ = static_cast<State*>(rte_zmalloc(name.c_str(), sizeof(State) * entries, 64));
    SLUICE_ASSERT(states_ != nullptr);
    for (unsigned i = 0; i < kBurst; ++i)
        key_pointers_[i] = &keys_[i];
}

HashLane::~HashLane() {
    rte_free(states_);
    rte_hash_free(hash_);
}

// Keys of the burst's packets; what cannot be parsed is left out.
unsigned HashLane::parse(std::span<rte_mbuf*> burst, bool from_user) {
    unsigned count = 0;
    for (rte_mbuf* mbuf : burst) {
        wire::PacketView view;
        model::DropReason why{};
        const Bytes frame{rte_pktmbuf_mtod(mbuf, const std::uint8_t*), mbuf->data_len};
        if (!wire::parse_packet_into(frame, mbuf->pkt_len, wire::Link::ethernet, view, why) ||
            view.kind != wire::PacketKind::flow)
            continue;
        keys_[count] = key_of(view, from_user);
        packets_[count++] = mbuf;
    }
    return count;
}

// Returns how many packets had a flow; those without are not sent.
std::uint64_t HashLane::act(std::span<rte_mbuf*> burst, bool from_user) {
    const unsigned count = parse(burst, from_user);
    rte_hash_lookup_bulk(hash_, key_pointers_.data(), count, positions_.data());
    for (unsigned i = 0; i < count; ++i)
        if (positions_[i] >= 0) __builtin_prefetch(&states_[positions_[i]], 1);
    std::uint64_t found = 0;
    for (unsigned i = 0; i < count; ++i) {
        if (positions_[i] < 0) continue;
        State& state = states_[positions_[i]];
        if (state.generation != kGeneration ||
            state.verdict == static_cast<std::uint8_t>(model::Verdict::block))
            continue;
        state.packets += 1;
        state.bytes += packets_[i]->pkt_len;
        state.seen_ms = now_ms_;
        outbox_.forward(from_user ? 1 : 0, packets_[i]);
        ++found;
    }
    return found;
}

void HashLane::add(unsigned at, std::uint32_t org) {
    const std::int32_t position = rte_hash_add_key(hash_, &keys_[at]);
    SLUICE_ASSERT(position >= 0);
    State& state = states_[position];
    state = State{};
    state.packets = 1;
    state.bytes = kFrameSize;
    state.seen_ms = now_ms_;
    state.org = static_cast<std::uint16_t>(org);
    state.generation = kGeneration;
    state.verdict = static_cast<std::uint8_t>(model::Verdict::forward);
}

void HashLane::establish(const std::vector<Tuple>& flows) {
    for (std::size_t at = 0; at < flows.size(); at += kBurst) {
        std::size_t next = at;
        const auto burst = port_.receive(true, [&]() -> const Tuple& { return flows[next++]; });
        const unsigned count = parse(burst, true);
        for (unsigned i = 0; i < count; ++i)
            add(i, 1);
    }
}

std::uint64_t HashLane::forward(const std::vector<Tuple>& flows, std::uint64_t packets) {
    ++now_ms_;
    std::uint64_t done = 0, found = 0;
    for (; done < packets; done += kBurst) {
        const bool from_user = done / kBurst % 2 == 0;
        if (at_ + kBurst > flows.size()) at_ = 0;
        found += act(port_.receive(from_user, [&]() -> const Tuple& { return flows[at_++]; }),
                     from_user);
        outbox_.transmit(from_user ? 1 : 0);
    }
    SLUICE_ASSERT(found == done);
    return done;
}

std::uint64_t HashLane::begin_flows(NewTuples& tuples, std::uint64_t packets, rte_fib* fib) {
    ++now_ms_;
    std::uint64_t done = 0;
    for (; done < packets; done += kBurst) {
        const auto burst = port_.receive(true, [&] { return tuples.next(); });
        const unsigned count = parse(burst, true);
        rte_hash_lookup_bulk(hash_, key_pointers_.data(), count, positions_.data());
        std::array<std::uint32_t, kBurst> users;
        std::array<std::uint64_t, kBurst> orgs;
        for (unsigned i = 0; i < count; ++i)
            users[i] = keys_[i].user;
        rte_fib_lookup_bulk(fib, users.data(), orgs.data(), static_cast<int>(count));
        for (unsigned i = 0; i < count; ++i) {
            SLUICE_ASSERT(positions_[i] < 0 && orgs[i] != 0);
            if (age_.size() < flows_max_) {
                age_.push_back(keys_[i]);
            } else {
                SLUICE_ASSERT(rte_hash_del_key(hash_, &age_[oldest_]) >= 0);
                age_[oldest_] = keys_[i];
                oldest_ = oldest_ + 1 == age_.size() ? 0 : oldest_ + 1;
            }
            add(i, static_cast<std::uint32_t>(orgs[i]));
            outbox_.forward(1, packets_[i]);
        }
        outbox_.transmit(1);
    }
    return done;
}

}  // namespace sluice::bench

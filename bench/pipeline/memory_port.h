// MemoryPort: a port whose packets are written into memory when they are "received", and which
// takes them back when they are "sent". Real mbufs, as many as a NIC has descriptors, used in turn.
#pragma once
#include <rte_mbuf.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/pipeline/traffic.h"
#include "dataplane/flow/table_layout.h"
#include "dataplane/pipeline/outbox.h"

namespace sluice::bench {

inline constexpr unsigned kBurst = flow::kBurstMax;
inline constexpr unsigned kDescriptors = 1024;
inline constexpr std::uint16_t kFrameSize = 64;

class MemoryPort {
  public:
    enum class Frame { udp, tcp_syn };
    // Needs a running EAL; stops the process when it has no memory for 1024 mbufs.
    explicit MemoryPort(Frame frame = Frame::udp);
    ~MemoryPort();
    MemoryPort(const MemoryPort&) = delete;
    MemoryPort& operator=(const MemoryPort&) = delete;

    // kBurst packets of these flows, sent by the user (or by the remote end). As a driver does, the
    // mbuf's lengths are written; of the frame only addresses and ports, the rest never changes.
    template <class NextTuple>
    std::span<rte_mbuf*> receive(bool from_user, NextTuple&& next) noexcept {
        const std::span burst(&ring_[at_], kBurst);
        at_ = (at_ + kBurst) % kDescriptors;
        for (rte_mbuf* mbuf : burst) {
            const Tuple& t = next();
            mbuf->pkt_len = kFrameSize;
            mbuf->data_len = kFrameSize;
            auto* frame = rte_pktmbuf_mtod(mbuf, std::uint8_t*);
            const Ends ends =
                from_user ? Ends{__builtin_bswap32(t.user), __builtin_bswap32(t.remote),
                                 __builtin_bswap16(t.user_port), __builtin_bswap16(t.remote_port)}
                          : Ends{__builtin_bswap32(t.remote), __builtin_bswap32(t.user),
                                 __builtin_bswap16(t.remote_port), __builtin_bswap16(t.user_port)};
            __builtin_memcpy(frame + kEndsAt, &ends, sizeof ends);
        }
        return burst;
    }

  private:
    static constexpr std::size_t kEndsAt = 26;  // in an IPv4 frame without tags
    struct Ends {
        std::uint32_t source, destination;
        std::uint16_t source_port, destination_port;
    };
    static_assert(sizeof(Ends) == 12);

    rte_mempool* pool_;
    std::array<rte_mbuf*, kDescriptors> ring_{};
    std::size_t at_ = 0;
};

// Takes what leaves: counts it, and the MemoryPort uses the mbufs again.
class MemoryOutbox final : public pipeline::Outbox {
  public:
    rte_mbuf* allocate() noexcept override { return nullptr; }

    // As transmit does after each burst: every lane that has packets is emptied.
    std::uint64_t transmit(unsigned port) noexcept {
        const std::uint64_t sent = forwarded_[port].count;
        forwarded_[port].count = 0;
        total_ += sent;
        return sent;
    }
    std::uint64_t total() const { return total_; }

  private:
    void flush() noexcept override {
        for (unsigned port = 0; port < forwarded_.size(); ++port)
            transmit(port);
        for (Lane& lane : own_)
            lane.count = 0;
        dropped_.count = 0;
    }
    std::uint64_t total_ = 0;
};

}  // namespace sluice::bench

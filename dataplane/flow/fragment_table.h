// FragmentTable: virtual reassembly. Nothing is put together; a later fragment gets the ports (and
// so the verdict) of its datagram's first one. Overlaps, tiny heads and oversize end the datagram.
//
//                 ┌ head in time ──► known ──── every byte seen ──► complete ─┐
//   headless ─────┤                    │  └──── timeout_ms ───────────────────┤
//                 └ head_wait_ms ──────┼──────────────────────────────────────┴─► forgotten
//                                      └ a bad fragment: poisoned, until timeout_ms
#pragma once
#include <array>
#include <cstdint>

#include "dataplane/flow/huge_array.h"
#include "dataplane/wire/packet_view.h"
#include "rules/base/result.h"
#include "rules/base/siphash.h"
#include "rules/model/drop_reason.h"

namespace sluice::flow {

inline constexpr unsigned kFragmentsMax = 64;  // a datagram; 46 of 1,500 bytes make 64 KiB

// What a head knows and its datagram's other fragments need.
struct FragmentHead {
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint8_t ip_protocol = 0;
    std::uint8_t tcp_flags = 0;
    std::uint16_t l4_header_size = 0;  // position of a later fragment's data in the TCP stream:
    std::uint32_t tcp_seq = 0;         // tcp_seq + fragment_offset - l4_header_size
    std::uint32_t tcp_ack = 0;
    std::uint16_t tcp_window = 0;
};

enum class FragmentState : std::uint8_t {
    head_known,  // `head` is valid: treat as a packet of that flow
    wait,        // the head has not come: hold the packet (the caller owns the held packets)
};

struct FragmentAnswer {
    FragmentState state = FragmentState::wait;
    FragmentHead head;
    std::uint32_t datagram =
        0;                      // 0..datagrams_max-1: for packets that wait for the datagram's head
    bool head_arrived = false;  // this packet is the head and others may be waiting
};

class FragmentTable {
  public:
    // At most `datagrams_max` (1 or more) fragmented datagrams at a time, each of at most
    // kFragmentsMax fragments. A datagram without its head is given up after `head_wait_ms`, any
    // other is known for `timeout_ms` (RFC 791 3.2: 15 s or more, RFC 8200 4.5: 60 s, Linux: 30 s).
    // The oldest complete or timed-out one makes room for a new one. `hash_key`: a secret drawn at
    // start. Memory: about 330 B a datagram.
    FragmentTable(std::uint32_t datagrams_max, std::uint32_t timeout_ms, std::uint64_t hash_key,
                  std::uint32_t head_wait_ms = 1'000);

    // Records one fragment (fragment_head or fragment_rest) of operator `operator_id`.
    //   returns  the answer, or
    //            fragment_overlap    a part of it is known already: the datagram is poisoned, so
    //            that
    //                                every further fragment of it gets the same (RFC 5722 4)
    //            fragment_oversize   ends beyond 65,535 bytes (IPv4: 20 for the header included),
    //            or
    //                                contradicts the last fragment: poisoned likewise
    //            fragment_duplicate  exactly this one is known
    //            fragment_tiny       carries no byte at all
    //            fragment_table_full no room for another datagram, or for another fragment of it
    // A head for a datagram complete for 100 ms begins another one: senders use ids again.
    Result<FragmentAnswer, model::DropReason> add(const wire::PacketView& packet,
                                                  std::uint8_t operator_id,
                                                  std::uint32_t now_ms) noexcept;
    // Calls on_expired(datagram) for datagrams whose head did not come in time (bounded work per
    // call): the caller drops what it holds for them. on_expired must not call add().
    template <class OnExpired>
    void expire(std::uint32_t now_ms, OnExpired&& on_expired) noexcept {
        for (unsigned i = 0; i < kExpiredMax; ++i) {
            const std::uint32_t datagram = give_up_headless(now_ms);
            if (datagram == kNobody) break;
            on_expired(datagram);
        }
        forget_old(now_ms);
    }
    // Datagrams known now.
    std::uint32_t size() const noexcept { return size_; }
    std::size_t memory_bytes() const noexcept;

  private:
    static constexpr std::uint32_t kNobody = ~0u;
    static constexpr unsigned kExpiredMax = 64;  // a call of expire()

    struct Key {
        IpAddress source, destination;
        std::uint32_t id;
        std::uint8_t operator_id;
        std::uint8_t
            ip_protocol;  // 0 for IPv6, whose ids count per pair of addresses (RFC 8200 4.5)
        std::uint16_t zero;
    };
    static_assert(sizeof(Key) == 40);

    struct Range {
        std::uint16_t from, size;
    };

    // Which list a datagram is in. Each list is in order of `since_ms`.
    enum ListId : std::uint8_t { headless, known, complete, free, kLists };
    struct List {
        std::uint32_t oldest = kNobody, newest = kNobody;
    };

    struct Datagram {
        Key key;
        std::uint32_t since_ms;      // when it came into its list
        std::uint32_t older, newer;  // in its list
        std::uint32_t next;          // in its bucket: index + 1, 0 = none
        std::uint32_t end;           // of the furthest byte seen
        std::uint32_t seen;          // bytes
        FragmentHead head;
        ListId list;
        bool last_seen;  // `end` is where the datagram ends
        bool poisoned;
        model::DropReason poison;
        std::uint8_t fragment_count;
        std::array<Range, kFragmentsMax> fragments;
    };

    static bool is_over(const Datagram& d, std::uint32_t now_ms) noexcept;
    void move_on(std::uint32_t index, bool is_head, std::uint32_t now_ms) noexcept;
    static Key key_of(const wire::PacketView& packet, std::uint8_t operator_id) noexcept;
    std::uint32_t& bucket(const Key& key) noexcept;
    std::uint32_t find(const Key& key) noexcept;
    std::uint32_t begin(const Key& key, ListId list, std::uint32_t now_ms) noexcept;
    void make_room(std::uint32_t now_ms) noexcept;
    void forget(std::uint32_t index) noexcept;
    void leave_list(std::uint32_t index) noexcept;
    void enter_list(std::uint32_t index, ListId list, std::uint32_t now_ms) noexcept;
    std::uint32_t give_up_headless(std::uint32_t now_ms) noexcept;
    void forget_old(std::uint32_t now_ms) noexcept;

    HugeArray<Datagram> datagrams_;
    HugeArray<std::uint32_t> buckets_;  // heads of chains: index + 1, 0 = none
    std::array<List, kLists> lists_;
    std::uint32_t size_ = 0;
    std::uint32_t timeout_ms_, head_wait_ms_;
    HashKey key_;
};

}  // namespace sluice::flow

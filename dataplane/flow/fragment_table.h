// FragmentTable: virtual reassembly. Nothing is put together; a later fragment gets the ports (and
// so the verdict) of its datagram's first one. Overlaps, tiny heads and oversize end the datagram.
#pragma once
#include <cstdint>

#include "dataplane/flow/huge_array.h"
#include "dataplane/wire/packet_view.h"
#include "rules/base/result.h"
#include "rules/model/drop_reason.h"

namespace sluice::flow {

// What a head knows and its datagram's other fragments need.
struct FragmentHead {
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint8_t ip_protocol = 0;
    std::uint8_t tcp_flags = 0;
    std::uint16_t l4_header_size = 0;  // position of a later fragment's data in the TCP stream:
    std::uint32_t tcp_seq = 0;         // tcp_seq + fragment_offset - l4_header_size
};

enum class FragmentState : std::uint8_t {
    head_known,  // `head` is valid: treat as a packet of that flow
    wait,        // the head has not come: hold the packet (the caller owns the held packets)
};

struct FragmentAnswer {
    FragmentState state = FragmentState::wait;
    FragmentHead head;
    std::uint32_t datagram = 0;  // handle for packets that wait for this datagram's head
    bool head_arrived = false;   // this packet is the head and others may be waiting
};

class FragmentTable {
  public:
    // At most `datagrams_max` fragmented datagrams at a time, each of at most 64 fragments, known
    // for at most `timeout_ms`. Oldest datagrams that are complete or timed out make room.
    FragmentTable(std::uint32_t datagrams_max, std::uint32_t timeout_ms);

    // Records one fragment (fragment_head or fragment_rest) of operator `operator_id`.
    //   returns  the answer, or fragment_overlap / _duplicate / _oversize / _table_full. After an
    //            overlap every further fragment of that datagram is an overlap too (RFC 5722 4).
    Result<FragmentAnswer, model::DropReason> add(const wire::PacketView& packet,
                                                  std::uint8_t operator_id,
                                                  std::uint32_t now_ms) noexcept;
    // Calls on_expired(datagram) for datagrams that timed out since the last call (bounded work per
    // call): the caller drops what it holds for them.
    template <class OnExpired>
    void expire(std::uint32_t now_ms, OnExpired&& on_expired) noexcept;
    std::size_t memory_bytes() const noexcept;
};

}  // namespace sluice::flow

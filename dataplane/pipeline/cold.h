// Cold: what is remembered of a TCP or QUIC flow only while it is being classified, held or
// answered; and ColdPool, where they come from. Most flows give theirs back as soon as their
// verdict is final.
//
//   SYN ──► (options kept in the entry) ──► SYN-ACK: Cold taken
//     reading ──► decided ──► acknowledged: Cold given back
//        │           └──► following: plain HTTP keeps it, each request is judged
//        └──► tentative: held too long, released unnamed, still being read
//     paged: the block page was sent; kept to send it again
//     handing ──► taken: in the kernel's sockets, for inspection (hand_over.h); kept until it ends
#pragma once
#include <array>
#include <cstdint>

#include "dataplane/flow/first_bytes.h"
#include "dataplane/flow/flow_table.h"
#include "dataplane/flow/huge_array.h"
#include "dataplane/flow/name_pool.h"
#include "dataplane/pipeline/held.h"
#include "dataplane/pipeline/outbox.h"
#include "dataplane/wire/http_request.h"
#include "dataplane/wire/packet_view.h"
#include "dataplane/wire/quic_initial.h"
#include "rules/base/time.h"

namespace sluice::pipeline {

enum class Phase : std::uint8_t {
    reading,    // the opener's bytes are held until they name something
    tentative,  // they pass and are still read: held too long, or the verdict needs no name
    decided,    // verdict final; first bytes kept until the far end has them
    following,  // plain HTTP: every request head is held until judged
    paged,      // block page sent
    handing,    // the first bytes wait until sockets are there to read them
    taken,      // sockets have the connection: all packets go to the exception path
};

constexpr bool is_handed(Phase phase) { return phase == Phase::handing || phase == Phase::taken; }

// What one end of the connection said of itself, for the handover.
struct TcpEnd {
    std::uint32_t isn = 0;       // initial sequence number
    std::uint32_t next_seq = 0;  // highest sent + 1
    std::uint32_t acked = 0;     // highest acknowledgement it sent
    std::uint16_t window = 0;    // last advertised, unscaled
    bool window_scaled = false;  // by a segment whose window counts in the scale of its SYN
    wire::TcpOptions options;
    // Link header of its packets, as last seen: what Sluice sends towards the other end wears it.
    std::uint8_t link_size = 0;
    std::uint8_t wire = 0;  // and the wire they came by
    std::array<std::uint8_t, 42> link{};
};

// QUIC: what opens the client's Initials, and how far reading them has come.
struct QuicOpening {
    wire::QuicKeys keys;
    std::uint32_t version = 0;  // 0 = no keys yet
    std::uint8_t id_size = 0;
    std::array<std::uint8_t, wire::kConnectionIdMax> id{};  // of the server, the keys come from it
    std::uint16_t datagrams = 0;                            // of the client, read with this record
};

struct Cold {
    flow::Slot slot = flow::kNoSlot;
    Phase phase = Phase::reading;
    bool start_known = false;
    bool in_hold_list = false;
    bool name_decides = true;   // else the verdict was final before any name could be read
    bool chunked = false;       // following: the stream is inside a chunked body
    bool tunnel_asked = false;  // following: what comes next is a request only if that was declined
    std::array<TcpEnd, 2> ends{};  // by Side
    std::uint32_t start = 0;       // sequence number of position 0 of `first` (opener's stream)
    // following: everything before `read_at` was judged, or is body; the last judged head ended at
    // `head_end` and is kept until the far end has it.
    std::uint32_t read_at = 0, head_end = 0;
    // The opener's hello was read, so that the server's answer is (server_hello.cc). Of that:
    bool hello_read = false;
    bool answer_read = false;  // as far as it is wanted, or in vain
    bool upgraded = false;     // TLS or HTTP begins in the middle (STARTTLS, SOCKS)
    std::uint8_t answer_segments = 0;
    std::uint16_t hello_message = 0;  // DTLS: which message `first` is of, and
    std::uint32_t hello_size = 0;     // how long that is
    std::uint32_t answer_start = 0;   // sequence number of position 0 of `answer`
    flow::FirstBytes answer;
    flow::FirstBytes first;
    HeldList held;
    MonoTime held_since;   // of the oldest packet held now
    MonoTime last_growth;  // when the stream last became longer
    flow::NameRef name = flow::kNoName;
    wire::ChunkedBody chunks;
    QuicOpening quic;
    // Handing over: both ends' options are known; a signature forbids it; it is not tried again.
    bool numbers_known = false, options_signed = false, handover_declined = false;
    bool handover_asked = false, handover_stalled = false;
    bool handover_ending = false, handover_over = false;  // told to end; its sockets are closed
    std::uint32_t handover_ending_ms = 0;
    std::uint64_t handover_reference = 0;
    std::uint64_t reference = 0;  // of the block event, printed on the page
    std::uint32_t page_seq = 0;   // paged: where the page begins in the answerer's stream
    std::uint32_t older = kNobody, younger = kNobody;  // hold list, oldest growth first
};

class ColdPool {
  public:
    explicit ColdPool(std::uint32_t cold_max) : records_(cold_max), free_(cold_max) {
        for (std::uint32_t i = 0; i < cold_max; ++i)
            free_[i] = cold_max - 1 - i;
        free_count_ = cold_max;
    }
    // kNobody when the pool is empty. The record is as new.
    std::uint32_t take(flow::Slot slot) noexcept {
        if (free_count_ == 0) return kNobody;
        const std::uint32_t at = free_[--free_count_];
        records_[at] = Cold{};
        records_[at].slot = slot;
        return at;
    }
    void give(std::uint32_t at) noexcept { free_[free_count_++] = at; }
    Cold& operator[](std::uint32_t at) noexcept { return records_[at]; }
    const Cold& operator[](std::uint32_t at) const noexcept { return records_[at]; }
    std::uint32_t used() const noexcept {
        return static_cast<std::uint32_t>(free_.size()) - free_count_;
    }
    std::size_t memory_bytes() const noexcept {
        return records_.memory_bytes() + free_.memory_bytes();
    }

  private:
    flow::HugeArray<Cold> records_;
    flow::HugeArray<std::uint32_t> free_;
    std::uint32_t free_count_ = 0;
};

}  // namespace sluice::pipeline

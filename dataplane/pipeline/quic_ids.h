// QuicIds: the connection ids servers chose for themselves, so that a client that goes on with one
// from another address or port (its NAT forgot it) keeps its name. A client that moves on purpose
// takes an id nobody on the way has seen (RFC 9000 9.5): that is a new flow without a name.
#pragma once
#include <array>
#include <cstdint>

#include "dataplane/flow/flow_entry.h"
#include "dataplane/flow/flow_table.h"
#include "rules/base/bytes.h"
#include "rules/base/siphash.h"

namespace sluice::pipeline {

// One slot a hash: the newest connection wins. 64 KiB a worker.
class QuicIds {
  public:
    // Ids are told by their first bytes: a short header does not say how long its id is.
    static constexpr std::size_t kIdSize = 8;

    explicit QuicIds(HashKey key) : key_(key) {}
    // The flow in `slot`, to `entry`'s remote end, may go on with `id`. Shorter ids are not kept.
    void remember(const flow::FlowEntry& entry, Bytes id, flow::Slot slot) noexcept {
        if (id.size() < kIdSize) return;
        const std::uint32_t tag = tag_of(entry.operator_id, entry.remote, entry.remote_port, id);
        places_[tag % places_.size()] = {tag, slot};
    }
    // The flow whose server chose this id; kNoSlot. The slot may be another flow's by now.
    flow::Slot find(const flow::FlowEntry& entry, Bytes id) const noexcept {
        if (id.size() < kIdSize) return flow::kNoSlot;
        const std::uint32_t tag = tag_of(entry.operator_id, entry.remote, entry.remote_port, id);
        const Place& place = places_[tag % places_.size()];
        return place.tag == tag ? place.slot : flow::kNoSlot;
    }

  private:
    struct Place {
        std::uint32_t tag = 0;
        flow::Slot slot = flow::kNoSlot;
    };
    std::uint32_t tag_of(std::uint8_t operator_id, const IpAddress& remote, std::uint16_t port,
                         Bytes id) const noexcept {
        SipHash sip(key_);
        sip.word(siphash13(key_, Bytes(remote.bytes.data(), remote.bytes.size())));
        sip.word(std::uint64_t{operator_id} << 16 | port);
        const auto hash =
            static_cast<std::uint32_t>(sip.finish(siphash13(key_, id.first(kIdSize))));
        return hash == 0 ? 1 : hash;
    }
    HashKey key_;
    std::array<Place, 8'192> places_{};
};

}  // namespace sluice::pipeline

// PastTable: the last datagrams of flows that nothing has recognised yet. Direct-mapped and
// bounded: two flows that meet in one place push each other out, and are then told a datagram
// later.
#pragma once
#include <algorithm>
#include <memory>

#include "dataplane/detect/detect.h"

namespace sluice::detect {

class PastTable {
  public:
    static constexpr std::size_t kPlaces = 4096;  // 72 bytes each: 288 KiB a worker

    PastTable() : places_(std::make_unique<Place[]>(kPlaces)) {}

    // What is known of the flow in `slot`; nothing when its record is another's.
    const Past* find(std::uint32_t slot) const noexcept {
        const Place& place = places_[slot % kPlaces];
        return place.owner == owner_of(slot) ? &place.past : nullptr;
    }
    // A flow's first datagram: what its slot's last owner left goes, whoever that was. Stores only,
    // so that a flood of new flows waits for no line.
    void begin(std::uint32_t slot, bool from_user, Bytes payload) noexcept {
        places_[slot % kPlaces] = {owner_of(slot), {}};
        remember(slot, from_user, payload);
    }
    void remember(std::uint32_t slot, bool from_user, Bytes payload) noexcept {
        Place& place = places_[slot % kPlaces];
        if (place.owner != owner_of(slot)) place = {owner_of(slot), {}};
        Glimpse& seen = from_user ? place.past.from_user : place.past.from_remote;
        seen.size = static_cast<std::uint16_t>(std::min<std::size_t>(payload.size(), 0xffff));
        seen.kept = static_cast<std::uint8_t>(std::min(payload.size(), Glimpse::kHeadSize));
        std::copy_n(payload.begin(), seen.kept, seen.head.begin());
    }
    std::size_t memory_bytes() const noexcept { return kPlaces * sizeof(Place); }

  private:
    struct Place {
        std::uint64_t owner = 0;  // slot + 1; 0 = nobody
        Past past;
    };
    static std::uint64_t owner_of(std::uint32_t slot) { return std::uint64_t{slot} + 1; }

    std::unique_ptr<Place[]> places_;
};

}  // namespace sluice::detect

// Sides: a capture has no wire with two sides, so for each packet it is worked out which end is the
// user, whose operator's, and which way the packet went. The catalogued end is the user; with both
// or neither catalogued the end that opened the flow is.
#pragma once
#include <cstdint>
#include <map>
#include <tuple>

#include "dataplane/pipeline/outbox.h"
#include "dataplane/wire/packet_view.h"
#include "rules/lookup/bundle_view.h"

namespace sluice::replay {

struct Placement {
    pipeline::Side side = pipeline::Side::user;  // the packet came in from here
    OperatorId operator_id;
};

class Sides {
  public:
    // `fallback`: whose a flow is when no operator has either end in its catalog.
    Sides(const lookup::BundleView& bundle, OperatorId fallback)
        : bundle_(bundle), fallback_(fallback) {}

    Placement place(const wire::PacketView& packet);

  private:
    struct Conversation {
        IpAddress low, high;
        std::uint16_t low_port, high_port;
        std::uint8_t ip_protocol;
        auto operator<=>(const Conversation&) const = default;
    };
    std::optional<OperatorId> operator_of(const IpAddress& address) const;
    bool source_opened(const wire::PacketView& packet);

    const lookup::BundleView& bundle_;
    OperatorId fallback_;
    std::map<Conversation, bool> low_opened_;
};

}  // namespace sluice::replay

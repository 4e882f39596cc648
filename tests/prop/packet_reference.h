// A second reading of packets, slow and written differently: layer calls layer, every byte is taken
// one by one, a drop is thrown. Made from the contract in packet_view.h alone, as its oracle.
#pragma once
#include "dataplane/wire/packet_view.h"

namespace sluice::wire::reference {

Result<PacketView, model::DropReason> parse_packet(Bytes frame, std::uint32_t wire_size, Link link);

}  // namespace sluice::wire::reference

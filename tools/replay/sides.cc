#include "tools/replay/sides.h"

#include "dataplane/pipeline/opener.h"

namespace sluice::replay {

std::optional<OperatorId> Sides::operator_of(const IpAddress& address) const {
    if (fallback_.raw() < bundle_.operator_count() && bundle_.is_catalogued(fallback_, address))
        return fallback_;
    for (std::size_t i = 0; i < bundle_.operator_count(); ++i) {
        const OperatorId op{static_cast<std::uint8_t>(i)};
        if (bundle_.is_catalogued(op, address)) return op;
    }
    return std::nullopt;
}

bool Sides::source_opened(const wire::PacketView& p) {
    const bool ports = p.kind != wire::PacketKind::fragment_rest;
    const bool query = p.ip_protocol == wire::kIcmp || p.ip_protocol == wire::kIcmp6;
    const std::uint16_t from = ports ? p.source_port : std::uint16_t{0};
    const std::uint16_t to = ports && !query ? p.destination_port : std::uint16_t{0};
    const bool source_is_low =
        query || from == to ? p.source < p.destination
                            : std::tie(p.source, from) < std::tie(p.destination, to);
    Conversation key{p.source, p.destination, from, query ? from : to, p.ip_protocol};
    if (!source_is_low) key = {p.destination, p.source, query ? from : to, from, p.ip_protocol};
    const bool opened = pipeline::opened_by_sender(p);
    const auto [at, first] = low_opened_.try_emplace(key, opened == source_is_low);
    // Later fragments have no ports: they follow the latest conversation of their addresses.
    if (first && p.kind == wire::PacketKind::fragment_head)
        low_opened_[{key.low, key.high, 0, 0, key.ip_protocol}] = at->second;
    return at->second == source_is_low;
}

Placement Sides::place(const wire::PacketView& packet) {
    const auto source = operator_of(packet.source);
    const auto destination = operator_of(packet.destination);
    Placement placement{pipeline::Side::user, fallback_};
    bool source_is_user = true;
    if (source.has_value() != destination.has_value()) {
        source_is_user = source.has_value();
        placement.operator_id = source_is_user ? *source : *destination;
    } else {
        source_is_user = source_opened(packet);
        if (source) placement.operator_id = source_is_user ? *source : *destination;
    }
    // An ICMP error travels against the packet it quotes, whose addresses these are.
    const bool sent_by_user = source_is_user != (packet.kind == wire::PacketKind::icmp_error);
    placement.side = sent_by_user ? pipeline::Side::user : pipeline::Side::internet;
    return placement;
}

}  // namespace sluice::replay

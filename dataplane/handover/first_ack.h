// The first segment a socket of a flow handed over gets: a pure acknowledgement in its peer's name,
// so that it knows the peer's timestamp before it speaks (no socket option sets ts_recent).
#pragma once
#include <cstdint>
#include <span>

#include "rules/ipc/handover.h"

namespace sluice::handover {

inline constexpr std::size_t kFirstAckMax = 40 + 32;  // IPv6 and TCP with timestamps [bytes]

// The IP packet from the user's side, or from the remote's. Returns its size. source: RFC 7323 4.3.
std::size_t write_first_ack(const ipc::HandoverFlow& flow, bool from_user,
                            std::span<std::uint8_t, kFirstAckMax> out) noexcept;

}  // namespace sluice::handover

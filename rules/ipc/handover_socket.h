// One handover message with its descriptors over a socket, either way, never waiting. Used by all
// three ends: the data plane's workers, sluice-broker and sluice-inspect.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "rules/base/result.h"
#include "rules/ipc/handover.h"

namespace sluice::ipc {

// What came: a checked message and the descriptors beside it, which are the receiver's to close.
struct HandoverArrival {
    HandoverMessage message;
    std::array<int, kHandoverDescriptorsMax> descriptors = {-1, -1};
    unsigned descriptor_count = 0;
};

enum class ArrivalError : std::uint8_t {
    nothing,  // no message waits
    closed,   // the other end has gone
    bad,      // not a message, or not with the descriptors its kind has: cut the connection
};

// Connects to the broker: SOCK_SEQPACKET, non-blocking, close on exec. -1 when nobody listens.
int connect_broker(const std::string& path) noexcept;

// False when it was not sent: the other end reads too slowly (errno EAGAIN) or has gone.
bool send_handover(int socket, const HandoverMessage& message,
                   std::span<const int> descriptors = {}) noexcept;

// The next message. Descriptors beside a message that is refused are closed here.
Result<HandoverArrival, ArrivalError> receive_handover(int socket) noexcept;

}  // namespace sluice::ipc

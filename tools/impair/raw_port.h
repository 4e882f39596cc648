// An interface as raw frames (AF_PACKET): what comes in is what was on the wire, VLAN tags
// included. Linux takes the outer tag off before a packet socket sees the frame and hands it over
// beside the data (PACKET_AUXDATA); it is put back here.
#pragma once
#include <string>

#include "rules/base/result.h"
#include "tools/impair/encap.h"

namespace sluice::impair {

class RawPort {
  public:
    // Needs CAP_NET_RAW. On failure: a sentence that names the interface and the cause.
    static Result<RawPort, std::string> open(const std::string& interface);

    RawPort(RawPort&& other) noexcept;
    RawPort& operator=(RawPort&&) = delete;
    ~RawPort();

    int descriptor() const { return fd_; }

    // The next frame that has arrived, into `frame`; false when there is none now.
    bool receive(Frame& frame);

    // False when the kernel refused it (link down, queue full, longer than the MTU).
    bool send(const Frame& frame);

  private:
    explicit RawPort(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace sluice::impair

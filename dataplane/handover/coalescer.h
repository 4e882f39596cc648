// What goes to the kernel by a tun queue: segments of one flow that follow each other become one
// large packet (as GRO does), for the kernel's way in costs by the packet. Anything else passes as
// it is, in its order. What is not right to the last bit is left for the kernel to refuse.
#pragma once
#include <array>
#include <cstdint>
#include <functional>

#include "dataplane/handover/kernel_segments.h"
#include "dataplane/handover/tcp_packet.h"
#include "rules/base/bytes.h"

namespace sluice::handover {

// Where frames go, virtio header included; `packets` of the wire are in it.
class FrameSink {
  public:
    virtual void write(Bytes frame, unsigned packets) noexcept = 0;

  protected:
    ~FrameSink() = default;
};

class Coalescer {
  public:
    explicit Coalescer(FrameSink& sink) : sink_(sink) {}

    // One IP packet, whole. It has been written, or waits for the next one.
    void add(Bytes ip) noexcept;
    // What waits is written: at the latest when a burst ends.
    void flush() noexcept;

  private:
    bool follows(Bytes ip, const TcpPacket& packet) const noexcept;
    void begin(Bytes ip, const TcpPacket& packet) noexcept;
    void append(Bytes ip, const TcpPacket& packet) noexcept;
    void pass(Bytes ip) noexcept;

    FrameSink& sink_;
    TcpPacket first_;            // of what waits; size grows
    unsigned packets_ = 0;       // that wait
    std::uint32_t segment_ = 0;  // payload of each of them [bytes]
    std::uint32_t next_seq_ = 0;
    std::array<std::uint8_t, kFrameMax> frame_{};
};

}  // namespace sluice::handover

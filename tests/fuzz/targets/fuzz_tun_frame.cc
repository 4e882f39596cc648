// A frame of a tun queue, and the same bytes as a packet on its way to one. Segments are whole
// packets with right checksums that hold the frame's payload once; what is coalesced comes out
// again.
#include <memory>
#include <vector>

#include "dataplane/handover/coalescer.h"
#include "dataplane/handover/kernel_segments.h"
#include "rules/base/assert.h"

using namespace sluice;

namespace {

struct Sink final : handover::FrameSink {
    unsigned packets = 0;
    void write(Bytes frame, unsigned count) noexcept override {
        SLUICE_ASSERT(frame.size() >= handover::kVnetHeader && count > 0);
        packets += count;
    }
};

void cut(Bytes frame) {
    const auto segments = handover::KernelSegments::of(frame);
    if (!segments) return;
    std::size_t payload = 0, headers = 0;
    std::vector<std::uint8_t> out;
    for (unsigned i = 0; i < segments->count(); ++i) {
        out.resize(segments->size(i));
        segments->write(i, out);
        const auto packet = handover::parse_tcp_packet(out);
        SLUICE_ASSERT(packet && packet->size == out.size());
        SLUICE_ASSERT(handover::checksums_right(out, *packet));
        payload += packet->payload();
        headers = packet->headers;
    }
    SLUICE_ASSERT(payload + headers <= frame.size() - handover::kVnetHeader);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > handover::kFrameMax - handover::kVnetHeader) return 0;
    const Bytes bytes{data, size};
    cut(bytes);
    Sink sink;
    const auto coalescer = std::make_unique<handover::Coalescer>(sink);
    // The same packet twice and its halves: whatever follows whatever.
    for (const Bytes part : {bytes, bytes, bytes.first(size / 2), bytes.subspan(size / 2)})
        coalescer->add(part);
    coalescer->flush();
    SLUICE_ASSERT(sink.packets == 4);
    return 0;
}

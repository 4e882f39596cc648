// Fuzzes tunnelled() over a frame, layer by layer: what is carried lies inside what carries it.
#include "dataplane/wire/tunnel.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

void check(Bytes frame, std::uint32_t wire_size, wire::Link link) {
    for (unsigned depth = 0; depth < wire::kTunnelsMax; ++depth) {
        const auto view = wire::parse_packet(frame, wire_size, link);
        if (!view) return;
        const auto inner = wire::tunnelled(frame, *view);
        if (!inner) return;
        SLUICE_ASSERT(!inner->packet.empty() && inner->packet.data() > frame.data());
        SLUICE_ASSERT(inner->packet.data() + inner->packet.size() <= frame.data() + frame.size());
        SLUICE_ASSERT(inner->wire_size >= inner->packet.size());
        frame = inner->packet;
        wire_size = inner->wire_size;
        link = inner->link;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const wire::Link link = data[0] % 2 == 0 ? wire::Link::ethernet : wire::Link::raw_ip;
    const Bytes frame{data + 1, size - 1};
    const auto wire_size = static_cast<std::uint32_t>(frame.size());
    test::for_prefixes(frame, [&](Bytes prefix) { check(prefix, wire_size, link); });
    return 0;
}

// Fuzzes the recognisers. The first byte holds ports and direction; the rest is tried as a stream
// (answers on prefixes must be consistent) and as a datagram.
#include "dataplane/detect/detect.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

constexpr std::uint16_t kPorts[] = {53, 5353, 123, 67, 546, 500, 4500, 443, 25, 40'000};

detect::FirstBytesView view_of(std::uint8_t selector, Bytes bytes) {
    const std::uint16_t port = kPorts[(selector >> 2) % std::size(kPorts)];
    const bool at_user = (selector & 2) != 0;
    return {6,
            at_user ? port : std::uint16_t{50'000},
            at_user ? std::uint16_t{50'000} : port,
            (selector & 1) != 0,
            bytes,
            0};
}

void check_stream(std::uint8_t selector, Bytes stream) {
    const auto last = detect::detect_tcp(view_of(selector, stream));
    test::for_prefixes(stream, [&](Bytes prefix) {
        const auto early = detect::detect_tcp(view_of(selector, prefix));
        SLUICE_ASSERT((early.answer == detect::Answer::no) <=
                      (early.protocol == model::Protocol::unknown));
        SLUICE_ASSERT(early.answer != detect::Answer::yes ||
                      early.protocol != model::Protocol::unknown);
        if (early.answer == detect::Answer::maybe) return;
        SLUICE_ASSERT(early.answer == last.answer && early.protocol == last.protocol);
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Bytes rest{data + 1, size - 1};
    check_stream(data[0], rest);
    detect::FirstBytesView view = view_of(data[0], rest);
    view.ip_protocol = 17;
    const model::Protocol protocol = detect::detect_udp(view);
    SLUICE_ASSERT(protocol == detect::detect_udp(view));
    return 0;
}

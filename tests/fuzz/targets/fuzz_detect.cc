// Fuzzes the recognisers. The first byte holds ports and direction; the rest is tried as a stream
// (answers on prefixes must be consistent) and as a datagram.
#include <memory>

#include "dataplane/detect/detect.h"
#include "dataplane/detect/past.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

const auto kPast = std::make_unique<detect::PastTable>();

constexpr std::uint16_t kPorts[] = {53, 5353, 123, 67, 546, 500, 4500, 443, 25, 40'000};

detect::FirstBytesView view_of(std::uint8_t selector, Bytes bytes) {
    const std::uint16_t port = kPorts[(selector >> 2) % std::size(kPorts)];
    const bool at_user = (selector & 2) != 0;
    return {6, at_user ? port : std::uint16_t{50'000}, at_user ? std::uint16_t{50'000} : port,
            (selector & 1) != 0, bytes};
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
    const auto alone = detect::detect_udp(view);
    SLUICE_ASSERT(alone.answer != detect::Answer::maybe);
    SLUICE_ASSERT((alone.answer == detect::Answer::yes) ==
                  (alone.protocol != model::Protocol::unknown));
    SLUICE_ASSERT((alone.answer == detect::Answer::yes) ==
                  (alone.confidence != model::Confidence::none));
    // The same bytes as two datagrams: what came before may only add an answer.
    detect::PastTable& past = *kPast;
    past.begin(1, (data[0] & 0x40) != 0, rest.first(rest.size() / 2));
    view.past = past.find(1);
    const auto after = detect::detect_udp(view);
    SLUICE_ASSERT(alone.answer == detect::Answer::no || after.answer == detect::Answer::yes);
    (void)detect::looks_like_noise(rest);
    return 0;
}

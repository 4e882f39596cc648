// NTP: a time message on port 123 (RFC 5905 7.3; version 1 to 4).
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

// Seconds as powers of two: what daemons send (-6 to 17), 0 from simple clients.
bool is_poll(std::uint8_t byte) { return byte <= 17 || byte >= 0xfa; }

// A fraction of a second, 0 from simple clients, 32 from those that hide their clock's.
bool is_precision(std::uint8_t byte) { return byte == 0 || byte == 32 || byte >= 0xe0; }

}  // namespace

Answer ntp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeaderSize = 48, kStratumMax = 16;
    // Control messages (modes 6 and 7) are not time; what abuses them should not pass as it.
    constexpr unsigned kModeMax = 5;
    const Bytes bytes = view.bytes;
    if (!view.has_port(123) || bytes.size() < kHeaderSize || bytes.size() % 4 != 0)
        return Answer::no;  // extension fields and digests are whole words
    const unsigned version = bytes[0] >> 3 & 7u, mode = bytes[0] & 7u;
    const bool plausible = version >= 1 && version <= 4 && mode >= 1 && mode <= kModeMax &&
                           bytes[1] <= kStratumMax && is_poll(bytes[2]) && is_precision(bytes[3]);
    return plausible ? Answer::yes : Answer::no;
}

}  // namespace sluice::detect

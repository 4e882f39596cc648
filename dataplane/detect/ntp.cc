// words: ntp
// looks at: a time message: version, mode, stratum, poll and precision within what clocks send, and
//   a time stamp where its mode has one
// limits: control messages (modes 6 and 7) are told by port only; a client that sends an empty
//   message of 48 bytes is told
// source: RFC 5905 7.3; versions 1 to 4
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// Seconds as powers of two: what daemons send (-6 to 17), 0 from simple clients.
bool is_poll(std::uint8_t byte) { return byte <= 17 || byte >= 0xfa; }

// A fraction of a second, 0 from simple clients, 32 from those that hide their clock's.
bool is_precision(std::uint8_t byte) { return byte == 0 || byte == 32 || byte >= 0xe0; }

}  // namespace

Answer ntp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeaderSize = 48, kLargest = 1024;
    constexpr std::uint8_t kStratumMax = 16;
    constexpr unsigned kModeMax = 5, kClient = 3;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kHeaderSize || bytes.size() > kLargest || bytes.size() % 4 != 0)
        return Answer::no;  // extension fields and digests are whole words
    const unsigned version = bytes[0] >> 3 & 7u, mode = bytes[0] & 7u;
    const bool plausible = version >= 1 && version <= 4 && mode >= 1 && mode <= kModeMax &&
                           bytes[1] <= kStratumMax && is_poll(bytes[2]) && is_precision(bytes[3]);
    if (!plausible) return Answer::no;
    // Root delay and dispersion are seconds in 16.16: below half a minute. Servers have sent a
    // time.
    const bool small = be32(bytes, 4) < 0x00200000 && be32(bytes, 8) < 0x00200000;
    const bool timed = be32(bytes, 40) != 0 &&
                       (mode == kClient || be32(bytes, 16) != 0 || bytes[1] == 0 || bytes[1] == 16);
    const bool empty = mode == kClient && all_zero(bytes.subspan(12, 36));
    return yes_if(small && (timed || empty));
}

}  // namespace sluice::detect

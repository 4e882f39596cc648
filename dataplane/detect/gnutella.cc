// words: gnutella
// looks at: the handshake's line; of Gnutella 2 its datagram header; of Gnutella a message whose
//   mark and length fit; of its DHT a request whose length fits and whose vendor is named
// limits: old servents that do not mark their identifiers are told as likely
// source: RFC-Gnutella 0.6, 2.1, 2.2; Gnutella2 standard, "UDP Transceiver"; LimeWire Mojito DHT,
//   gtk-gnutella src/dht/kmsg.h
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// identifier16 | function | time to live | hops | length, little endian
constexpr std::size_t kHeaderSize = 23;

bool is_message(Bytes bytes) {
    if (bytes.size() < kHeaderSize) return false;
    const std::uint8_t function = bytes[16], live = bytes[17], hops = bytes[18];
    const bool known = function == 0x00 || function == 0x01 || function == 0x30 ||
                       function == 0x31 || function == 0x32 || function == 0x40 ||
                       function == 0x80 || function == 0x81;
    return known && live >= 1 && live <= 8 && hops <= 8 &&
           le32(bytes, 19) + kHeaderSize == bytes.size();
}
// identifier16 | 0x44 | version2 | length, little endian | operation | vendor, four letters |
// version2 | identifier of the node20: the frame of a Gnutella message around a Kademlia one.
bool is_dht(Bytes bytes) {
    constexpr std::uint8_t kDht = 0x44, kOperationMax = 16;
    constexpr std::size_t kContactSize = 1 + 4 + 2 + 20;
    if (bytes.size() < kHeaderSize + kContactSize || bytes[16] != kDht) return false;
    const Bytes vendor = bytes.subspan(kHeaderSize + 1, 4);
    return bytes[17] <= 1 && bytes[18] <= 1 && le32(bytes, 19) + kHeaderSize == bytes.size() &&
           bytes[kHeaderSize] >= 1 && bytes[kHeaderSize] <= kOperationMax &&
           std::all_of(vendor.begin(), vendor.end(),
                       [](std::uint8_t c) { return c >= 'A' && c <= 'Z'; }) &&
           !all_zero(bytes.first(16));
}
bool is_marked(Bytes bytes) { return bytes[8] == 0xff && bytes[15] == 0; }

}  // namespace

Answer gnutella_over_tcp(const FirstBytesView& view) noexcept {
    const Answer asks = starts_with(view.bytes, "GNUTELLA CONNECT/");
    return asks != Answer::no ? asks : starts_with(view.bytes, "GNUTELLA/0.");
}

Answer gnutella_over_udp(const FirstBytesView& view) noexcept {
    if (is_message(view.bytes) && is_marked(view.bytes)) return Answer::yes;
    if (is_dht(view.bytes)) return Answer::yes;
    std::uint8_t flags = 0, part = 0, count = 0;
    Probe probe(view.bytes);  // "GND", flags (unknown ones above), sequence, part, of how many (0
                              // in acknowledgements)
    probe.is("GND").u8(flags).fail_unless((flags & 15) <= 3).skip(2).u8(part).u8(count);
    return yes_if(whole(probe) && part >= 1 && (count == 0 || part <= count));
}

Answer old_gnutella_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(is_message(view.bytes) && !all_zero(view.bytes.first(16)));
}

}  // namespace sluice::detect

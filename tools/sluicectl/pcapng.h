// A pcapng file as it is written: section, interfaces, packets, statistics
// (draft-ietf-opsawg-pcapng). Blocks as bytes, so that a test can read them back.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::ctl {

using Octets = std::span<const std::uint8_t>;

// Section header, with what wrote it.
std::string pcapng_section(std::string_view application);
// An Ethernet interface with nanosecond times; interfaces are numbered in the order of writing.
std::string pcapng_interface(std::string_view name, std::uint32_t snap_bytes);
struct PcapngPacket {
    std::uint32_t interface = 0;
    std::int64_t utc_ns = 0;
    std::uint32_t wire_bytes = 0;  // on the wire; `bytes` may be fewer
    Octets bytes;
    std::string_view comment;
};
std::string pcapng_packet(const PcapngPacket& packet);
// What an interface received and lost (isb_ifrecv, isb_ifdrop).
std::string pcapng_statistics(std::uint32_t interface, std::int64_t utc_ns, std::uint64_t received,
                              std::uint64_t lost);

}  // namespace sluice::ctl

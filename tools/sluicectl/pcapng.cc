// Blocks of pcapng, in the byte order of this machine: the section header says which.
#include "tools/sluicectl/pcapng.h"

#include <cstring>

namespace sluice::ctl {
namespace {

enum Block : std::uint32_t {
    kSection = 0x0a0d0d0a,
    kInterface = 1,
    kStatistics = 5,
    kPacket = 6,
};
constexpr std::uint16_t kLinkEthernet = 1;

template <class Number>
void put(std::string& out, Number value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
    put(out, code);
    put(out, static_cast<std::uint16_t>(value.size()));
    out += value;
    pad(out);
}
template <class Number>
void put_number_option(std::string& out, std::uint16_t code, Number value) {
    put_option(out, code, {reinterpret_cast<const char*>(&value), sizeof value});
}
void end_options(std::string& out) { put(out, std::uint32_t{0}); }

// Type, length, body, length.
std::string block(std::uint32_t type, const std::string& body) {
    const auto size = static_cast<std::uint32_t>(body.size() + 12);
    std::string out;
    put(out, type);
    put(out, size);
    out += body;
    put(out, size);
    return out;
}

void put_time(std::string& out, std::int64_t utc_ns) {
    const auto ns = static_cast<std::uint64_t>(utc_ns);
    put(out, static_cast<std::uint32_t>(ns >> 32));
    put(out, static_cast<std::uint32_t>(ns));
}

}  // namespace

std::string pcapng_section(std::string_view application) {
    std::string body;
    put(body, std::uint32_t{0x1a2b3c4d});
    put(body, std::uint16_t{1});
    put(body, std::uint16_t{0});
    put(body, std::int64_t{-1});  // of unknown length
    put_option(body, 4, application);
    end_options(body);
    return block(kSection, body);
}

std::string pcapng_interface(std::string_view name, std::uint32_t snap_bytes) {
    std::string body;
    put(body, kLinkEthernet);
    put(body, std::uint16_t{0});
    put(body, snap_bytes);
    put_option(body, 2, name);
    put_number_option(body, 9, std::uint8_t{9});  // times in 10^-9 s
    end_options(body);
    return block(kInterface, body);
}

std::string pcapng_packet(const PcapngPacket& packet) {
    std::string body;
    put(body, packet.interface);
    put_time(body, packet.utc_ns);
    put(body, static_cast<std::uint32_t>(packet.bytes.size()));
    put(body, packet.wire_bytes);
    body.append(reinterpret_cast<const char*>(packet.bytes.data()), packet.bytes.size());
    pad(body);
    if (!packet.comment.empty()) {
        put_option(body, 1, packet.comment);
        end_options(body);
    }
    return block(kPacket, body);
}

std::string pcapng_statistics(std::uint32_t interface, std::int64_t utc_ns, std::uint64_t received,
                              std::uint64_t lost) {
    std::string body;
    put(body, interface);
    put_time(body, utc_ns);
    put_number_option(body, 4, received);
    put_number_option(body, 5, lost);
    end_options(body);
    return block(kStatistics, body);
}

}  // namespace sluice::ctl

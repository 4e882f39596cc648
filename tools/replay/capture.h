// Capture: packets of a pcap or pcapng file, one after the other, as far as the file is readable.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dataplane/wire/link.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "tools/replay/pcapng.h"

struct pcap;

namespace sluice::replay {

struct CapturedPacket {
    Bytes bytes;                  // what was captured; valid until the next next()
    std::uint32_t wire_size = 0;  // what it measured on the wire, >= bytes.size()
    std::int64_t time_ns = 0;     // since 1970
    std::uint32_t link_type = 0;  // as the file numbers it; wire::link_of_type() knows some
};

class Capture {
  public:
    // The error says why the file cannot be read at all, and what to do.
    static Result<Capture, std::string> open(const std::string& path);

    // Nothing at the end of the file, and where it is damaged: then damage() says so.
    std::optional<CapturedPacket> next();

    // Empty unless the file ended before its last packet did.
    const std::string& damage() const { return damage_; }

  private:
    std::optional<CapturedPacket> next_of_pcap();
    std::optional<CapturedPacket> next_of_pcapng();

    struct Close {
        void operator()(pcap* handle) const;
    };
    // One of the two: libpcap reads pcap files, and we read what it reads in part only.
    std::unique_ptr<pcap, Close> handle_;
    std::unique_ptr<PcapngFile> pcapng_;
    std::string damage_;
};

// What a link type is called, for people.
std::string link_type_name(std::uint32_t link_type);

}  // namespace sluice::replay

// Capture: packets of a pcap or pcapng file, one after the other, as far as the file is readable.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dataplane/wire/link.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"

struct pcap;

namespace sluice::replay {

struct CapturedPacket {
    Bytes bytes;                  // what was captured; valid until the next next()
    std::uint32_t wire_size = 0;  // what it measured on the wire, >= bytes.size()
    std::int64_t time_ns = 0;     // since 1970
};

class Capture {
  public:
    // The error says why the file cannot be read at all, and what to do.
    static Result<Capture, std::string> open(const std::string& path);

    // Nothing at the end of the file, and where it is damaged: then damage() says so.
    std::optional<CapturedPacket> next();

    // Nothing when the link type is one Sluice does not look into.
    std::optional<wire::Link> link() const { return link_; }
    std::string link_name() const;
    // Empty unless the file ended before its last packet did.
    const std::string& damage() const { return damage_; }

  private:
    struct Close {
        void operator()(pcap* handle) const;
    };
    std::unique_ptr<pcap, Close> handle_;
    std::optional<wire::Link> link_;
    std::string damage_;
};

}  // namespace sluice::replay

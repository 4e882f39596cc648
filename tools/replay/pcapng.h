// PcapngFile: the packets of a pcapng file, each with the link type of the interface it came by.
// libpcap reads one link type a file; captures of several interfaces often hold more.
#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/bytes.h"

namespace sluice::replay {

struct PcapngPacket {
    Bytes bytes;                  // what was captured; valid until the next next()
    std::uint32_t wire_size = 0;  // as the file says
    std::int64_t time_ns = 0;     // since 1970; of a simple packet block the time of the one before
    std::uint32_t link_type = 0;  // LINKTYPE_ number
};

class PcapngFile {
  public:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    using File = std::unique_ptr<std::FILE, Close>;

    static constexpr std::uint32_t kMagic = 0x0a0d0d0a;         // the same in both byte orders
    static constexpr std::uint32_t kBlockBytesMax = 16u << 20;  // of one block
    static constexpr std::size_t kInterfacesMax = 65'536;       // of one section

    // `file` is read from where it stands: the beginning of a section header block.
    explicit PcapngFile(File file) : file_(std::move(file)) {}

    // Nothing at the end of the file, and where it is damaged: then damage() says so.
    //   reads   section headers of either byte order, interface descriptions (link type, resolution
    //           and offset of times), enhanced, simple and old packet blocks; skips all others
    //   source  draft-ietf-opsawg-pcapng
    std::optional<PcapngPacket> next();

    const std::string& damage() const { return damage_; }

  private:
    struct Interface {
        std::uint32_t link_type = 0, snap_bytes = 0;
        std::uint64_t units_per_second = 1'000'000;
        std::int64_t offset_s = 0;
    };
    enum class Step : std::uint8_t { block, end, damaged };

    Step read_block();
    bool read_section(std::uint32_t& size_field);
    bool read_interface(Bytes body);
    void read_option(Interface& interface, std::uint16_t code, Bytes value) const;
    std::optional<PcapngPacket> read_packet(Bytes body);
    std::optional<PcapngPacket> packet_of(std::size_t interface, std::uint64_t units, Bytes data,
                                          std::uint32_t wire_size);
    std::uint16_t u16(Bytes bytes, std::size_t at) const;
    std::uint32_t u32(Bytes bytes, std::size_t at) const;
    bool fail(std::string what);

    File file_;
    bool big_endian_ = false;
    std::uint32_t type_ = 0;           // of the block in `block_`
    std::vector<std::uint8_t> block_;  // its body
    std::vector<Interface> interfaces_;
    std::int64_t last_ns_ = 0;
    std::string damage_;
};

}  // namespace sluice::replay

// What the configuration calls a port's device: a PCI address, or a virtual device of DPDK.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::io {

struct DeviceName {
    enum class Bus : std::uint8_t { pci, vdev } bus = Bus::pci;
    // pci: "0000:03:00.0"; vdev: "net_af_packet7". Names the DPDK port, so it is unique.
    std::string name;
    std::string arguments;  // "iface=op1-user,qpairs=1"; may be empty
};

// "0000:03:00.0", "03:00.0" (domain 0) or "net_DRIVER[NUMBER][,arguments]". A virtual device
// without a number gets `number`, so that two ports of one driver do not meet; give each port its
// own. Nothing for any other text.
std::optional<DeviceName> parse_device(std::string_view text, unsigned number);

}  // namespace sluice::io

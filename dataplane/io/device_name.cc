// Tells PCI addresses from virtual devices.
#include "dataplane/io/device_name.h"

#include <algorithm>
#include <cctype>

namespace sluice::io {
namespace {

bool hex(std::string_view text, std::size_t width) {
    return text.size() == width &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// domain:bus:device.function with the domain optional; function 0..7.
std::optional<std::string> pci_address(std::string_view text) {
    std::string_view domain = "0000", rest = text;
    if (text.size() == 12 && text[4] == ':') {
        domain = text.substr(0, 4);
        rest = text.substr(5);
    }
    if (rest.size() != 7 || rest[2] != ':' || rest[5] != '.') return std::nullopt;
    if (!hex(domain, 4) || !hex(rest.substr(0, 2), 2) || !hex(rest.substr(3, 2), 2))
        return std::nullopt;
    if (rest[6] < '0' || rest[6] > '7') return std::nullopt;
    std::string address = std::string(domain) + ":" + std::string(rest);
    std::ranges::transform(address, address.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return address;
}

}  // namespace

std::optional<DeviceName> parse_device(std::string_view text, unsigned number) {
    const std::size_t comma = text.find(',');
    const std::string_view head = text.substr(0, comma);
    const std::string_view arguments =
        comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    if (auto address = pci_address(head))
        return DeviceName{DeviceName::Bus::pci, std::move(*address), std::string(arguments)};
    constexpr std::string_view kPrefix = "net_";
    const bool word = std::ranges::all_of(head, [](unsigned char c) {
        return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
    });
    if (!head.starts_with(kPrefix) || head.size() == kPrefix.size() || !word) return std::nullopt;
    DeviceName device{DeviceName::Bus::vdev, std::string(head), std::string(arguments)};
    if (std::isdigit(static_cast<unsigned char>(head.back())) == 0)
        device.name += std::to_string(number);
    return device;
}

}  // namespace sluice::io

// Link types by number and by name.
#include "dataplane/wire/link.h"

namespace sluice::wire {

std::optional<Link> link_of_type(std::uint32_t number) noexcept {
    switch (number) {
        case 1:
            return Link::ethernet;
        case 12:   // DLT_RAW of most systems
        case 14:   // DLT_RAW of OpenBSD
        case 101:  // LINKTYPE_RAW
        case 228:  // LINKTYPE_IPV4
        case 229:  // LINKTYPE_IPV6
            return Link::raw_ip;
        case 113:
            return Link::linux_sll;
        case 276:
            return Link::linux_sll2;
        case 0:    // LINKTYPE_NULL
        case 108:  // LINKTYPE_LOOP
            return Link::null_loop;
        case 9:   // LINKTYPE_PPP
        case 50:  // LINKTYPE_PPP_HDLC: the same with FF 03 always there
            return Link::ppp;
        default:
            return std::nullopt;
    }
}

std::string_view name_of(Link link) noexcept {
    constexpr std::string_view kNames[kLinkCount] = {"ethernet",   "raw_ip",    "linux_sll",
                                                     "linux_sll2", "null_loop", "ppp"};
    return kNames[static_cast<std::size_t>(link)];
}

}  // namespace sluice::wire

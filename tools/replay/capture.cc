#include "tools/replay/capture.h"

#include <pcap/pcap.h>

#include <algorithm>

namespace sluice::replay {
namespace {

std::optional<wire::Link> link_of(int dlt) {
    switch (dlt) {
        case DLT_EN10MB:
            return wire::Link::ethernet;
        case DLT_RAW:
        case DLT_IPV4:
        case DLT_IPV6:
            return wire::Link::raw_ip;
        case DLT_LINUX_SLL:
            return wire::Link::linux_sll;
        case DLT_LINUX_SLL2:
            return wire::Link::linux_sll2;
        case DLT_NULL:
        case DLT_LOOP:
            return wire::Link::null_loop;
        case DLT_PPP:
        case DLT_PPP_SERIAL:
            return wire::Link::ppp;
        default:
            return std::nullopt;
    }
}

}  // namespace

void Capture::Close::operator()(pcap* handle) const { pcap_close(handle); }

Result<Capture, std::string> Capture::open(const std::string& path) {
    char error[PCAP_ERRBUF_SIZE] = {};
    pcap_t* handle =
        pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error);
    if (handle == nullptr)
        return Err{std::string(error) + "; a pcap or pcapng file is expected"};
    Capture capture;
    capture.handle_.reset(handle);
    capture.link_ = link_of(pcap_datalink(handle));
    return capture;
}

std::optional<CapturedPacket> Capture::next() {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int got = pcap_next_ex(handle_.get(), &header, &bytes);
    if (got == 1)
        return CapturedPacket{.bytes = Bytes(bytes, header->caplen),
                              .wire_size = std::max(header->len, header->caplen),
                              .time_ns = std::int64_t{header->ts.tv_sec} * 1'000'000'000 +
                                         header->ts.tv_usec};  // nanoseconds, as asked for
    if (got != PCAP_ERROR_BREAK) damage_ = pcap_geterr(handle_.get());
    return std::nullopt;
}

std::string Capture::link_name() const {
    const int dlt = pcap_datalink(handle_.get());
    const char* name = pcap_datalink_val_to_description(dlt);
    return name != nullptr ? name : "link type " + std::to_string(dlt);
}

}  // namespace sluice::replay

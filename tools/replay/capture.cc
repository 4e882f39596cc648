#include "tools/replay/capture.h"

#include <pcap/pcap.h>

#include <algorithm>

namespace sluice::replay {
namespace {

// The file at its beginning when it is pcapng; nothing when it is not, or cannot be opened.
PcapngFile::File open_pcapng(const std::string& path) {
    PcapngFile::File file(std::fopen(path.c_str(), "rb"));
    std::uint8_t magic[4];
    if (!file || std::fread(magic, sizeof magic, 1, file.get()) != 1 ||
        be32(magic, 0) != PcapngFile::kMagic)
        return nullptr;
    std::rewind(file.get());
    return file;
}

}  // namespace

void Capture::Close::operator()(pcap* handle) const { pcap_close(handle); }

Result<Capture, std::string> Capture::open(const std::string& path) {
    Capture capture;
    if (auto file = open_pcapng(path)) {
        capture.pcapng_ = std::make_unique<PcapngFile>(std::move(file));
        return capture;
    }
    char error[PCAP_ERRBUF_SIZE] = {};
    capture.handle_.reset(
        pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error));
    if (!capture.handle_) return Err{std::string(error) + "; a pcap or pcapng file is expected"};
    return capture;
}

std::optional<CapturedPacket> Capture::next() {
    return pcapng_ ? next_of_pcapng() : next_of_pcap();
}

std::optional<CapturedPacket> Capture::next_of_pcap() {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int got = pcap_next_ex(handle_.get(), &header, &bytes);
    if (got == 1)
        return CapturedPacket{
            .bytes = Bytes(bytes, header->caplen),
            .wire_size = std::max(header->len, header->caplen),
            .time_ns = std::int64_t{header->ts.tv_sec} * 1'000'000'000 +
                       header->ts.tv_usec,  // nanoseconds, as asked for
            .link_type = static_cast<std::uint32_t>(pcap_datalink(handle_.get()))};
    if (got != PCAP_ERROR_BREAK) damage_ = pcap_geterr(handle_.get());
    return std::nullopt;
}

std::optional<CapturedPacket> Capture::next_of_pcapng() {
    const auto packet = pcapng_->next();
    if (!packet) {
        damage_ = pcapng_->damage();
        return std::nullopt;
    }
    const auto captured = static_cast<std::uint32_t>(packet->bytes.size());
    return CapturedPacket{.bytes = packet->bytes,
                          .wire_size = std::max(packet->wire_size, captured),
                          .time_ns = packet->time_ns,
                          .link_type = packet->link_type};
}

std::string link_type_name(std::uint32_t link_type) {
    const char* name = pcap_datalink_val_to_description(static_cast<int>(link_type));
    return name != nullptr ? name : "link type " + std::to_string(link_type);
}

}  // namespace sluice::replay

#include "certs/log/segment.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "certs/log/entry.h"

namespace sluice::certs {
namespace {

constexpr std::string_view kMagic = "SLUICEL1";
constexpr std::size_t kNameDigits = 16;

bool take_hash(ByteReader& reader, Hash& out) {
    Bytes bytes;
    if (!reader.take(out.size(), bytes)) return false;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return true;
}

}  // namespace

std::string segment_name(std::uint64_t first_index) {
    char name[kNameDigits + sizeof kSegmentSuffix];
    std::snprintf(name, sizeof name, "%016llx%s", static_cast<unsigned long long>(first_index),
                  kSegmentSuffix);
    return name;
}

std::optional<std::uint64_t> segment_index(std::string_view file_name) {
    std::uint64_t index = 0;
    std::from_chars(file_name.data(), file_name.data() + std::min(kNameDigits, file_name.size()),
                    index, 16);
    if (file_name != segment_name(index)) return std::nullopt;
    return index;
}

std::vector<std::uint8_t> segment_head(const CompactTree& before) {
    std::vector<std::uint8_t> head(kMagic.begin(), kMagic.end());
    for (int shift = 56; shift >= 0; shift -= 8)
        head.push_back(static_cast<std::uint8_t>(before.size() >> shift));
    head.push_back(static_cast<std::uint8_t>(before.peaks().size()));
    for (const Hash& peak : before.peaks())
        head.insert(head.end(), peak.begin(), peak.end());
    const Hash check = ipc::sha256(std::as_bytes(std::span(head)));
    head.insert(head.end(), check.begin(), check.end());
    return head;
}

void add_record(std::vector<std::uint8_t>& out, Bytes entry, const Hash& leaf) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(entry.size() >> shift));
    out.insert(out.end(), entry.begin(), entry.end());
    out.insert(out.end(), leaf.begin(), leaf.end());
}

std::optional<SegmentHead> parse_segment_head(Bytes file) {
    ByteReader reader(file);
    Bytes magic;
    std::uint32_t high = 0, low = 0;
    std::uint8_t count = 0;
    if (!reader.take(kMagic.size(), magic) || as_text(magic) != kMagic || !reader.u32(high) ||
        !reader.u32(low) || !reader.u8(count))
        return std::nullopt;
    std::vector<Hash> peaks(count);
    for (Hash& peak : peaks)
        if (!take_hash(reader, peak)) return std::nullopt;
    SegmentHead head;
    const std::size_t hashed = file.size() - reader.left();
    Hash check{};
    if (!take_hash(reader, check) || check != ipc::sha256(std::as_bytes(file.first(hashed))) ||
        !CompactTree::from_peaks(std::uint64_t{high} << 32 | low, std::move(peaks), head.before))
        return std::nullopt;
    head.bytes = file.size() - reader.left();
    return head;
}

bool RecordReader::next(Bytes& entry, Hash& leaf) {
    ByteReader ahead = reader_;
    std::uint32_t size = 0;
    if (!ahead.u32(size) || size > kLogEntryBytesMax || !ahead.take(size, entry) ||
        !take_hash(ahead, leaf) || leaf != leaf_hash(entry))
        return false;
    reader_ = ahead;
    return true;
}

}  // namespace sluice::certs

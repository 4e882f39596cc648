// Hashes of address pairs.
#include "dataplane/io/steering.h"

#include <bit>
#include <cstring>

#include "dataplane/wire/packet_view.h"
#include "rules/base/assert.h"

namespace sluice::io {
namespace {

constexpr unsigned kBucketBits = 6;
static_assert(Steering::kBuckets == 1u << kBucketBits);

// 32 bits of the repeated word, from bit `at` of it on (0 = first on the wire).
std::uint32_t window(std::uint16_t word, unsigned at) {
    const std::uint16_t turned = std::rotl(word, static_cast<int>(at));
    return std::uint32_t{turned} << 16 | turned;
}

// The bucket of each single bit of the folded addresses, first on the wire first.
std::array<std::uint8_t, 16> buckets_of_bits(std::uint16_t word) {
    std::array<std::uint8_t, 16> buckets{};
    for (unsigned at = 0; at < 16; ++at)
        buckets[at] = static_cast<std::uint8_t>(window(word, at) & (Steering::kBuckets - 1));
    return buckets;
}

// Whether those 16 reach every bucket: Gauss' elimination over one bit.
bool reaches_all(std::array<std::uint8_t, 16> rows) {
    unsigned rank = 0;
    for (unsigned bit = 0; bit < kBucketBits; ++bit) {
        unsigned pivot = rank;
        while (pivot < rows.size() && (rows[pivot] >> bit & 1) == 0)
            ++pivot;
        if (pivot == rows.size()) return false;
        std::swap(rows[rank], rows[pivot]);
        for (unsigned i = 0; i < rows.size(); ++i)
            if (i != rank && (rows[i] >> bit & 1) != 0) rows[i] ^= rows[rank];
        ++rank;
    }
    return true;
}

std::uint64_t load64(const IpAddress& address, std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, address.bytes.data() + at, sizeof value);
    return value;
}

std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

IpAddress mapped_v4(Bytes frame, std::size_t at) { return IpAddress::v4(be32(frame, at)); }

IpAddress v6(Bytes frame, std::size_t at) {
    IpAddress address;
    std::memcpy(address.bytes.data(), frame.data() + at, address.bytes.size());
    return address;
}

bool is_tag(unsigned type) { return type == 0x8100 || type == 0x88a8; }
// Protocols that are what they seem: no extension header, and no error that quotes another packet.
bool is_plain(unsigned protocol) { return protocol == wire::kTcp || protocol == wire::kUdp; }

}  // namespace

Steering::Steering(unsigned workers, Hash hash, const HashKey& secret)
    : workers_(workers), hash_(hash), secret_(secret) {
    SLUICE_ASSERT(workers >= 1 && workers <= kBuckets);
    SipHash draw(secret);
    // Most words do; 0x6d5a, which papers use, does too.
    word_ = static_cast<std::uint16_t>(draw.finish(0x63617264));
    while (!reaches_all(buckets_of_bits(word_)))
        ++word_;
    const auto buckets = buckets_of_bits(word_);
    for (unsigned byte = 0; byte < 256; ++byte)
        for (unsigned bit = 0; bit < 8; ++bit)
            if ((byte >> (7 - bit) & 1) != 0) {
                bits_[0][byte] ^= buckets[bit];
                bits_[1][byte] ^= buckets[8 + bit];
            }
    for (unsigned bucket = 0; bucket < kBuckets; ++bucket)
        worker_of_bucket_[bucket] = static_cast<std::uint8_t>(bucket % workers);
}

void Steering::fill_card_key(std::span<std::uint8_t> key) const {
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = static_cast<std::uint8_t>(i % 2 == 0 ? word_ >> 8 : word_ & 0xff);
}

// A key that repeats every 16 bits: the hash of all words is that of their sum. What IPv4 mapped
// has more than IPv4 cancels out.
unsigned Steering::toeplitz_bucket(const IpAddress& a, const IpAddress& b) const noexcept {
    std::uint64_t sum = load64(a, 0) ^ load64(a, 8) ^ load64(b, 0) ^ load64(b, 8);
    sum ^= sum >> 32;
    sum ^= sum >> 16;
    // As they lie in memory: the byte that is first on the wire is the low one here.
    static_assert(std::endian::native == std::endian::little);
    return bits_[0][sum & 0xff] ^ bits_[1][sum >> 8 & 0xff];
}

std::uint64_t Steering::keyed(const IpAddress& a, const IpAddress& b) const noexcept {
    const std::uint64_t one = fold_product(load64(a, 0) ^ secret_.low, load64(a, 8) ^ secret_.high);
    const std::uint64_t two = fold_product(load64(b, 0) ^ secret_.low, load64(b, 8) ^ secret_.high);
    // Sum and product know no order.
    return fold_product((one + two) ^ secret_.high, (one ^ two) + secret_.low);
}

unsigned Steering::worker_of(const IpAddress& a, const IpAddress& b) const noexcept {
    if (hash_ == Hash::toeplitz) return worker_of_bucket_[toeplitz_bucket(a, b)];
    const std::uint64_t high = keyed(a, b) >> 32;
    return static_cast<unsigned>(high * workers_ >> 32);
}

unsigned Steering::worker_of(Bytes frame, std::uint32_t wire_size, unsigned here) const noexcept {
    constexpr std::size_t kIpv4 = 20, kIpv6 = 40;
    if (frame.size() < 14 + kIpv4) [[unlikely]]
        return worker_of_parsed(frame, wire_size, here);
    std::size_t l3 = 14;
    unsigned type = be16(frame, 12);
    for (unsigned tags = 0; tags < 4 && is_tag(type) && frame.size() >= l3 + 4 + kIpv4; ++tags) {
        type = be16(frame, l3 + 2);
        l3 += 4;
    }
    if (type == 0x0800 && is_plain(frame[l3 + 9]))
        return worker_of(mapped_v4(frame, l3 + 12), mapped_v4(frame, l3 + 16));
    if (type == 0x86dd && frame.size() >= l3 + kIpv6 && is_plain(frame[l3 + 6]))
        return worker_of(v6(frame, l3 + 8), v6(frame, l3 + 24));
    return worker_of_parsed(frame, wire_size, here);
}

// MPLS, PPPoE, extension headers, ICMP: as the worker will read it.
unsigned Steering::worker_of_parsed(Bytes frame, std::uint32_t wire_size,
                                    unsigned here) const noexcept {
    wire::PacketView view;
    model::DropReason why{};
    if (!wire::parse_packet_into(frame, wire_size, wire::Link::ethernet, view, why) ||
        view.kind == wire::PacketKind::non_ip)
        return here;
    return worker_of(view.source, view.destination);
}

}  // namespace sluice::io

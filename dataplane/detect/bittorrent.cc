// words: bittorrent
// looks at: the peer handshake, a tracker's announce over HTTP or UDP, the distributed hash table's
//   dictionaries, local discovery, and uTP's SYN answered with its own numbers
// limits: encrypted peers (MSE) look like noise: told as obfuscated, if at all. A uTP flow joined
//   in its middle takes both directions
// source: BEP 3, 5, 10, 14, 15, 29
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

Answer announce(Bytes bytes) {
    constexpr std::size_t kLineMax = 1024;
    bool may = false;
    for (const std::string_view path : {"GET /announce", "GET /scrape"}) {
        const Answer start = starts_with(bytes, path);
        may = may || start == Answer::maybe;
        if (start != Answer::yes) continue;
        const std::string_view seen = as_text(bytes.first(std::min(bytes.size(), kLineMax)));
        const std::size_t end = seen.find('\n');
        if (seen.substr(0, end).find("info_hash=") != std::string_view::npos) return Answer::yes;
        return end == std::string_view::npos && seen.size() < kLineMax ? Answer::maybe : Answer::no;
    }
    return may ? Answer::maybe : Answer::no;
}

// type and version | extension | connection | time | difference | window | sequence | acknowledged
constexpr std::size_t kUtpSize = 20;
constexpr std::uint8_t kSyn = 0x41, kState = 0x21;

bool is_dictionary(std::string_view text) {
    // bencoded, keys in order: a(rguments), e(rror), ip, r(esponse), in front of q, t, v, y
    return text.starts_with("d1:ad2:id20:") || text.starts_with("d1:rd2:id20:") ||
           text.starts_with("d1:eli") || text.starts_with("d2:ip6:") ||
           text.starts_with("d2:ip4:") || text.starts_with("d1:rd1:ad") ||
           text.starts_with("d1:q4:ping") || text.starts_with("d1:q9:find_node");
}

}  // namespace

Answer bittorrent_over_tcp(const FirstBytesView& view) noexcept {
    const Answer peer = starts_with(view.bytes,
                                    "\x13"
                                    "BitTorrent protocol");
    return peer != Answer::no ? peer : announce(view.bytes);
}

Answer bittorrent_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kTrackerHigh = 0x417, kTrackerLow = 0x27101980;
    const std::string_view text = as_text(view.bytes);
    if (text.starts_with("\x13"
                         "BitTorrent protocol") ||
        text.starts_with("BT-SEARCH * HTTP/1."))
        return Answer::yes;
    if (is_dictionary(text) && text.ends_with('e')) return Answer::yes;
    return yes_if(view.bytes.size() == 16 && be32(view.bytes, 0) == kTrackerHigh &&
                  be32(view.bytes, 4) == kTrackerLow && be32(view.bytes, 8) == 0);
}

Answer utp_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < kUtpSize || (bytes[0] & 15) != 1 || bytes[1] > 2) return Answer::no;
    const Glimpse* other = view.last_of_other();
    if (other == nullptr || other->size < kUtpSize) return Answer::no;
    const Bytes asked = other->bytes();
    if ((asked[0] & 15) != 1 || asked[0] >> 4 > 4 || bytes[0] >> 4 > 4) return Answer::no;
    // The SYN is sent with the receiving number, everything later with that number + 1.
    if (asked[0] == kSyn && bytes[0] == kState)
        return yes_if(be16(asked, 2) == be16(bytes, 2) && be16(asked, 16) == be16(bytes, 18));
    const std::uint16_t apart = static_cast<std::uint16_t>(be16(asked, 2) - be16(bytes, 2));
    const std::uint16_t behind = static_cast<std::uint16_t>(be16(asked, 16) - be16(bytes, 18));
    return yes_if((apart == 1 || apart == 0xffff) && behind <= 1 && be32(bytes, 8) != 0);
}

}  // namespace sluice::detect

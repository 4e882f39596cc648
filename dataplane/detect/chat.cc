// words: irc xmpp whatsapp telegram wechat
// looks at: first commands of IRC, XMPP's stream header, WhatsApp's Noise prologue, Telegram's
//   clear transports and what its calls say to a reflector, WeChat's message header
// limits: Telegram's usual transport is enciphered from the first byte and looks like noise;
//   Signal, Viber, Line and Threema are told by name
// source: RFC 2812 3.1; RFC 6120 4; WhatsApp Noise pipes: observed; Telegram MTProto transports,
//   its reflectors: libtgvoip; WeChat mmtls: observed
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

Answer one_of(Bytes bytes, std::initializer_list<std::string_view> words) {
    Answer best = Answer::no;
    for (const std::string_view word : words) {
        const Answer answer = starts_with(bytes, word);
        if (answer == Answer::yes) return answer;
        if (answer == Answer::maybe) best = answer;
    }
    return best;
}

}  // namespace

Answer irc_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLineMax = 512;  // RFC 2812 2.3
    const Answer start =
        one_of(view.bytes, {"NICK ", "CAP LS", "CAP REQ", "USER ", ":", "NOTICE AUTH", "NOTICE *"});
    if (start != Answer::yes) return start;
    if (view.bytes[0] == 'N' && view.bytes[1] == 'O') return Answer::yes;
    const FirstLine line = first_line(view.bytes, kLineMax);
    if (line.answer != Answer::yes) return line.answer;
    if (line.text.starts_with("USER "))
        return yes_if(line.text.find(" :") != std::string_view::npos);
    if (line.text.starts_with("NICK "))
        return yes_if(line.text.size() > 5 && line.text.find(' ', 5) == std::string_view::npos);
    if (line.text[0] != ':') return Answer::yes;
    return yes_if(line.text.find(" NOTICE ") != std::string_view::npos ||
                  line.text.find(" 001 ") != std::string_view::npos ||
                  line.text.find(" PRIVMSG ") != std::string_view::npos ||
                  line.text.find(" JOIN ") != std::string_view::npos);
}
Answer xmpp_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLooked = 512;
    const Answer direct = starts_with(view.bytes, "<stream:stream");
    if (direct != Answer::no) return direct;
    const Answer start = starts_with(view.bytes, "<?xml ");
    if (start != Answer::yes) return start;
    const std::string_view seen = as_text(view.bytes.first(std::min(view.bytes.size(), kLooked)));
    const Answer more = seen.size() < kLooked ? Answer::maybe : Answer::no;
    const std::size_t end = seen.find("?>");  // the next element says it
    if (end == std::string_view::npos) return more;
    const std::size_t next = seen.find_first_not_of(" \r\n\t", end + 2);
    if (next == std::string_view::npos) return more;
    return starts_with(as_bytes(seen.substr(next)), "<stream:stream");
}
Answer whatsapp_over_tcp(const FirstBytesView& view) noexcept {
    using namespace std::string_view_literals;
    const Answer edge = starts_with(view.bytes, "ED\0\1"sv);
    if (edge != Answer::no) return edge;
    return Probe(view.bytes).is("WA").between(1, 9).between(0, 9).answer();
}
Answer telegram_over_tcp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;  // abridged and intermediate: a message without a key begins
    if (bytes[0] == 0xef) return Probe(bytes).is(0xef).between(5, 0x7e).zeros(8).answer();
    Probe probe(bytes);
    probe.is(0xee).is(0xee).is(0xee).is(0xee).u32_le_in(20, 4096).zeros(8);
    return probe.answer();
}
// To and from a reflector of calls: the call's tag of 16 bytes, then twelve of ones where a tag of
// the other end would go on, then what is asked and words of it.
Answer telegram_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kTagSize = 16, kOnes = 12, kSmallest = 40, kLargest = 128;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kSmallest || bytes.size() > kLargest || bytes.size() % 4 != 0)
        return Answer::no;
    const Bytes ones = bytes.subspan(kTagSize, kOnes);
    if (!std::all_of(ones.begin(), ones.end(), [](std::uint8_t b) { return b == 0xff; }))
        return Answer::no;
    std::size_t filled = 0;  // a tag is random; paddings and pictures are not
    for (std::size_t i = 1; i < kTagSize; ++i)
        filled += bytes[i] != bytes[i - 1] && bytes[i] != 0 && bytes[i] != 0xff;
    return yes_if(filled >= kTagSize - 5 && bytes[kTagSize + kOnes] != 0xff);
}
Answer wechat_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);  // length, header of 16 bytes, version 1, command
    probe.u32_in(16, 64 * 1024).u16_in(16, 16).u16_in(1, 1).u16_in(0, 0);
    return probe.answer();
}

}  // namespace sluice::detect

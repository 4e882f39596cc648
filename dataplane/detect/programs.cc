// words: delivery_optimisation ajp fix source_engine raknet minecraft steam
// looks at: magics and handshakes
// limits: games are told only where it costs nothing
// source: MS-DO (Swarm); AJP 1.3; FIX 4.4 volume 1; Valve developer wiki, "Server queries"; RakNet
//   OfflineMessageIds; Minecraft protocol, "Handshake"; Steam client: observed
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer delivery_optimisation_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "\x0eSwarm protocol");
}
Answer ajp_over_tcp(const FirstBytesView& view) noexcept {
    std::uint16_t size = 0;
    std::uint8_t code = 0;
    Probe probe(view.bytes);
    probe.is(0x12).is(0x34).u16(size).fail_unless(size >= 1 && size <= 8192).u8(code);
    return probe.fail_unless(code == 2 || code == 7 || code == 8 || code == 10).answer();
}
Answer fix_over_tcp(const FirstBytesView& view) noexcept {
    // 8=version, 9=length of the body, 35=kind, each with SOH behind; only the version is a free
    // word.
    constexpr std::size_t kVersionMax = 10, kDigitsMax = 7;
    constexpr std::uint8_t kEnd = 1;
    const Answer usual = Probe(view.bytes).is("8=FIX").any_of({'.', 'T'}).answer();
    if (usual != Answer::no) return usual;
    const Bytes bytes = view.bytes;
    Probe probe(bytes);
    probe.is("8=").between('A', 'Z');
    std::size_t n = 1;
    while (probe.ok() && probe.left() != 0 && bytes[probe.at()] != kEnd)
        probe.printable(1).fail_unless(++n <= kVersionMax);
    probe.is(kEnd).is("9=").between('0', '9');
    n = 1;
    while (probe.ok() && probe.left() != 0 && bytes[probe.at()] != kEnd)
        probe.between('0', '9').fail_unless(++n <= kDigitsMax);
    return probe.is(kEnd).is("35=").printable(1).answer();
}
Answer source_engine_over_udp(const FirstBytesView& view) noexcept {
    const std::string_view text = as_text(view.bytes);
    if (!text.starts_with("\xff\xff\xff\xff") || text.size() < 5) return Answer::no;
    const std::string_view rest = text.substr(4);
    if (rest.starts_with("TSource Engine Query") || rest.starts_with("getstatus") ||
        rest.starts_with("getinfo") || rest.starts_with("getchallenge") ||
        rest.starts_with("getservers"))
        return Answer::yes;
    const bool asks = rest[0] == 'U' || rest[0] == 'V' || rest[0] == 'A';
    if (asks) return yes_if(rest.size() == 5);
    return yes_if(rest[0] == 'I' && rest.size() > 20 && rest.find('\0') != std::string_view::npos);
}
Answer raknet_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::string_view kMagic(
        "\x00\xff\xff\x00\xfe\xfe\xfe\xfe\xfd\xfd\xfd\xfd\x12\x34\x56\x78", 16);
    const std::string_view text = as_text(view.bytes);
    for (const std::size_t at : {1, 9, 17})
        if (text.size() > at && text.substr(at).starts_with(kMagic)) return Answer::yes;
    return Answer::no;
}
Answer minecraft_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kHostMax = 120;
    std::uint8_t size = 0, host = 0, version = 0;
    Probe probe(view.bytes);  // length, packet 0, version (varint), host, port, state
    probe.u8(size).fail_unless(size >= 8 && size < 0x80).zeros(1).u8(version);
    if (probe.ok() && (version & 0x80) != 0) probe.between(0, 0x7f);
    probe.u8(host).fail_unless(host >= 1 && host <= kHostMax).printable(host).skip(2);
    return probe.between(1, 3).answer();
}
Answer steam_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(as_text(view.bytes).starts_with("VS01"));
}
Answer steam_over_tcp(const FirstBytesView& view) noexcept {
    return Probe(view.bytes).u32_le_in(1, 64 * 1024).is("VT01").answer();
}

}  // namespace sluice::detect

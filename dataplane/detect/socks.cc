// words: socks
// looks at: the client's greeting: version 5 with the methods it offers, or version 4 with a
//   command, a port, an address and a name
// limits: answered as likely; the address asked for is not followed, but TLS and HTTP behind it are
//   read like any others (pipeline/hello.cc)
// source: RFC 1928 3; "SOCKS 4A" (Y. Lee)
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

bool is_method(std::uint8_t method) { return method <= 9 || method == 0x80 || method == 0x81; }

// As a client writes them: few, each once, and either "none" or "password" among them.
bool are_methods(Bytes methods) {
    bool usual = false;
    for (std::size_t i = 0; i < methods.size(); ++i) {
        if (!is_method(methods[i])) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (methods[j] == methods[i]) return false;
        usual = usual || methods[i] == 0 || methods[i] == 2;
    }
    return usual;
}

Answer version_5(Bytes bytes) {
    constexpr std::uint8_t kMethodsMax = 8;
    std::uint8_t count = 0;
    Probe probe(bytes);
    probe.is(0x05).u8(count).fail_unless(count >= 1 && count <= kMethodsMax);
    for (std::size_t i = 0; i < count && i < probe.left(); ++i)
        if (!is_method(probe.rest()[i])) return Answer::no;
    const std::size_t start = probe.at();
    probe.skip(count);
    if (!probe.ok()) return probe.answer();
    // A stream that goes on at once must go on with a request or a password.
    return yes_if(are_methods(bytes.subspan(start, count)));
}

Answer text_and_zero(Bytes bytes, std::size_t& at, std::size_t size_max) {
    for (std::size_t size = 0; size <= size_max; ++size, ++at) {
        if (at >= bytes.size()) return Answer::maybe;
        if (bytes[at] == 0) return Answer::yes;
        if (bytes[at] < '!' || bytes[at] > '~') return Answer::no;
    }
    return Answer::no;
}

Answer version_4(Bytes bytes) {
    constexpr std::size_t kUserMax = 64, kNameMax = 253;
    std::uint32_t address = 0;
    std::uint16_t port = 0;
    Probe probe(bytes);
    probe.is(0x04).between(1, 2).u16(port).fail_unless(port != 0).u32(address);
    probe.fail_unless(address != 0);
    if (!probe.ok()) return probe.answer();
    std::size_t at = probe.at();
    if (const Answer user = text_and_zero(bytes, at, kUserMax); user != Answer::yes) return user;
    const bool by_name = address < 256;
    // A bare address of a private or public host; multicast and the like no proxy is asked for.
    if (!by_name) return yes_if(address >> 24 != 0 && address >> 28 < 14);
    const std::size_t name = ++at;
    if (const Answer host = text_and_zero(bytes, at, kNameMax); host != Answer::yes) return host;
    return yes_if(at > name);
}

}  // namespace

Answer socks_over_tcp(const FirstBytesView& view) noexcept {
    if (view.bytes[0] == 5) return version_5(view.bytes);
    return version_4(view.bytes);
}

}  // namespace sluice::detect

// Builds TLS ClientHellos byte by byte, good and odd ones, for tests of whoever reads them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

// Bytes as a string: easy to cut, join and print.
inline std::string u8(unsigned v) { return std::string(1, static_cast<char>(v)); }
inline std::string u16(unsigned v) { return u8(v >> 8 & 255) + u8(v & 255); }
inline std::string u24(unsigned v) { return u8(v >> 16 & 255) + u16(v & 0xffff); }
inline std::string u32(std::uint32_t v) { return u16(v >> 16) + u16(v & 0xffff); }
inline std::string block8(std::string_view s) {
    return u8(static_cast<unsigned>(s.size())) + std::string(s);
}
inline std::string block16(std::string_view s) {
    return u16(static_cast<unsigned>(s.size())) + std::string(s);
}

inline std::string extension(unsigned type, std::string_view content) {
    return u16(type) + block16(content);
}
inline std::string name_entry(std::string_view name, unsigned type = 0) {
    return u8(type) + block16(name);
}
inline std::string server_name(std::string_view name) {
    return extension(0, block16(name_entry(name)));
}
inline std::string supported_versions(const std::vector<unsigned>& versions) {
    std::string list;
    for (unsigned v : versions)
        list += u16(v);
    return extension(43, block8(list));
}

struct HelloParts {
    unsigned legacy_version = 0x0303;
    std::string session_id = std::string(32, 'S');
    std::string cipher_suites = u16(0x3a3a) + u16(0x1301) + u16(0x1302) + u16(0xc02f);
    std::string compression = u8(0);
    std::string extensions;
    bool has_extensions = true;
    std::string after;  // bytes behind the extensions
};

// The handshake message, its 4-byte header included.
inline std::string hello_message(const HelloParts& p) {
    std::string body = u16(p.legacy_version) + std::string(32, 'R') + block8(p.session_id) +
                       block16(p.cipher_suites) + block8(p.compression);
    if (p.has_extensions) body += block16(p.extensions);
    body += p.after;
    return u8(1) + u24(static_cast<unsigned>(body.size())) + body;
}
inline std::string hello_message(std::string_view name) {
    HelloParts p;
    p.extensions =
        extension(0x2a2a, "") + server_name(name) + supported_versions({0x3a3a, 0x0304, 0x0303});
    return hello_message(p);
}

inline std::string record(std::string_view content, unsigned type = 22, unsigned version = 0x0301) {
    return u8(type) + u16(version) + block16(content);
}
// The message in records of at most `size` bytes each.
inline std::string records(std::string_view message, std::size_t size = 16 * 1024) {
    std::string out;
    for (std::size_t at = 0; at < message.size(); at += size)
        out += record(message.substr(at, size));
    return out;
}

// About what a browser of 2024 sends: 517 bytes padded, or with a post-quantum key share (1216
// bytes of it, X25519MLKEM768) about 1,800.
inline std::string browser_hello(std::string_view name, bool post_quantum) {
    HelloParts p;
    std::string suites;
    for (unsigned i = 0; i < 16; ++i)
        suites += u16(0xc02b + i);
    p.cipher_suites = suites;
    std::string shares = u16(0x3a3a) + block16("\x01");
    if (post_quantum) shares += u16(0x11ec) + block16(std::string(1216, 'q'));
    shares += u16(0x001d) + block16(std::string(32, 'k'));
    p.extensions = extension(0x5a5a, "") + extension(0x0017, "") + server_name(name) +
                   extension(0xff01, u8(0)) +
                   extension(0x000a, block16(u16(0x1a1a) + u16(0x11ec) + u16(29))) +
                   extension(0x000b, block8(u8(0))) + extension(0x0023, "") +
                   extension(0x0010, block16(block8("h2") + block8("http/1.1"))) +
                   extension(0x0005, u8(1) + u16(0) + u16(0)) +
                   extension(0x000d, block16(std::string(16, 's'))) + extension(0x0012, "") +
                   extension(0x0033, block16(shares)) + extension(0x002d, block8(u8(1))) +
                   supported_versions({0x3a3a, 0x0304, 0x0303}) +
                   extension(0x001b, block8(u16(2))) + extension(0xfe0d, std::string(186, 'e'));
    const std::size_t size = hello_message(p).size();
    if (size < 512 - 4) p.extensions += extension(21, std::string(512 - 4 - size, '\0'));
    return hello_message(p);
}

}  // namespace sluice::test

#include "dataplane/wire/tls_facts.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "dataplane/wire/sha256.h"

namespace sluice::wire {
namespace {

constexpr std::uint16_t kServerName = 0, kAlpn = 16;
constexpr char kHex[] = "0123456789abcdef";

struct Numbers {
    std::array<std::uint16_t, kHashedMax> values;
    std::size_t kept = 0;   // in `values`
    std::size_t count = 0;  // all of the list, GREASE left out
    void add(std::uint16_t value, bool hashed = true) {
        ++count;
        if (hashed && kept < values.size()) values[kept++] = value;
    }
    void sort() { std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(kept)); }
};

Numbers pairs_of(Bytes list) {
    Numbers numbers;
    for (std::size_t at = 0; at + 2 <= list.size(); at += 2)
        if (!is_grease(be16(list, at))) numbers.add(be16(list, at));
    return numbers;
}

// Every extension counts; the name and the protocols are said elsewhere and not hashed.
Numbers extensions_of(Bytes list, bool& has_name) {
    Numbers numbers;
    std::uint16_t type = 0;
    Bytes content;
    for (ByteReader reader(list); reader.u16(type) && reader.block16(content);) {
        has_name = has_name || type == kServerName;
        if (!is_grease(type)) numbers.add(type, type != kServerName && type != kAlpn);
    }
    return numbers;
}

// "1301,1302": four hexadecimal digits each.
struct HexList {
    std::array<char, (kHashedMax * 2 + 1) * 5> text;
    std::size_t size = 0;
    void add(const Numbers& numbers, char first_separator) {
        for (std::size_t i = 0; i < numbers.kept; ++i) {
            if (size != 0) text[size++] = i == 0 ? first_separator : ',';
            for (int shift = 12; shift >= 0; shift -= 4)
                text[size++] = kHex[numbers.values[i] >> shift & 15];
        }
    }
    // The first 12 digits of its SHA-256; zeros for an empty list.
    void hash_into(char* out) const {
        if (size == 0) {
            std::fill_n(out, 12, '0');
            return;
        }
        const Sha256Digest digest = Sha256().add(as_bytes({text.data(), size})).finish();
        for (std::size_t i = 0; i < 12; ++i)
            out[i] = kHex[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
    }
};

const char* version_digits(std::uint16_t version) {
    switch (version) {
        case 0x0304:
            return "13";
        case 0x0303:
            return "12";
        case 0x0302:
            return "11";
        case 0x0301:
            return "10";
        case 0x0300:
            return "s3";
        case 0x0002:
            return "s2";
        case 0xfeff:
            return "d1";
        case 0xfefd:
            return "d2";
        case 0xfefc:
            return "d3";
        default:
            return "00";
    }
}

void put_count(char* out, std::size_t count) {
    count = std::min<std::size_t>(count, 99);
    out[0] = static_cast<char>('0' + count / 10);
    out[1] = static_cast<char>('0' + count % 10);
}

bool is_alphanumeric(std::uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// First and last character of the first protocol; of its hexadecimal form when one is odd.
void put_protocol(char* out, Bytes alpn) {
    Bytes first;
    out[0] = out[1] = '0';
    if (ByteReader reader(alpn); !reader.block8(first) || first.empty()) return;
    const std::uint8_t a = first.front(), z = first.back();
    const bool plain = is_alphanumeric(a) && is_alphanumeric(z);
    out[0] = plain ? static_cast<char>(a) : kHex[a >> 4];
    out[1] = plain ? static_cast<char>(z) : kHex[z & 15];
}

void tell_alpn(Bytes alpn, model::TlsFacts& facts) {
    Bytes word;
    for (ByteReader reader(alpn); reader.block8(word);) {
        const std::size_t comma = facts.alpn_size == 0 ? 0 : 1;
        const bool printable =
            std::all_of(word.begin(), word.end(), [](auto c) { return c > ' ' && c <= '~'; });
        if (!printable || word.empty()) continue;
        if (facts.alpn_size + comma + word.size() > sizeof facts.alpn) return;
        if (comma != 0) facts.alpn[facts.alpn_size++] = ',';
        std::memcpy(facts.alpn + facts.alpn_size, word.data(), word.size());
        facts.alpn_size = static_cast<std::uint8_t>(facts.alpn_size + word.size());
    }
}

}  // namespace

model::TlsFacts tls_facts(const ClientHello& hello, HelloOver over) noexcept {
    model::TlsFacts facts;
    facts.version = hello.version_max;
    if (hello.has_ech) facts.flags |= model::TlsFacts::kEch;
    if (hello.has_esni) facts.flags |= model::TlsFacts::kEsni;
    tell_alpn(hello.alpn, facts);

    bool has_name = false;
    Numbers ciphers = pairs_of(hello.cipher_suites);
    Numbers extensions = extensions_of(hello.extensions, has_name);
    ciphers.sort();
    extensions.sort();
    HexList cipher_text, extension_text;
    cipher_text.add(ciphers, ',');
    extension_text.add(extensions, ',');
    if (extension_text.size != 0) extension_text.add(pairs_of(hello.signature_algorithms), '_');

    char* out = facts.ja4;  // t13d1516h2_8daaf6152771_e5627efa2ab1
    out[0] = static_cast<char>(over);
    std::memcpy(out + 1, version_digits(hello.version_max), 2);
    out[3] = has_name ? 'd' : 'i';
    put_count(out + 4, ciphers.count);
    put_count(out + 6, extensions.count);
    put_protocol(out + 8, hello.alpn);
    out[10] = '_';
    cipher_text.hash_into(out + 11);
    out[23] = '_';
    extension_text.hash_into(out + 24);
    return facts;
}

}  // namespace sluice::wire

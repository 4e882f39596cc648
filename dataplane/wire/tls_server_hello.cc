#include "dataplane/wire/tls_server_hello.h"

#include <algorithm>
#include <cstring>

#include "rules/base/assert.h"

namespace sluice::wire {
namespace {

constexpr std::uint8_t kHandshakeRecord = 22, kServerHelloMessage = 2, kCertificateMessage = 11;
constexpr std::size_t kRecordHeader = 5, kRecordSizeMax = 16 * 1024 + 2048, kMessageHeader = 4;
constexpr unsigned kRecordsMax = 64, kMessagesMax = 8;

// The handshake messages at the front of the stream, without their records.
struct Joined {
    Bytes messages;
    bool ended = false;  // something else than a handshake record follows
};

Result<Joined, Stop> join(Bytes stream, std::span<std::uint8_t> scratch) {
    Joined joined;
    std::size_t size = 0;
    for (unsigned i = 0; i < kRecordsMax && !stream.empty(); ++i) {
        // What is wrong behind a good record ends the flight: it takes nothing back.
        const bool handshake =
            stream[0] == kHandshakeRecord && (stream.size() < 2 || stream[1] == 3);
        const bool header = stream.size() >= kRecordHeader;
        const std::size_t length = header ? be16(stream, 3) : 0;
        if (!handshake || length > kRecordSizeMax) {
            if (i == 0) return Err{Stop::other};
            joined.ended = true;
            break;
        }
        if (!header) break;
        const Bytes content = stream.subspan(kRecordHeader);
        const std::size_t there = std::min({length, content.size(), kServerFlightMax - size});
        if (there != 0) std::memcpy(scratch.data() + size, content.data(), there);
        size += there;
        if (content.size() < length) break;
        stream = content.subspan(length);
    }
    joined.messages = Bytes(scratch.data(), size);
    return joined;
}

bool read_hello(Bytes body, ServerHello& hello) {
    constexpr std::uint16_t kSupportedVersions = 43;
    ByteReader reader(body);
    Bytes session_id, extensions, content;
    if (!reader.u16(hello.version) || !reader.skip(32) || !reader.block8(session_id) ||
        !reader.u16(hello.cipher) || !reader.skip(1))
        return false;
    if (reader.left() == 0) return true;
    if (!reader.block16(extensions)) return false;
    std::uint16_t type = 0;
    for (ByteReader rest(extensions); rest.u16(type) && rest.block16(content);)
        if (type == kSupportedVersions && content.size() == 2) hello.version = be16(content, 0);
    return true;
}

// ---- DER, as far as certificates need it ----
struct Element {
    std::uint8_t tag = 0;
    Bytes content;
};

bool read_element(ByteReader& reader, Element& out) {
    std::uint8_t length = 0;
    if (!reader.u8(out.tag) || !reader.u8(length)) return false;
    std::size_t size = length;
    if (length >= 0x80) {
        size = 0;
        const unsigned bytes = length & 0x7fu;
        if (bytes == 0 || bytes > 3) return false;
        for (unsigned i = 0; i < bytes; ++i) {
            std::uint8_t byte = 0;
            if (!reader.u8(byte)) return false;
            size = size << 8 | byte;
        }
    }
    return reader.take(size, out.content);
}

constexpr std::uint8_t kSequence = 0x30, kSet = 0x31, kOid = 0x06, kOctets = 0x04, kBoolean = 0x01;
constexpr std::uint8_t kVersionTag = 0xa0, kExtensionsTag = 0xa3, kDnsNameTag = 0x82;

bool is_oid(const Element& element, std::initializer_list<std::uint8_t> oid) {
    return element.tag == kOid && std::ranges::equal(element.content, oid);
}

// The last common name of a subject: the most specific one (RFC 5280 4.1.2.4).
std::string_view common_name(Bytes subject) {
    std::string_view name;
    Element set, pair, type, value;
    for (ByteReader names(subject); read_element(names, set) && set.tag == kSet;)
        for (ByteReader pairs(set.content); read_element(pairs, pair);) {
            ByteReader parts(pair.content);
            if (read_element(parts, type) && read_element(parts, value) &&
                is_oid(type, {0x55, 4, 3}))
                name = as_text(value.content);
        }
    return name;
}

std::string_view first_dns_name(Bytes extensions) {
    Element list, extension, oid, value, name;
    ByteReader outer(extensions);
    if (!read_element(outer, list) || list.tag != kSequence) return {};
    for (ByteReader all(list.content); read_element(all, extension);) {
        ByteReader parts(extension.content);
        if (!read_element(parts, oid) || !is_oid(oid, {0x55, 0x1d, 0x11})) continue;
        if (!read_element(parts, value)) return {};
        if (value.tag == kBoolean && !read_element(parts, value)) return {};
        ByteReader octets(value.content);
        if (value.tag != kOctets || !read_element(octets, list) || list.tag != kSequence) return {};
        for (ByteReader names(list.content); read_element(names, name);)
            if (name.tag == kDnsNameTag) return as_text(name.content);
    }
    return {};
}

// The server's own certificate is the first of the message's list (RFC 5246 7.4.2).
std::string_view name_in_message(Bytes body) {
    ByteReader reader(body);
    std::uint32_t list = 0, size = 0;
    Bytes certificate;
    if (!reader.u24(list) || !reader.u24(size) || !reader.take(size, certificate)) return {};
    return certificate_name(certificate);
}

}  // namespace

std::string_view certificate_name(Bytes certificate) noexcept {
    ByteReader outer(certificate);
    Element whole, signed_part, element;
    if (!read_element(outer, whole) || whole.tag != kSequence) return {};
    ByteReader inner(whole.content);
    if (!read_element(inner, signed_part) || signed_part.tag != kSequence) return {};
    ByteReader fields(signed_part.content);
    if (!read_element(fields, element)) return {};
    if (element.tag == kVersionTag && !read_element(fields, element)) return {};
    // Serial number is read: algorithm, issuer, validity, subject follow.
    for (int i = 0; i < 4; ++i)
        if (!read_element(fields, element)) return {};
    const Bytes subject = element.content;
    while (read_element(fields, element))
        if (element.tag == kExtensionsTag)
            if (const auto name = first_dns_name(element.content); !name.empty()) return name;
    return common_name(subject);
}

Result<ServerHello, Stop> parse_server_hello(Bytes stream, std::span<std::uint8_t> scratch,
                                             bool want_certificate) noexcept {
    constexpr std::uint16_t kTls13 = 0x0304;
    SLUICE_ASSERT(scratch.size() >= kServerFlightMax);
    if (stream.empty()) return Err{Stop::need_more};
    SLUICE_TRY(joined, join(stream, scratch));
    ServerHello hello;
    Bytes rest = joined.messages;
    for (unsigned i = 0; i < kMessagesMax; ++i) {
        if (!rest.empty() && i == 0 && rest[0] != kServerHelloMessage) return Err{Stop::other};
        const bool header = rest.size() >= kMessageHeader;
        const std::size_t size =
            header ? std::size_t{rest[1]} << 16 | std::size_t{be16(rest, 2)} : 0;
        if (!header || rest.size() - kMessageHeader < size) {
            const bool full = joined.messages.size() == kServerFlightMax;
            if (i == 0)
                return Err{full           ? Stop::too_large
                           : joined.ended ? Stop::malformed
                                          : Stop::need_more};
            // No more than the hello will be known.
            if (full || joined.ended) return hello;
            return Err{Stop::need_more};
        }
        const Bytes body = rest.subspan(kMessageHeader, size);
        if (i == 0) {
            if (!read_hello(body, hello)) return Err{Stop::malformed};
            hello.message = rest.first(kMessageHeader + size);
            if (!want_certificate || hello.version >= kTls13) return hello;
        } else if (rest[0] == kCertificateMessage) {
            hello.certificate_name = name_in_message(body);
            return hello;
        }
        rest = rest.subspan(kMessageHeader + size);
    }
    return hello;
}

}  // namespace sluice::wire

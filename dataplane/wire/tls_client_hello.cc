// TLS ClientHello: records -> handshake message -> extensions.
#include "dataplane/wire/tls_client_hello.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "dataplane/wire/dtls.h"
#include "rules/base/assert.h"

namespace sluice::wire {
namespace {

constexpr std::size_t kRecordHeaderSize = 5;
constexpr std::size_t kRecordSizeMax = 16 * 1024;  // plaintext, RFC 8446 5.1
constexpr std::size_t kMessageHeaderSize = 4;
constexpr std::uint8_t kHandshakeRecord = 22, kClientHelloMessage = 1;
constexpr std::uint16_t kServerName = 0, kSignatureAlgorithms = 13, kAlpn = 16,
                        kSupportedVersions = 43, kEch = 0xfe0d, kEsni = 0xffce;
constexpr std::uint16_t kTls13 = 0x0304;

// What is there of one record's content.
struct Record {
    Bytes content;
    bool whole = false;
};

// The record at the front of `rest`. `broken` is what a wrong byte means here.
Result<Record, Stop> read_record(Bytes rest, Stop broken) {
    constexpr std::uint8_t kLast[] = {kHandshakeRecord, 3, 4, kRecordSizeMax >> 8};
    constexpr std::uint8_t kFirst[] = {kHandshakeRecord, 3, 0, 0};
    for (std::size_t i = 0; i < std::min<std::size_t>(rest.size(), 4); ++i)
        if (rest[i] < kFirst[i] || rest[i] > kLast[i]) return Err{broken};
    if (rest.size() < kRecordHeaderSize) return Err{Stop::need_more};
    const std::size_t size = be16(rest, 3);
    if (size > kRecordSizeMax) return Err{broken};
    const Bytes content = rest.subspan(kRecordHeaderSize);
    if (content.size() < size) return Record{content, false};
    return Record{content.first(size), true};
}

// The message's size with its header, from as much of its beginning as is there.
//   returns  need_more while the length is not complete and nothing is wrong yet.
Result<std::size_t, Stop> message_size(Bytes message) {
    if (!message.empty() && message[0] != kClientHelloMessage) return Err{Stop::other};
    std::size_t size = 0;  // missing length bytes count as zero: the least it can be
    for (std::size_t i = 1; i < kMessageHeaderSize; ++i)
        size = size << 8 | (i < message.size() ? message[i] : 0);
    size += kMessageHeaderSize;
    if (size > kHelloSizeMax) return Err{Stop::too_large};
    if (message.size() < kMessageHeaderSize) return Err{Stop::need_more};
    if (size > kMessageHeaderSize && message.size() > kMessageHeaderSize &&
        message[kMessageHeaderSize] != 3)
        return Err{Stop::other};  // legacy_version is 3.x in every TLS
    return size;
}

std::uint16_t highest_version(Bytes extension, std::uint16_t legacy_version) {
    ByteReader reader(extension);
    Bytes list;
    std::uint16_t highest = 0, version = 0;
    if (!reader.block8(list)) return legacy_version;
    for (ByteReader versions(list); versions.u16(version);) {
        if (is_grease(version)) continue;
        if (version >> 8 == 0x7f) version = kTls13;
        if (version >> 8 == 3) highest = std::max(highest, version);
        // DTLS counts downwards: 1.0 is 0xfeff, 1.2 0xfefd, 1.3 0xfefc.
        if (version >> 8 == 0xfe) highest = highest == 0 ? version : std::min(highest, version);
    }
    return highest == 0 ? legacy_version : highest;
}

// RFC 6066 3: every name type begins with a 16-bit length, and no type comes twice.
bool read_server_name(Bytes extension, std::string_view& sni) {
    ByteReader reader(extension);
    Bytes list;
    if (!reader.block16(list) || reader.left() != 0 || list.empty()) return false;
    std::array<bool, 256> seen{};
    for (ByteReader names(list); names.left() != 0;) {
        std::uint8_t type = 0;
        Bytes name;
        if (!names.u8(type) || !names.block16(name) || name.empty() || seen[type]) return false;
        seen[type] = true;
        if (type == 0) sni = as_text(name);
    }
    return true;
}

bool read_extensions(Bytes list, ClientHello& hello) {
    const std::uint16_t legacy_version = hello.version_max;
    bool named = false;
    for (ByteReader extensions(list); extensions.left() != 0;) {
        std::uint16_t type = 0;
        Bytes content;
        if (!extensions.u16(type) || !extensions.block16(content)) return false;
        if (type == kServerName) {
            if (named || !read_server_name(content, hello.sni)) return false;
            named = true;
        } else if (type == kSupportedVersions) {
            hello.version_max = highest_version(content, legacy_version);
        } else if (type == kSignatureAlgorithms) {
            if (ByteReader reader(content); !reader.block16(hello.signature_algorithms))
                hello.signature_algorithms = {};
        } else if (type == kAlpn) {
            if (ByteReader reader(content); !reader.block16(hello.alpn)) hello.alpn = {};
        } else if (type == kEch) {
            hello.has_ech = true;
        } else if (type == kEsni) {
            hello.has_esni = true;
        }
    }
    return true;
}

// `body` is the message without its header; DTLS has a cookie behind the session id.
Result<ClientHello, Stop> read_hello(Bytes message, std::size_t header, std::size_t stream_size,
                                     bool cookie = false) {
    constexpr std::size_t kRandomSize = 32, kSessionIdSizeMax = 32;
    ClientHello hello;
    hello.message = message;
    ByteReader reader(message.subspan(header));
    Bytes session_id, cookie_bytes, compression;
    const bool fixed_part = reader.u16(hello.version_max) && reader.skip(kRandomSize) &&
                            reader.block8(session_id) && (!cookie || reader.block8(cookie_bytes)) &&
                            reader.block16(hello.cipher_suites) && reader.block8(compression);
    if (!fixed_part || session_id.size() > kSessionIdSizeMax || hello.cipher_suites.empty() ||
        hello.cipher_suites.size() % 2 != 0 || compression.empty())
        return Err{Stop::malformed};
    const bool has_extensions = reader.left() != 0;  // TLS 1.0 and 1.1 clients may have none
    if (has_extensions && (!reader.block16(hello.extensions) || reader.left() != 0))
        return Err{Stop::malformed};
    if (!read_extensions(hello.extensions, hello)) return Err{Stop::malformed};
    hello.stream_size = static_cast<std::uint32_t>(stream_size);
    return hello;
}

// The general case: the message is cut over records. Puts it together in `scratch`.
Result<ClientHello, Stop> join_records(Bytes stream, std::span<std::uint8_t> scratch) {
    std::size_t joined = 0, at = 0;
    unsigned empty_records = 0;
    for (;;) {
        SLUICE_TRY(record,
                   read_record(stream.subspan(at), at == 0 ? Stop::other : Stop::malformed));
        if (record.whole && record.content.empty() && ++empty_records > kEmptyRecordsMax)
            return Err{Stop::malformed};
        const std::size_t size = std::min(record.content.size(), kHelloSizeMax - joined);
        if (size != 0) std::memcpy(scratch.data() + joined, record.content.data(), size);
        joined += size;
        const Bytes message{scratch.data(), joined};
        const auto wanted = message_size(message);
        if (!wanted && wanted.error() != Stop::need_more) return Err{wanted.error()};
        if (!record.whole) return Err{Stop::need_more};
        at += kRecordHeaderSize + record.content.size();
        if (wanted && joined >= *wanted)
            return read_hello(message.first(*wanted), kMessageHeaderSize, at);
    }
}

}  // namespace

Result<ClientHello, Stop> parse_client_hello(Bytes stream,
                                             std::span<std::uint8_t> scratch) noexcept {
    SLUICE_ASSERT(scratch.size() >= kHelloSizeMax);
    SLUICE_TRY(record, read_record(stream, Stop::other));
    // Nearly always the message is in one record: read where it lies, nothing is copied.
    const auto size = message_size(record.content);
    if (!size && size.error() != Stop::need_more) return Err{size.error()};
    if (!record.whole) return Err{Stop::need_more};
    if (size && *size <= record.content.size())
        return read_hello(record.content.first(*size), kMessageHeaderSize,
                          kRecordHeaderSize + record.content.size());
    return join_records(stream, scratch);
}

Result<ClientHello, Stop> parse_client_hello_message(Bytes message) noexcept {
    SLUICE_TRY(size, message_size(message));
    if (message.size() < size) return Err{Stop::need_more};
    return read_hello(message.first(size), kMessageHeaderSize, size);
}

Result<ClientHello, Stop> parse_dtls_hello(Bytes body) noexcept {
    return read_hello(body, 0, body.size(), true);
}

}  // namespace sluice::wire

#include "dataplane/wire/quic_initial.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "dataplane/wire/sha256.h"
#include "rules/base/assert.h"

namespace sluice::wire {
namespace {

using Salt = std::array<std::uint8_t, 20>;

// RFC 9001 5.2, RFC 9369 3.3.1 and the drafts of the former; Google's from Chromium.
constexpr Salt kDraft22 = {0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                           0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a};
constexpr Salt kDraft23 = {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                           0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};
constexpr Salt kDraft29 = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                           0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
constexpr Salt kVersion1 = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                            0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr Salt kVersion2 = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                            0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
constexpr Salt kQ050 = {0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94,
                        0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b, 0x45};
constexpr Salt kT050 = {0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
                        0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10};
constexpr Salt kT051 = {0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
                        0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d};

constexpr const Salt* kMeant[] = {&kVersion1, &kDraft29, &kDraft23};

// nullptr: not known.
const Salt* salt_of(std::uint32_t version, unsigned attempt) {
    if ((version & 0x0f0f0f0f) == 0x0a0a0a0a)
        return attempt < std::size(kMeant) ? kMeant[attempt] : nullptr;
    if (attempt != 0) return nullptr;
    switch (version) {
        case kQuicVersion1:
            return &kVersion1;
        case kQuicVersion2:
            return &kVersion2;
        case 0xfaceb001:  // mvfst
            return &kDraft22;
        case 0xfaceb002:
        case 0xfaceb00e:
            return &kDraft23;
        case 0x51303530:  // "Q050"
            return &kQ050;
        case 0x54303530:
            return &kT050;
        case 0x54303531:
            return &kT051;
        default:
            break;
    }
    const std::uint32_t draft = version & 0xff;
    if (version >> 8 != 0xff0000 || draft < 21 || draft > 34) return nullptr;
    if (draft <= 22) return &kDraft22;
    return draft <= 28 ? &kDraft23 : draft <= 32 ? &kDraft29 : &kVersion1;
}

// HKDF-Expand-Label (RFC 8446 7.1) with an empty context, up to 32 bytes.
void expand(const HmacSha256& secret, std::string_view label, std::span<std::uint8_t> out) {
    constexpr std::string_view kPrefix = "tls13 ";
    std::array<std::uint8_t, 40> info{};
    std::size_t size = 0;
    const auto put = [&](std::size_t byte) { info[size++] = static_cast<std::uint8_t>(byte); };
    put(0);
    put(out.size());
    put(kPrefix.size() + label.size());
    for (const char c : kPrefix)
        put(static_cast<std::uint8_t>(c));
    for (const char c : label)
        put(static_cast<std::uint8_t>(c));
    put(0);
    put(1);  // HKDF-Expand's counter: one block is enough
    const Sha256Digest digest = secret.of(Bytes(info.data(), size));
    std::copy_n(digest.begin(), out.size(), out.begin());
}

}  // namespace

struct QuicOpener::Contexts {
    EVP_CIPHER_CTX* mask = EVP_CIPHER_CTX_new();
    EVP_CIPHER_CTX* packet = EVP_CIPHER_CTX_new();
    Contexts() {
        // Everything that allocates happens here: later only keys change.
        const std::array<std::uint8_t, 16> zero{};
        SLUICE_ASSERT(
            mask != nullptr && packet != nullptr &&
            EVP_EncryptInit_ex(mask, EVP_aes_128_ecb(), nullptr, zero.data(), nullptr) &&
            EVP_DecryptInit_ex(packet, EVP_aes_128_gcm(), nullptr, zero.data(), zero.data()));
        EVP_CIPHER_CTX_set_padding(mask, 0);
    }
    ~Contexts() {
        EVP_CIPHER_CTX_free(mask);
        EVP_CIPHER_CTX_free(packet);
    }
};

QuicOpener::QuicOpener() : contexts_(std::make_unique<Contexts>()) {}
QuicOpener::~QuicOpener() = default;

bool QuicOpener::derive(std::uint32_t version, Bytes destination_id, QuicKeys& keys,
                        unsigned attempt) const noexcept {
    const Salt* salt = salt_of(version, attempt);
    if (salt == nullptr) return false;
    const bool second = version == kQuicVersion2;
    const HmacSha256 initial(HmacSha256(*salt).of(destination_id));
    Sha256Digest client;
    expand(initial, "client in", client);
    const HmacSha256 secret(client);
    expand(secret, second ? "quicv2 key" : "quic key", keys.key);
    expand(secret, second ? "quicv2 iv" : "quic iv", keys.iv);
    expand(secret, second ? "quicv2 hp" : "quic hp", keys.header);
    return true;
}

std::optional<Bytes> QuicOpener::open(const QuicKeys& keys, const QuicPacket& packet,
                                      std::span<std::uint8_t> plain) noexcept {
    constexpr std::size_t kSampleAt = 4, kSampleSize = 16, kTagSize = 16;  // RFC 9001 5.4.2
    const Bytes bytes = packet.bytes;
    if (bytes.size() < packet.number_offset + kSampleAt + kSampleSize ||
        bytes.size() > plain.size())
        return std::nullopt;
    std::memcpy(plain.data(), bytes.data(), bytes.size());
    std::array<std::uint8_t, kSampleSize> mask;
    int size = 0;
    if (!EVP_EncryptInit_ex(contexts_->mask, nullptr, nullptr, keys.header.data(), nullptr) ||
        !EVP_EncryptUpdate(contexts_->mask, mask.data(), &size,
                           plain.data() + packet.number_offset + kSampleAt, kSampleSize))
        return std::nullopt;
    plain[0] ^= mask[0] & 0x0f;
    const std::size_t number_size = (plain[0] & 3u) + 1;
    auto nonce = keys.iv;
    for (std::size_t i = 0; i < number_size; ++i) {
        std::uint8_t& byte = plain[packet.number_offset + i];
        byte ^= mask[i + 1];
        nonce[nonce.size() - number_size + i] ^= byte;
    }
    const std::size_t begin = packet.number_offset + number_size, end = bytes.size() - kTagSize;
    if (begin >= end) return std::nullopt;
    EVP_CIPHER_CTX* gcm = contexts_->packet;
    const bool opened =
        EVP_DecryptInit_ex(gcm, nullptr, nullptr, keys.key.data(), nonce.data()) &&
        EVP_DecryptUpdate(gcm, nullptr, &size, plain.data(), static_cast<int>(begin)) &&
        EVP_DecryptUpdate(gcm, plain.data() + begin, &size, plain.data() + begin,
                          static_cast<int>(end - begin)) &&
        EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_SET_TAG, kTagSize, plain.data() + end) &&
        EVP_DecryptFinal_ex(gcm, plain.data() + end, &size) > 0;
    if (!opened) return std::nullopt;
    return Bytes(plain.data() + begin, end - begin);
}

}  // namespace sluice::wire

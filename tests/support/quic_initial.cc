#include "tests/support/quic_initial.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "dataplane/wire/quic_initial.h"
#include "tests/support/words.h"

namespace sluice::testing {
namespace {

constexpr std::size_t kTagSize = 16;

void put_varint(Frame& f, std::size_t value) {
    if (value < 64)
        put8(f, value);
    else if (value < 16'384)
        put16(f, value | 0x4000);
    else
        put32(f, static_cast<std::uint32_t>(value | 0x8000'0000));
}

void check(bool done) {
    if (!done) throw std::runtime_error("libcrypto");
}

// Seals `plain` behind `header`; both ways of the context made anew, as nobody in a hurry does.
Frame seal(const wire::QuicKeys& keys, std::size_t number, const Frame& header, Bytes plain) {
    auto nonce = keys.iv;
    for (std::size_t i = 0; i < 4; ++i)
        nonce[nonce.size() - 1 - i] ^= static_cast<std::uint8_t>(number >> 8 * i);
    EVP_CIPHER_CTX* gcm = EVP_CIPHER_CTX_new();
    Frame out(plain.size() + kTagSize);
    int size = 0;
    check(EVP_EncryptInit_ex(gcm, EVP_aes_128_gcm(), nullptr, keys.key.data(), nonce.data()));
    check(EVP_EncryptUpdate(gcm, nullptr, &size, header.data(), static_cast<int>(header.size())));
    check(EVP_EncryptUpdate(gcm, out.data(), &size, plain.data(), static_cast<int>(plain.size())));
    check(EVP_EncryptFinal_ex(gcm, out.data() + size, &size));
    check(EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_GET_TAG, kTagSize, out.data() + plain.size()));
    EVP_CIPHER_CTX_free(gcm);
    return out;
}

std::array<std::uint8_t, 16> mask_of(const wire::QuicKeys& keys, const std::uint8_t* sample) {
    std::array<std::uint8_t, 16> mask{};
    EVP_CIPHER_CTX* ecb = EVP_CIPHER_CTX_new();
    int size = 0;
    check(EVP_EncryptInit_ex(ecb, EVP_aes_128_ecb(), nullptr, keys.header.data(), nullptr));
    check(EVP_EncryptUpdate(ecb, mask.data(), &size, sample, 16));
    EVP_CIPHER_CTX_free(ecb);
    return mask;
}

Frame hex_bytes(std::string_view text) {
    Frame out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        put8(out, number_of("0x" + std::string(text.substr(i, 2)), 255));
    return out;
}

std::vector<QuicSpec::Piece> pieces_of(std::string_view text) {
    std::vector<QuicSpec::Piece> pieces;
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find('+'));
        const std::size_t colon = one.find(':');
        if (colon == std::string_view::npos) throw std::invalid_argument("pieces=AT:SIZE+...");
        pieces.push_back(
            {number_of(one.substr(0, colon), 65'535), number_of(one.substr(colon + 1), 65'535)});
        text.remove_prefix(std::min(text.size(), one.size() + 1));
    }
    return pieces;
}

}  // namespace

Frame quic_frames(const QuicSpec& spec) {
    const Frame message = client_hello_message(spec.hello);
    auto pieces = spec.pieces;
    if (pieces.empty()) pieces.push_back({0, message.size()});
    Frame frames;
    for (const QuicSpec::Piece& piece : pieces) {
        if (piece.at > message.size()) throw std::invalid_argument("a piece behind the hello");
        const Bytes part =
            Bytes(message).subspan(piece.at, std::min(piece.size, message.size() - piece.at));
        put_varint(frames, 6), put_varint(frames, piece.at), put_varint(frames, part.size());
        put_all(frames, part);
    }
    return frames;
}

Frame quic_packet(const QuicSpec& spec, Bytes frames) {
    constexpr std::size_t kNumberSize = 4;
    wire::QuicOpener opener;
    wire::QuicKeys keys;
    if (!opener.derive(spec.version, spec.keys.empty() ? spec.id : spec.keys, keys))
        throw std::invalid_argument("quic(): a version without keys");
    Frame header;
    put8(header, spec.version == wire::kQuicVersion2 ? 0xd3 : 0xc3), put32(header, spec.version);
    put8(header, spec.id.size()), put_all(header, spec.id), put8(header, 0);
    put_varint(header, spec.token), put_fill(header, spec.token, 0x77);
    Frame plain(frames.begin(), frames.end());
    const std::size_t others = header.size() + 2 + kNumberSize + kTagSize;
    if (plain.size() + others < spec.size) plain.resize(spec.size - others, 0);
    put16(header, 0x4000 | (kNumberSize + plain.size() + kTagSize));
    const std::size_t number_at = header.size();
    put32(header, static_cast<std::uint32_t>(spec.number));
    const Frame sealed = seal(keys, spec.number, header, plain);
    const auto mask = mask_of(keys, sealed.data());
    header[0] ^= mask[0] & 0x0f;
    for (std::size_t i = 0; i < kNumberSize; ++i)
        header[number_at + i] ^= mask[i + 1];
    put_all(header, sealed);
    return header;
}

Frame quic_initial(const QuicSpec& spec) { return quic_packet(spec, quic_frames(spec)); }

QuicSpec quic_spec_of(std::string_view arguments) {
    QuicSpec spec;
    std::string for_hello;
    for (const Word& word : split_arguments(arguments)) {
        if (word.name == "pieces")
            spec.pieces = pieces_of(word.value);
        else if (word.name == "pn")
            spec.number = number_of(word.value, 0x7fff'ffff);
        else if (word.name == "id")
            spec.id = hex_bytes(word.value);
        else if (word.name == "keys")
            spec.keys = hex_bytes(word.value);
        else if (word.name == "token")
            spec.token = number_of(word.value, 63);
        else if (word.name == "size")
            spec.size = number_of(word.value, 16'000);
        else if (word.name == "version")
            spec.version = static_cast<std::uint32_t>(number_of(word.value, ~0u));
        else if (word.name == "draft")
            spec.version = 0xff00'0000 | static_cast<std::uint32_t>(number_of(word.value, 255));
        else if (word.whole == "v2")
            spec.version = wire::kQuicVersion2;
        else
            for_hello += (for_hello.empty() ? "" : ",") + word.whole;
    }
    if (!for_hello.empty()) spec.hello = hello_spec_of(for_hello);
    return spec;
}

}  // namespace sluice::testing

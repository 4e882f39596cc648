// Opens a client's QUIC Initial packets: their keys come from what everybody sees (RFC 9001 5.2).
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "dataplane/wire/quic_packet.h"
#include "rules/base/bytes.h"

namespace sluice::wire {

// What a client protects its Initials with.
struct QuicKeys {
    std::array<std::uint8_t, 16> key{}, header{};
    std::array<std::uint8_t, 12> iv{};
};

// A piece of the handshake stream, in one packet.
struct CryptoPiece {
    std::uint32_t at = 0;  // in the stream
    Bytes bytes;
};

// CRYPTO frames of one packet: 4 bytes each at least, so these fit a packet of 1,500 bytes.
inline constexpr std::size_t kCryptoPiecesMax = 375;
// Longest packet opened [bytes]: what a datagram can measure.
inline constexpr std::size_t kQuicPacketMax = 65'535;

// One a worker: the contexts of libcrypto are made once, nothing is allocated afterwards.
class QuicOpener {
  public:
    QuicOpener();
    ~QuicOpener();
    QuicOpener(const QuicOpener&) = delete;
    QuicOpener& operator=(const QuicOpener&) = delete;

    // Keys of the connection that begins with this destination id. False: the salt of this version
    // is not known. Known: 1, 2, the drafts 22 to 34, mvfst's, Q050, T050 and T051. A version that
    // is there to be refused (RFC 9000 6.3) has no salt of its own: its clients take that of the
    // version they mean. There is one `attempt` (0, 1, ...) for each salt that may be meant.
    bool derive(std::uint32_t version, Bytes destination_id, QuicKeys& keys,
                unsigned attempt = 0) const noexcept;
    // The frames of a packet (an Initial); in `plain`, which is at least as long as the packet.
    // Nothing when it is not protected by these keys. Cost: O(bytes).
    std::optional<Bytes> open(const QuicKeys& keys, const QuicPacket& packet,
                              std::span<std::uint8_t> plain) noexcept;

  private:
    struct Contexts;
    std::unique_ptr<Contexts> contexts_;
};

// The CRYPTO frames among `frames` (an Initial of `version`, opened), in order of the stream, into
// `pieces`. Google's versions number them 8, and have other frames behind which nothing is read.
//   returns  how many; nothing when a frame is cut, is one that Initials may not have (RFC 9000
//            12.4), lies beyond 2^31, or there are too many.
std::optional<std::size_t> read_crypto_frames(
    Bytes frames, std::uint32_t version, std::span<CryptoPiece, kCryptoPiecesMax> pieces) noexcept;

// "Q050", "T051": what Chromium spoke before QUIC was a standard.
constexpr bool is_google_version(std::uint32_t version) {
    return version >> 24 == 'Q' || version >> 24 == 'T';
}

}  // namespace sluice::wire

// Fuzzes QUIC: the first byte chooses: even, the rest is a datagram; odd, frames of an opened Initial.
#include <array>
#include <vector>

#include "dataplane/wire/quic_initial.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

bool inside(Bytes part, Bytes whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void check_datagram(Bytes datagram) {
    static wire::QuicOpener opener;
    static std::vector<std::uint8_t> plain(wire::kQuicPacketMax);
    while (const auto packet = wire::parse_quic_packet(datagram)) {
        SLUICE_ASSERT(packet->bytes.data() == datagram.data());
        SLUICE_ASSERT(!packet->bytes.empty() && packet->bytes.size() <= datagram.size());
        SLUICE_ASSERT(packet->destination_id.size() <= wire::kConnectionIdMax);
        SLUICE_ASSERT(packet->number_offset <= packet->bytes.size());
        wire::QuicKeys keys;
        if (packet->type == wire::QuicType::initial &&
            opener.derive(packet->version, packet->destination_id, keys)) {
            const auto frames = opener.open(keys, *packet, plain);
            SLUICE_ASSERT(!frames || inside(*frames, plain));
        }
        datagram = datagram.subspan(packet->bytes.size());
    }
}

void check_frames(Bytes frames, std::uint32_t version) {
    std::array<wire::CryptoPiece, wire::kCryptoPiecesMax> pieces;
    const auto count = wire::read_crypto_frames(frames, version, pieces);
    if (!count) return;
    SLUICE_ASSERT(*count <= pieces.size());
    for (std::size_t i = 0; i < *count; ++i) {
        SLUICE_ASSERT(inside(pieces[i].bytes, frames));
        SLUICE_ASSERT(i == 0 || pieces[i - 1].at <= pieces[i].at);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    test::for_prefixes({data + 1, size - 1}, [&](Bytes prefix) {
        if (data[0] % 2 == 0) return check_datagram(prefix);
        check_frames(prefix, data[0] % 4 == 1 ? wire::kQuicVersion1 : 0x51303530);
    });
    return 0;
}

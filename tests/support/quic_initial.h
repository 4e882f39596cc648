// A client's QUIC Initial packets for tests: a ClientHello in CRYPTO frames, protected as RFC 9001
// says, with libcrypto used another way than the parser uses it.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/support/client_hello.h"
#include "tests/support/frame.h"

namespace sluice::testing {

struct QuicSpec {
    HelloSpec hello;
    struct Piece {
        std::size_t at, size;
    };
    std::vector<Piece> pieces;  // of the hello's message; empty: all of it in one frame
    std::uint32_t version = 1;
    std::size_t number = 0;               // of the packet
    Frame id = {1, 2, 3, 4, 5, 6, 7, 8};  // destination connection id
    Frame keys;                           // the id its keys come from; empty: `id`
    std::size_t token = 0;                // bytes of a token, as after a Retry
    std::size_t size = 1'200;             // the datagram is padded to this
};

// The frames alone, and a packet of any frames.
Frame quic_frames(const QuicSpec& spec);
Frame quic_packet(const QuicSpec& spec, Bytes frames);
Frame quic_initial(const QuicSpec& spec);

// "sni=bank.example,pieces=300:100+0:300,pn=1,id=0102,keys=0304,v2,draft=29,version=0x1a2a3a4a,
// token=16,size=1200", and the words of hello_spec_of; throws on a typo.
QuicSpec quic_spec_of(std::string_view arguments);

}  // namespace sluice::testing

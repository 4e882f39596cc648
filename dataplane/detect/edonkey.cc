// words: edonkey
// looks at: over TCP a hello or its answer with the length of the user's hash, or a server login;
//   over UDP Kademlia requests of a fixed size, or a question and its answer
// limits: obfuscated eMule connections look like noise
// source: Kulbak and Bickson, "The eMule Protocol Specification", 6.2, 6.4; eMule opcodes.h
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::uint8_t kEdonkey = 0xe3, kEmule = 0xc5, kPacked = 0xd4, kKad = 0xe4,
                       kKadPacked = 0xe5;

// Requests of Kademlia 2 and what answers them.
bool is_kad_answer(std::uint8_t asked, std::uint8_t answer) {
    return (asked == 0x01 && answer == 0x09) || (asked == 0x11 && answer == 0x19) ||
           (asked == 0x21 && answer == 0x29) || (asked == 0x33 && answer == 0x3b) ||
           (asked == 0x34 && answer == 0x3b) || (asked == 0x35 && answer == 0x3b) ||
           (asked == 0x43 && answer == 0x4b) || (asked == 0x44 && answer == 0x4b) ||
           (asked == 0x60 && answer == 0x61) || (asked == 0x50 && answer == 0x58);
}
// Questions to servers, and between eMules, with what answers them.
bool is_answer(std::uint8_t asked, std::uint8_t answer) {
    return (asked == 0x96 && answer == 0x97) || (asked == 0x98 && answer == 0x99) ||
           (asked == 0x9a && answer == 0x9b) || (asked == 0x92 && answer == 0x99) ||
           (asked == 0xa2 && answer == 0xa3) || (asked == 0x90 && answer >= 0x91 && answer <= 0x93);
}

}  // namespace

Answer edonkey_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kLargest = 4096;
    constexpr std::uint8_t kHello = 0x01, kHashSize = 16, kHelloAnswer = 0x4c;
    std::uint8_t opcode = 0;
    Probe probe(view.bytes);
    probe.any_of({kEdonkey, kEmule, kPacked}).u32_le_in(6, kLargest).u8(opcode);
    probe.fail_unless(opcode == kHello || opcode == kHelloAnswer);
    if (!probe.ok() || view.bytes[0] != kEdonkey) return probe.answer();
    if (opcode == kHelloAnswer) {  // hash, address, port, count of tags, first tag's type
        probe.skip(16 + 4 + 2).u32_le_in(1, 64).any_of({0x02, 0x03, 0x82, 0x83, 0x88, 0x89, 0x91});
        return probe.answer();
    }
    const Answer peer = Probe(view.bytes).skip(6).is(kHashSize).answer();
    if (peer != Answer::no) return peer;
    probe.skip(16 + 4 + 2).u32_le_in(1, 64).any_of({0x02, 0x03, 0x82, 0x83, 0x88, 0x89, 0x91});
    return probe.answer();
}

Answer edonkey_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kKadRequestSize = 35;
    const Bytes bytes = view.bytes;
    if (bytes.size() < 2) return Answer::no;
    const bool kad = bytes[0] == kKad || bytes[0] == kKadPacked;
    if (bytes[0] == kKad && bytes[1] == 0x21 && bytes.size() == kKadRequestSize)
        return yes_if(bytes[2] == 0x02 || bytes[2] == 0x04 || bytes[2] == 0x0b);
    const Glimpse* asked = view.last_of_other();
    if (asked == nullptr || asked->size < 2) return Answer::no;
    if (kad) return yes_if(asked->head[0] == kKad && is_kad_answer(asked->head[1], bytes[1]));
    return yes_if((bytes[0] == kEdonkey || bytes[0] == kEmule) && asked->head[0] == bytes[0] &&
                  is_answer(asked->head[1], bytes[1]));
}

}  // namespace sluice::detect

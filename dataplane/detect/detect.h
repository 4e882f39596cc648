// Which protocol a flow speaks, told from the first bytes of a direction, never from a port.
#pragma once
#include <array>
#include <cstdint>

#include "rules/base/bytes.h"
#include "rules/model/protocol.h"

namespace sluice::detect {

// What is kept of the datagram before: its front and its size.
struct Glimpse {
    static constexpr std::size_t kHeadSize = 28;
    std::uint16_t size = 0;  // of the payload; 0 = there was none
    std::uint8_t kept = 0;
    std::uint8_t zero = 0;
    std::array<std::uint8_t, kHeadSize> head{};

    Bytes bytes() const { return {head.data(), kept}; }
};
static_assert(sizeof(Glimpse) == 32);

// The last datagram of each direction, by who sent it: some protocols have no magic, and show
// themselves only in what stays and what moves on from one datagram to the next.
struct Past {
    Glimpse from_remote, from_user;
};

// What a recogniser is shown.
struct FirstBytesView {
    std::uint8_t ip_protocol = 0;                  // 6 or 17
    std::uint16_t user_port = 0, remote_port = 0;  // host order; no recogniser looks at them
    bool from_user = true;                         // who sent these bytes
    // TCP: what is known of this direction from its first byte on, without a hole; call again with
    // more from the start. UDP: one whole payload.
    Bytes bytes;
    std::uint32_t index = 0;  // UDP: which datagram of this direction this is, from 0
    bool cut = false;         // UDP: a first fragment, its datagram goes on in others
    const Past* past = nullptr;  // UDP: the flow's datagrams before this one, where they are known

    // The last datagram of the same sender, and of the other one; null when there was none.
    const Glimpse* before() const { return glimpse(from_user); }
    const Glimpse* last_of_other() const { return glimpse(!from_user); }

  private:
    const Glimpse* glimpse(bool user) const {
        if (past == nullptr) return nullptr;
        const Glimpse& seen = user ? past->from_user : past->from_remote;
        return seen.size == 0 ? nullptr : &seen;
    }
};

// `no` and `yes` are final for a direction: more bytes do not change them. UDP recognisers see
// whole payloads and never say `maybe`.
enum class Answer : std::uint8_t { no, maybe, yes };

// Every recogniser has this signature and is a row of a table in detect.cc. Pure; at most O(bytes);
// no state between calls.
using Recogniser = Answer (*)(const FirstBytesView& view) noexcept;

struct DetectResult {
    Answer answer = Answer::no;
    model::Protocol protocol = model::Protocol::unknown;     // with yes; with maybe, the candidate
    model::Confidence confidence = model::Confidence::none;  // with yes
};

// TCP, one direction. The first recogniser that does not say no gives the answer, so that it never
// changes with more bytes. Zero bytes are `maybe` of nothing: `unknown`.
DetectResult detect_tcp(const FirstBytesView& view) noexcept;

// UDP, one payload: a protocol, or unknown. A later datagram of the flow may say more.
DetectResult detect_udp(const FirstBytesView& view) noexcept;

// Do the first bytes of a stream that nothing recognised look like noise? `obfuscated`, likely. Not
// an answer that later bytes may not change: ask once, with what is there.
bool looks_like_noise(Bytes first_bytes) noexcept;

// What the IP protocol number alone says: ICMP, GRE, IP in IP, ESP, OSPF, ...; else unknown.
model::Protocol detect_ip(std::uint8_t ip_protocol) noexcept;

// What usually speaks on this port, for records of flows that nothing else was told of. Never
// judged.
model::Protocol usual_on_port(std::uint8_t ip_protocol, std::uint16_t port) noexcept;

}  // namespace sluice::detect

// A ClientHello, wherever it was read: the flow is judged by the name in it, and what else it says
// is kept with the name.
#include "dataplane/pipeline/evidence.h"
#include "dataplane/pipeline/stages.h"

namespace sluice::pipeline {

using model::NameSource;
using model::Protocol;
using model::TlsFacts;

namespace {

constexpr std::uint8_t kHandshakeRecord = 22;

// The first bytes of a record with a ClientHello, as far as they are there.
bool fits_hello_record(Bytes bytes) noexcept {
    constexpr std::size_t kTypeAt = 5;
    if (bytes.empty() || bytes[0] != kHandshakeRecord) return false;
    if (bytes.size() > 1 && bytes[1] != 3) return false;
    if (bytes.size() > 2 && bytes[2] > 4) return false;
    return bytes.size() <= kTypeAt || bytes[kTypeAt] == 1;
}

}  // namespace

void judge_hello(Turn& turn, Slot slot, const Result<wire::ClientHello, wire::Stop>& hello,
                 wire::HelloOver over) noexcept {
    char buffer[254];
    TlsFacts facts;
    std::string_view name;
    if (hello) {
        turn.hello = hello->message;
        facts = wire::tls_facts(*hello, over);
        name = readable_name(hello->sni, buffer);
        // GREASE has the extension, too: only a name that is nobody's own says that there is
        // another.
        if (hello->has_ech && !name.empty() &&
            is_public_name_of_ech(turn.core, turn.core.table.at(slot).operator_id, name,
                                  turn.now.mono)) {
            facts.flags |= TlsFacts::kOuter;
            ++turn.core.counters.ech_unnamed;
            name = {};
        }
    }
    const bool quic = over == wire::HelloOver::quic;
    judge(turn, slot, name, quic ? NameSource::quic_sni : NameSource::tls_sni, &facts);
    turn.hello = {};
}

bool begins_hello_of(Protocol protocol, Bytes payload) noexcept {
    constexpr std::size_t kSure = 6;
    if (payload.empty()) return false;
    switch (protocol) {
        case Protocol::quic:
            return wire::has_long_header(payload);
        case Protocol::dtls:
            return payload[0] == kHandshakeRecord;
        case Protocol::smtp:
        case Protocol::imap:
        case Protocol::pop3:
        case Protocol::ftp:
        case Protocol::xmpp:  // text: no line of it begins so
            return fits_hello_record(payload);
        case Protocol::socks:  // its own messages begin with 1, 4 or 5; a request with a letter
            return fits_hello_record(payload) || (payload[0] >= 'A' && payload[0] <= 'Z');
        default:
            return payload.size() >= kSure && fits_hello_record(payload);
    }
}

}  // namespace sluice::pipeline

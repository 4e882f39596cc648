// One line of the evidence log: JSON on one line of printable ASCII, as it is hashed, sealed and
// exported. Lines only ever gain fields; `v` would change with the meaning of one.
//
//   begun     a flow was judged exempt: whose, to what, by which category and list entry, and the
//             SHA-256 of its ClientHello
//   ended     what was forwarded of it, and the SHA-256 of the ServerHello where it was seen
//   not_kept  records that are missing here, and why: what is not evidence is said to be not
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "control/commit/engine.h"
#include "rules/ipc/evidence.h"

namespace sluice::control {

// What is told of a flow whose record is open.
struct OpenEvidence {
    ipc::Evidence begun;
    std::string serial;  // of the `begun` line
    std::string bundle;  // hash of the bundle that decided, hex
    ipc::Sha256 server_hash{};
    std::uint32_t server_bytes = 0;  // 0: no ServerHello was seen
};

// The list entry that makes the name exempt, from the bundle: {list, entry, from}; null when the
// bundle does not tell.
render::Json entry_json(const Rulebook& rules, const ipc::Evidence& evidence);
render::Json begun_json(const OpenEvidence& open, const Rulebook& rules);
// `open`: nullptr when the beginning was not seen.
render::Json ended_json(const ipc::Evidence& ended, const std::string& serial,
                        const OpenEvidence* open, const Rulebook& rules);
render::Json not_kept_json(const std::string& serial, std::int64_t utc_ns, std::uint64_t records,
                           std::string_view why);
// A line for the log; empty when it would be longer than the log takes (it cannot be: every text
// in it is bounded).
std::string line_of(const render::Json& json);

// What verification reads of a line.
struct EvidenceLine {
    enum class Event : std::uint8_t { begun, ended, not_kept };
    Event event = Event::begun;
    std::string serial, flow;  // flow: of `ended`, the serial of its beginning; empty: not known
    std::string name, remote;  // as a leaf would bear it
    std::string bundle;
    std::int64_t at_utc = 0;
    std::uint64_t packets = 0, bytes = 0;
    std::uint64_t records = 0;  // not_kept
    bool exempt = true;         // begun: its reason is one of the seven
};
// Nothing for anything line_of() does not make. Never throws.
std::optional<EvidenceLine> parse_line(std::string_view text);

}  // namespace sluice::control

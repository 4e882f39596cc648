// Checks a handover message before anybody believes it: bools, enums, sizes and numbers that the
// receiver would index or shift by. Whether the sender may say it now is the receiver's to judge.
#pragma once
#include <cstdint>
#include <string_view>

#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "rules/ipc/handover.h"

namespace sluice::ipc {

enum class HandoverError : std::uint8_t {
    wrong_size,     // not exactly sizeof(HandoverMessage): another build, or garbage
    wrong_version,  // of another build
    unknown_word,   // a kind, role, how, reason, protocol, ... has no such value
    bad_flag,       // a bool is neither 0 nor 1
    bad_name,       // longer than its field, or with control bytes (it goes into log lines)
    bad_tuple,      // no TCP flow between two addresses of one family with ports
    bad_end,        // window scale above 14 (RFC 7323), a link header longer than its field, ...
    no_reference,   // of a flow that must have one
};

// One sentence for people, what to do next included.
std::string_view text_of(HandoverError error);

// The message in `bytes`, one whole datagram.
//   returns  a message whose bools, enums, name and ends may be used without further checks. The
//            tuple and the ends are checked where the kind carries a whole flow: live, take_over,
//            offer, adopt, connection; the reference where it names one.
//   cost     one pass over 600 bytes; no allocation.
Result<HandoverMessage, HandoverError> check_handover(Bytes bytes) noexcept;

}  // namespace sluice::ipc

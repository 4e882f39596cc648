// Bytes of a handover message to a checked one. Bools and enums are looked at as bytes, before they
// are read as what they are: with any other value reading them would be undefined behaviour.
#include "rules/ipc/handover_check.h"

#include <cstddef>
#include <cstring>

namespace sluice::ipc {
namespace {

constexpr std::size_t kFlow = offsetof(HandoverMessage, flow);
constexpr std::size_t kEnds = kFlow + offsetof(HandoverFlow, ends);
constexpr std::uint8_t kTcpProtocol = 6;

struct WordField {
    std::size_t at;
    std::size_t count;  // values the type has
};
constexpr WordField kWords[] = {
    {offsetof(HandoverMessage, kind), kHandoverKinds},
    {offsetof(HandoverMessage, role), static_cast<unsigned>(HandoverRole::inspect) + 1},
    {offsetof(HandoverMessage, how), kHandoverHows},
    {kFlow + offsetof(HandoverFlow, reason), model::kReasonCount},
    {kFlow + offsetof(HandoverFlow, protocol), model::kProtocols.size()},
    {kFlow + offsetof(HandoverFlow, confidence),
     static_cast<unsigned>(model::Confidence::certain) + 1},
    {kFlow + offsetof(HandoverFlow, name_source),
     static_cast<unsigned>(model::NameSource::tls_certificate) + 1},
    {kFlow + offsetof(HandoverFlow, evidence),
     static_cast<unsigned>(model::NameEvidence::contradict) + 1},
};
constexpr std::size_t kFlags[] = {
    kFlow + offsetof(HandoverFlow, from_internet),
    kFlow + offsetof(HandoverFlow, stalled),
    kEnds + offsetof(HandoverEnd, sack),
    kEnds + offsetof(HandoverEnd, timestamps),
    kEnds + sizeof(HandoverEnd) + offsetof(HandoverEnd, sack),
    kEnds + sizeof(HandoverEnd) + offsetof(HandoverEnd, timestamps),
};

bool carries_flow(HandoverKind kind) {
    switch (kind) {
        case HandoverKind::live:
        case HandoverKind::take_over:
        case HandoverKind::offer:
        case HandoverKind::adopt:
        case HandoverKind::connection:
            return true;
        default:
            return false;
    }
}

bool names_flow(HandoverKind kind) {
    switch (kind) {
        case HandoverKind::taken:
        case HandoverKind::failed:
        case HandoverKind::end:
        case HandoverKind::ended:
        case HandoverKind::reconnect:
        case HandoverKind::adopted:
        case HandoverKind::refused:
            return true;
        default:
            return carries_flow(kind);
    }
}

bool name_is_good(const HandoverFlow& flow) {
    if (flow.name_size > kNameSizeMax) return false;
    for (const char c : flow.name())
        if (c <= 0x20 || c == 0x7f) return false;
    return true;
}

bool tuple_is_good(const FlowTuple& tuple) {
    return tuple.ip_protocol == kTcpProtocol && tuple.user_port != 0 && tuple.remote_port != 0 &&
           tuple.user.is_v4() == tuple.remote.is_v4();
}

bool end_is_good(const HandoverEnd& end) {
    const bool scale = end.window_scale == kNoWindowScale || end.window_scale <= kWindowScaleMax;
    const bool window = end.window <= std::uint32_t{0xffff} << kWindowScaleMax;
    return scale && window && end.link_size <= kLinkHeaderMax;
}

}  // namespace

std::string_view text_of(HandoverError error) {
    switch (error) {
        case HandoverError::wrong_size:
        case HandoverError::wrong_version:
            return "the other end was built with another version of the handover protocol; "
                   "install the same version of all programs";
        case HandoverError::unknown_word:
            return "a message of the handover says a word that there is not; "
                   "install the same version of all programs";
        case HandoverError::bad_flag:
            return "a flag of a handover message is neither yes nor no";
        case HandoverError::bad_name:
            return "the name in a handover message is no name";
        case HandoverError::bad_tuple:
            return "a handover message is about something that is no TCP connection";
        case HandoverError::bad_end:
            return "the numbers of one end in a handover message cannot be";
        case HandoverError::no_reference:
            return "a handover message names no flow";
    }
    return "";
}

Result<HandoverMessage, HandoverError> check_handover(Bytes bytes) noexcept {
    if (bytes.size() != sizeof(HandoverMessage)) return Err{HandoverError::wrong_size};
    std::uint32_t version = 0, size = 0;
    std::memcpy(&version, bytes.data() + offsetof(HandoverMessage, version), sizeof version);
    std::memcpy(&size, bytes.data() + offsetof(HandoverMessage, size), sizeof size);
    if (version != kHandoverVersion) return Err{HandoverError::wrong_version};
    if (size != sizeof(HandoverMessage)) return Err{HandoverError::wrong_size};
    for (const WordField& word : kWords)
        if (bytes[word.at] >= word.count) return Err{HandoverError::unknown_word};
    for (const std::size_t at : kFlags)
        if (bytes[at] > 1) return Err{HandoverError::bad_flag};
    HandoverMessage message;
    std::memcpy(static_cast<void*>(&message), bytes.data(), sizeof message);
    if (!name_is_good(message.flow)) return Err{HandoverError::bad_name};
    if (message.flow.tls.alpn_size > model::kAlpnTextMax) return Err{HandoverError::bad_name};
    if (names_flow(message.kind) && message.flow.reference == 0)
        return Err{HandoverError::no_reference};
    if (!carries_flow(message.kind)) return message;
    if (!tuple_is_good(message.flow.tuple)) return Err{HandoverError::bad_tuple};
    for (const HandoverEnd& end : message.flow.ends)
        if (!end_is_good(end)) return Err{HandoverError::bad_end};
    return message;
}

}  // namespace sluice::ipc

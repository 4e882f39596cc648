// Bytes of a question to a checked Request. Bools and enums are checked as bytes, before they are
// read as what they are: an enum or a bool with any other value would be undefined behaviour.
#include "rules/ipc/query_check.h"

#include <cstddef>
#include <cstring>

#include "rules/model/reason.h"

namespace sluice::ipc {
namespace {

constexpr std::size_t kFilter = offsetof(Request, filter);
constexpr std::size_t kFlags[] = {
    kFilter + offsetof(FlowFilter, by_user),
    kFilter + offsetof(FlowFilter, by_remote),
    kFilter + offsetof(FlowFilter, by_org),
    kFilter + offsetof(FlowFilter, by_verdict),
    kFilter + offsetof(FlowFilter, by_reason),
    kFilter + offsetof(FlowFilter, by_operator),
    offsetof(Request, now),
    offsetof(Request, capture) + offsetof(CaptureOrder, exact),
    offsetof(Request, capture) + offsetof(CaptureOrder, by_address),
    offsetof(Request, capture) + offsetof(CaptureOrder, payload),
};
constexpr std::size_t kVerdict = kFilter + offsetof(FlowFilter, verdict);
constexpr std::size_t kReason = kFilter + offsetof(FlowFilter, reason);
constexpr std::size_t kDrop = offsetof(Request, capture) + offsetof(CaptureOrder, drop);
constexpr std::uint8_t kKinds = static_cast<std::uint8_t>(QueryKind::capture_stop) + 1;
constexpr std::uint8_t kVerdicts = static_cast<std::uint8_t>(model::Verdict::inspect) + 1;

// Ends inside its field, is empty or absolute, and has no control bytes (it goes into log lines).
bool path_is_good(Bytes field) {
    std::size_t size = 0;
    while (size < field.size() && field[size] != 0) {
        if (field[size] < 0x20 || field[size] == 0x7f) return false;
        ++size;
    }
    if (size == field.size()) return false;
    return size == 0 || field[0] == '/';
}

// Ends inside its field and has no control bytes.
bool wire_is_good(Bytes field) {
    std::size_t size = 0;
    while (size < field.size() && field[size] != 0) {
        if (field[size] < 0x20 || field[size] == 0x7f) return false;
        ++size;
    }
    return size < field.size();
}

}  // namespace

std::string_view text_of(RequestError error) {
    switch (error) {
        case RequestError::wrong_size:
        case RequestError::wrong_version:
            return "the client was built with another version of the query protocol; "
                   "install the same version of both";
        case RequestError::unknown_kind:
            return "no such kind of question";
        case RequestError::bad_flag:
            return "a flag of the filter is neither 0 nor 1";
        case RequestError::unknown_verdict:
            return "the filter names no verdict";
        case RequestError::unknown_reason:
            return "the filter names no reason";
        case RequestError::unknown_drop:
            return "the capture names no reason of drops";
        case RequestError::bad_path:
            return "the path of a bundle directory must be absolute";
        case RequestError::bad_wire:
            return "the wire's id is longer than 63 bytes or has control bytes";
    }
    return "";
}

Result<Request, RequestError> check_request(Bytes message) noexcept {
    if (message.size() != sizeof(Request)) return Err{RequestError::wrong_size};
    std::uint32_t version = 0;
    std::memcpy(&version, message.data() + offsetof(Request, version), sizeof(version));
    if (version != kQueryVersion) return Err{RequestError::wrong_version};
    if (message[offsetof(Request, kind)] >= kKinds) return Err{RequestError::unknown_kind};
    for (std::size_t flag : kFlags)
        if (message[flag] > 1) return Err{RequestError::bad_flag};
    if (message[kVerdict] >= kVerdicts) return Err{RequestError::unknown_verdict};
    if (message[kReason] >= model::kReasonCount) return Err{RequestError::unknown_reason};
    if (message[kDrop] > model::kDropReasonCount) return Err{RequestError::unknown_drop};
    if (!path_is_good(message.subspan(offsetof(Request, path), sizeof(Request::path))))
        return Err{RequestError::bad_path};
    if (!wire_is_good(message.subspan(offsetof(Request, wire), sizeof(Request::wire))))
        return Err{RequestError::bad_wire};
    Request request;
    std::memcpy(&request, message.data(), sizeof(request));
    return request;
}

}  // namespace sluice::ipc

// Checks a question before anything believes it: the bytes a client of the data plane's socket sent
// become a Request only when every field holds a value its type can hold.
#pragma once
#include <cstdint>
#include <string_view>

#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "rules/ipc/query.h"

namespace sluice::ipc {

enum class RequestError : std::uint8_t {
    wrong_size,       // not exactly sizeof(Request): another build, or garbage
    wrong_version,    // kQueryVersion of another build
    unknown_kind,     // no QueryKind has this number
    bad_flag,         // a by_... byte is neither 0 nor 1
    unknown_verdict,  // filter.verdict is no Verdict
    unknown_reason,   // filter.reason is no Reason
    unknown_drop,     // a reason of drops beyond the table
    bad_path,         // path has no end, is not absolute or has bytes that no path of ours has
    bad_wire,         // wire has no end, or control bytes
};

// One sentence for people, what to do next included.
std::string_view text_of(RequestError error);

// The request in `message`, one whole datagram of the socket.
//   returns  a Request whose bools, enums and path may be used without further checks; for
//            load_bundle, `path` is empty (the configured directory) or absolute.
//   cost     one pass over 600 bytes; no allocation.
Result<Request, RequestError> check_request(Bytes message) noexcept;

}  // namespace sluice::ipc

// Asks a running signer how it is, or to read again what has changed: for sluicectl. Waits; no
// keys, no OpenSSL.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "rules/base/result.h"
#include "rules/ipc/signer.h"

namespace sluice::certs {

struct AdminError {
    std::string message;                        // what happened, what to do next
    std::optional<ipc::SignerRefusal> refusal;  // it answered, and said no
    bool timed_out = false;
};

// `kind`: status or reload (which takes about a second: keys are opened).
Result<ipc::StatusReply, AdminError> ask_signer(const std::string& socket_path,
                                                ipc::SignerKind kind, int timeout_ms);

}  // namespace sluice::certs

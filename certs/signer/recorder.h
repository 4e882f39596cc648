// Recorder: adds lines to the evidence log that sluice-signer keeps. Waits for the answer, with a
// deadline; no keys, no OpenSSL.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "rules/ipc/signer.h"

namespace sluice::certs {

struct RecordError {
    std::string message;  // what happened, what to do next
    std::optional<ipc::SignerRefusal>
        refusal;  // the signer answered, and said no: nothing was kept
    // Without a refusal: the lines may have been kept, the answer was lost.
};

class Recorder {
  public:
    explicit Recorder(std::string socket_path) : path_(std::move(socket_path)) {}
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    ~Recorder() { disconnect(); }

    // Adds all lines or none; connects when it is not connected. At most kEvidenceBatchMax lines of
    // printable ASCII, each at most kEvidenceEntryBytesMax long, in all at most kRecordBytesMax.
    //   returns  the index of the first in the log.
    Result<std::uint64_t, RecordError> add(std::span<const std::string> lines, int timeout_ms);

  private:
    void disconnect();
    Result<std::uint64_t, RecordError> receive(std::uint64_t token);

    std::string path_;
    int fd_ = -1;
    std::uint64_t last_token_ = 0;
};

inline constexpr std::size_t kRecordBytesMax =
    ipc::kSignerMessageBytesMax - sizeof(ipc::RecordRequest) - 2 * ipc::kEvidenceBatchMax;

}  // namespace sluice::certs

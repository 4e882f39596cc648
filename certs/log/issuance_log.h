// IssuanceLog: the writing side of the issuance log. An entry is durable, and in the tree, before
// append() returns; only then may its certificate leave the signer (design section 6).
//
// A crash leaves at most a torn tail of entries nobody was answered about: open() cuts it off. The
// signed checkpoint is behind the log by at most what was written since write_checkpoint(); a log
// that is shorter than its checkpoint, or other, has lost or changed entries: open() refuses it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "certs/log/merkle.h"
#include "certs/log/note.h"
#include "rules/base/result.h"

namespace sluice::certs {

enum class LogFault : std::uint8_t {
    in_use,   // another process writes it
    io,       // a file could not be read or written
    full,     // no room on the disk, or bytes_max is reached: nothing of the call is in the log
    damaged,  // does not agree with itself or with its checkpoint
};
struct LogError {
    LogFault fault = LogFault::io;
    std::string message;  // which file, what is wrong, what to do
};

struct LogOptions {
    std::filesystem::path directory;              // made when missing; its parent must exist
    std::uint64_t bytes_max = 8ull << 30;         // of all segments: about 10 million entries
    std::uint64_t segment_bytes_max = 64u << 20;  // read at start: about 0.1 s
};

inline constexpr std::size_t kLogBatchMax = 64;  // entries of one append()

class IssuanceLog {
  public:
    // Opens or begins a log, cuts off a torn tail, holds it against its checkpoint.
    //   key  Ed25519, of `verifier`; outlives the log.
    static Result<std::unique_ptr<IssuanceLog>, LogError> open(const LogOptions& options,
                                                               const LogVerifier& verifier,
                                                               EVP_PKEY* key);
    IssuanceLog(const IssuanceLog&) = delete;
    IssuanceLog& operator=(const IssuanceLog&) = delete;
    ~IssuanceLog();

    // Appends all entries or none; at most kLogBatchMax. Cost: one write, one fdatasync.
    //   returns  the index of the first; full (may be tried again), io (the log is in an unknown
    //            state: every further call fails until it is opened anew).
    Result<std::uint64_t, LogError> append(std::span<const std::vector<std::uint8_t>> entries);

    // Signs the tree as it is, durably, as DIR/checkpoint. Does nothing when it has not grown.
    Result<Done, LogError> write_checkpoint();

    TreeHead head() const { return {tree_.size(), tree_.root()}; }
    std::uint64_t bytes() const { return bytes_; }
    // Bytes of a torn tail that open() cut off.
    std::uint64_t torn_bytes() const { return torn_bytes_; }

  private:
    IssuanceLog(const LogOptions& options, const LogVerifier& verifier, EVP_PKEY* key)
        : options_(options), verifier_(verifier), key_(key) {}
    Result<Done, LogError> lock_and_load();
    Result<Done, LogError> begin_log();
    Result<Done, LogError> load_last_segment(const std::filesystem::path& file,
                                             const TreeHead& checkpoint);
    Result<Done, LogError> begin_segment();
    Result<Done, LogError> open_segment();
    LogError undo_write(int error);

    LogOptions options_;
    LogVerifier verifier_;
    EVP_PKEY* key_;
    CompactTree tree_;
    TreeHead checkpoint_;
    int lock_ = -1, segment_ = -1;
    std::uint64_t segment_first_ = 0, segment_bytes_ = 0;
    std::uint64_t bytes_ = 0, torn_bytes_ = 0;
    bool failed_ = false;
};

}  // namespace sluice::certs

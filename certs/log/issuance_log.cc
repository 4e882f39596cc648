#include "certs/log/issuance_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "certs/log/entry.h"
#include "certs/log/log_files.h"
#include "certs/log/segment.h"
#include "rules/base/assert.h"
#include "rules/ipc/durable_file.h"

namespace sluice::certs {
namespace {

namespace fs = std::filesystem;

// The most that one append() writes: a torn tail is never longer.
constexpr std::uint64_t kTornBytesMax = kLogBatchMax * (kLogEntryBytesMax + 36);

Err<LogError> fail(LogFault fault, const fs::path& file, const std::string& what) {
    return Err{LogError{fault, file.string() + ": " + what}};
}

bool no_room(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

// Errno of a write that did not write everything; 0 when it did.
int write_all(int fd, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return errno;
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
    return 0;
}

// The tree of a segment's whole records, and its root when it had `checkpoint.size` entries.
struct Replay {
    CompactTree tree;
    std::size_t whole_bytes = 0;
    std::optional<Hash> root_then;
};
Replay replay(const SegmentHead& head, Bytes file, std::uint64_t size_then) {
    Replay r{head.before, head.bytes, std::nullopt};
    RecordReader records(file.subspan(head.bytes));
    Bytes entry;
    Hash leaf{};
    do {
        if (r.tree.size() == size_then) r.root_then = r.tree.root();
        r.whole_bytes = head.bytes + records.at();
    } while (records.next(entry, leaf) && (r.tree.append(leaf), true));
    return r;
}

}  // namespace

Result<std::unique_ptr<IssuanceLog>, LogError> IssuanceLog::open(const LogOptions& options,
                                                                 const LogVerifier& verifier,
                                                                 EVP_PKEY* key) {
    std::unique_ptr<IssuanceLog> log(new IssuanceLog(options, verifier, key));
    const auto loaded = log->lock_and_load();
    if (!loaded) return Err{loaded.error()};
    return log;
}

IssuanceLog::~IssuanceLog() {
    if (segment_ >= 0) ::close(segment_);
    if (lock_ >= 0) ::close(lock_);
}

Result<Done, LogError> IssuanceLog::lock_and_load() {
    const fs::path& dir = options_.directory;
    if (::mkdir(dir.c_str(), 0750) != 0 && errno != EEXIST)
        return fail(LogFault::io, dir, std::string("cannot be made: ") + std::strerror(errno));
    lock_ = ::open((dir / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (lock_ < 0) return fail(LogFault::io, dir / "lock", std::strerror(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0)
        return fail(LogFault::in_use, dir, "another sluice-signer writes this log; stop it first");
    SLUICE_TRY(segments, list_segments(dir));
    const fs::path checkpoint = dir / kCheckpointFile;
    const auto head = read_checkpoint(checkpoint, verifier_);
    if (!head && ipc::size_of(checkpoint))
        return fail(
            LogFault::damaged, checkpoint,
            "is not signed by this log's key; restore it, or name the key it was made with");
    if (segments.empty()) {
        if (head && head->size != 0)
            return fail(LogFault::damaged, dir,
                        "its checkpoint speaks of entries, but there are none; restore the log");
        return begin_log();
    }
    if (!head)
        return fail(LogFault::damaged, checkpoint, "is missing; restore it from a copy of the log");
    for (const SegmentFile& segment : segments)
        bytes_ += segment.bytes;
    return load_last_segment(segments.back().path, *head);
}

// The checkpoint first: a log with a segment and no checkpoint has lost it.
Result<Done, LogError> IssuanceLog::begin_log() {
    const std::string note = sign_checkpoint(head(), verifier_, key_);
    if (!ipc::write_durably(options_.directory / kCheckpointFile, std::as_bytes(std::span(note))))
        return fail(LogFault::io, options_.directory / kCheckpointFile, std::strerror(errno));
    return begin_segment();
}

Result<Done, LogError> IssuanceLog::load_last_segment(const fs::path& file,
                                                      const TreeHead& checkpoint) {
    const auto bytes = read_file(file, options_.segment_bytes_max + kTornBytesMax * 2);
    if (!bytes) return fail(LogFault::io, file, "cannot be read, or is larger than a segment");
    const auto head = parse_segment_head(*bytes);
    if (!head || segment_name(head->before.size()) != file.filename())
        return fail(LogFault::damaged, file, "its head is damaged; restore the log from a copy");
    const Replay found = replay(*head, *bytes, checkpoint.size);
    if (found.tree.size() < checkpoint.size)
        return fail(LogFault::damaged, file,
                    "holds " + std::to_string(found.tree.size()) +
                        " entries where the checkpoint "
                        "was signed over " +
                        std::to_string(checkpoint.size) +
                        "; answered entries were lost: restore the log from a copy");
    if (found.root_then != checkpoint.root)
        return fail(LogFault::damaged, file,
                    "its entries are not those the checkpoint was signed over; restore the log "
                    "from a copy and find out who changed it (sluicectl tls issuance verify)");
    torn_bytes_ = bytes->size() - found.whole_bytes;
    if (torn_bytes_ > kTornBytesMax)
        return fail(LogFault::damaged, file,
                    "cannot be read from entry " + std::to_string(found.tree.size()) +
                        " on, which is more than a crash leaves; restore the log from a copy");
    tree_ = found.tree;
    checkpoint_ = checkpoint;
    segment_first_ = head->before.size();
    segment_bytes_ = found.whole_bytes;
    bytes_ -= torn_bytes_;
    return open_segment();
}

Result<Done, LogError> IssuanceLog::open_segment() {
    const fs::path file = options_.directory / segment_name(segment_first_);
    if (segment_ >= 0) ::close(segment_);
    segment_ = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (segment_ < 0 || ::ftruncate(segment_, static_cast<off_t>(segment_bytes_)) != 0 ||
        ::fsync(segment_) != 0)
        return fail(LogFault::io, file, std::strerror(errno));
    return Done{};
}

// What was is signed first, so that a head never speaks of more than a checkpoint does.
Result<Done, LogError> IssuanceLog::begin_segment() {
    SLUICE_TRY(signed_, write_checkpoint());
    static_cast<void>(signed_);
    const fs::path file = options_.directory / segment_name(tree_.size());
    const std::vector<std::uint8_t> head = segment_head(tree_);
    if (!ipc::write_durably(file, std::as_bytes(std::span(head))))
        return fail(no_room(errno) ? LogFault::full : LogFault::io, file, std::strerror(errno));
    segment_first_ = tree_.size();
    segment_bytes_ = head.size();
    bytes_ += head.size();
    return open_segment();
}

Result<std::uint64_t, LogError> IssuanceLog::append(
    std::span<const std::vector<std::uint8_t>> entries) {
    SLUICE_ASSERT(entries.size() <= kLogBatchMax);
    const fs::path& dir = options_.directory;
    if (failed_) return fail(LogFault::io, dir, "failed before; restart sluice-signer");
    std::vector<std::uint8_t> records;
    std::vector<Hash> leaves;
    for (const auto& entry : entries) {
        leaves.push_back(leaf_hash(entry));
        add_record(records, entry, leaves.back());
    }
    if (bytes_ + records.size() > options_.bytes_max)
        return fail(LogFault::full, dir,
                    "has reached log_bytes_max; move old segments to an archive, or raise it");
    if (segment_bytes_ + records.size() > options_.segment_bytes_max &&
        tree_.size() > segment_first_) {
        SLUICE_TRY(begun, begin_segment());
        static_cast<void>(begun);
    }
    if (const int error = write_all(segment_, records); error != 0) return Err{undo_write(error)};
    if (::fdatasync(segment_) != 0) {
        failed_ = true;
        return fail(LogFault::io, dir,
                    std::string("could not be made durable: ") + std::strerror(errno) +
                        "; restart sluice-signer");
    }
    const std::uint64_t first = tree_.size();
    for (const Hash& leaf : leaves)
        tree_.append(leaf);
    segment_bytes_ += records.size();
    bytes_ += records.size();
    return first;
}

// Takes back what part of a write arrived.
LogError IssuanceLog::undo_write(int error) {
    const std::string why = std::strerror(error);
    failed_ = ::ftruncate(segment_, static_cast<off_t>(segment_bytes_)) != 0;
    return {no_room(error) && !failed_ ? LogFault::full : LogFault::io,
            options_.directory.string() + ": " + why + "; make room on its disk"};
}

Result<Done, LogError> IssuanceLog::write_checkpoint() {
    if (tree_.size() == checkpoint_.size) return Done{};
    const TreeHead now = head();
    const std::string note = sign_checkpoint(now, verifier_, key_);
    const fs::path file = options_.directory / kCheckpointFile;
    if (!ipc::write_durably(file, std::as_bytes(std::span(note))))
        return fail(no_room(errno) ? LogFault::full : LogFault::io, file, std::strerror(errno));
    checkpoint_ = now;
    return Done{};
}

}  // namespace sluice::certs

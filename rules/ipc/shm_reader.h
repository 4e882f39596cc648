// Reading side of the data plane's shared memory: counters, and the event rings. A data plane that
// starts makes new files, so a reader asks `replaced()` now and then and opens again.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "rules/base/result.h"
#include "rules/ipc/counters.h"
#include "rules/ipc/event.h"
#include "rules/ipc/evidence.h"

namespace sluice::ipc {

enum class ShmFailure : std::uint8_t {
    missing,        // no such file: no data plane has started here yet
    not_permitted,  // the caller may not open it
    not_ours,       // too short, or another magic number
    other_build,    // its records are laid out by another version
};

struct ShmError {
    ShmFailure failure = ShmFailure::missing;
    std::string message;  // for people: what happened and what to do next
};

// One shared file, mapped whole for as long as this lives.
class MappedFile {
  public:
    // Maps `path`; `bytes_min` is the least it must hold.
    static Result<MappedFile, ShmError> open(const std::string& path, bool writable,
                                             std::size_t bytes_min);
    MappedFile(MappedFile&& from) noexcept { *this = std::move(from); }
    MappedFile& operator=(MappedFile&& from) noexcept;
    ~MappedFile();

    void* data() const { return data_; }
    std::size_t size() const { return size_; }
    const std::string& path() const { return path_; }
    // True when the path now names another file, or none. One system call.
    bool replaced() const;

  private:
    MappedFile() = default;
    std::string path_;
    void* data_ = nullptr;
    std::size_t size_ = 0;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

class CountersReader {
  public:
    static Result<CountersReader, ShmError> open(const std::string& runtime_dir);

    std::uint32_t workers() const { return workers_; }
    const CountersHeader& header() const;
    bool replaced() const { return file_.replaced(); }
    // The newest published copy of one worker's counters (worker < workers()): all of one moment.
    // Nothing when a writer was met 1,000 times in a row: it died while it wrote.
    std::optional<CounterBlock> read(std::uint32_t worker) const;

  private:
    CountersReader(MappedFile file, std::uint32_t workers)
        : file_(std::move(file)), workers_(workers) {}
    MappedFile file_;
    std::uint32_t workers_ = 0;
};

// Adds every number of `from` to `to`; levels add up too (each worker has its own flows).
void add(CounterBlock& to, const CounterBlock& from);

// The one consumer of one worker's events. Needs write access: it moves the ring's tail.
class EventReader {
  public:
    static Result<EventReader, ShmError> open(const std::string& runtime_dir, std::uint32_t worker);

    // The oldest event not read yet; false when there is none. Events whose fields hold no value of
    // their type (a data plane that died mid-way, or worse) are skipped. No system call.
    bool pop(Event& out);
    bool replaced() const { return file_.replaced(); }

  private:
    explicit EventReader(MappedFile file) : file_(std::move(file)) {}
    EventRing* ring() const { return static_cast<EventRing*>(file_.data()); }
    MappedFile file_;
};

// The same for what a worker tells of exempt flows.
class EvidenceReader {
  public:
    static Result<EvidenceReader, ShmError> open(const std::string& runtime_dir,
                                                 std::uint32_t worker);
    // The oldest record not read yet; unsound ones are skipped. False when there is none.
    bool pop(Evidence& out);
    bool replaced() const { return file_.replaced(); }

  private:
    explicit EvidenceReader(MappedFile file) : file_(std::move(file)) {}
    EvidenceRing* ring() const { return static_cast<EvidenceRing*>(file_.data()); }
    MappedFile file_;
};

}  // namespace sluice::ipc

// Maps what the data plane shares and checks that it is what we were built for.
#include "rules/ipc/shm_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "rules/ipc/shm_layout.h"

namespace sluice::ipc {
namespace {

constexpr int kReadTriesMax = 1000;

ShmError errno_error(const std::string& path) {
    if (errno == ENOENT)
        return {ShmFailure::missing, path + ": not there; is sluice-dataplane running?"};
    return {ShmFailure::not_permitted, path + ": " + std::strerror(errno)};
}

ShmError other_build(const std::string& path) {
    return {ShmFailure::other_build, path +
                                         ": written by another version of sluice-dataplane; "
                                         "install the same version of both"};
}

ShmError not_ours(const std::string& path) {
    return {ShmFailure::not_ours, path + ": not a file of sluice-dataplane"};
}

// A bool that another process wrote may be any byte.
bool bool_is_sound(const bool* flag) {
    std::uint8_t byte = 0;
    std::memcpy(&byte, flag, 1);
    return byte <= 1;
}

bool is_sound(const Event& e) {
    return e.kind <= EventKind::alarm && static_cast<std::size_t>(e.alarm) < kAlarmCount &&
           bool_is_sound(&e.raised) && static_cast<std::size_t>(e.reason) < model::kReasonCount &&
           static_cast<std::size_t>(e.protocol) < model::kProtocols.size() &&
           e.name_size <= sizeof e.name_bytes;
}

bool is_sound(const Evidence& e) {
    return e.kind <= EvidenceKind::ended && e.end <= EvidenceEnd::rejudged &&
           static_cast<std::size_t>(e.reason) < model::kReasonCount &&
           static_cast<std::size_t>(e.protocol) < model::kProtocols.size() &&
           e.name_source <= model::NameSource::tls_certificate &&
           e.name_evidence <= model::NameEvidence::contradict && e.name_size <= sizeof e.name_bytes;
}

template <class Ring>
Result<MappedFile, ShmError> open_ring(const std::string& path) {
    SLUICE_TRY(file, MappedFile::open(path, true, sizeof(Ring)));
    const auto& ring = *static_cast<const Ring*>(file.data());
    if (ring.magic != Ring::kMagic) return Err{not_ours(path)};
    if (ring.layout != sizeof(typename Ring::Record) || file.size() != sizeof(Ring))
        return Err{other_build(path)};
    return file;
}

}  // namespace

Result<MappedFile, ShmError> MappedFile::open(const std::string& path, bool writable,
                                              std::size_t bytes_min) {
    const int fd = ::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return Err{errno_error(path)};
    struct stat info {};
    MappedFile file;
    file.path_ = path;
    void* at = MAP_FAILED;
    const bool fits = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
                      static_cast<std::size_t>(info.st_size) >= bytes_min;
    if (fits) {
        file.size_ = static_cast<std::size_t>(info.st_size);
        const int protection = PROT_READ | (writable ? PROT_WRITE : 0);
        at = mmap(nullptr, file.size_, protection, MAP_SHARED, fd, 0);
    }
    close(fd);
    if (!fits) return Err{not_ours(path)};
    if (at == MAP_FAILED) return Err{errno_error(path)};
    file.data_ = at;
    file.device_ = info.st_dev;
    file.inode_ = info.st_ino;
    return file;
}

MappedFile& MappedFile::operator=(MappedFile&& from) noexcept {
    std::swap(path_, from.path_);
    std::swap(data_, from.data_);
    std::swap(size_, from.size_);
    std::swap(device_, from.device_);
    std::swap(inode_, from.inode_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) munmap(data_, size_);
}

bool MappedFile::replaced() const {
    struct stat now {};
    return stat(path_.c_str(), &now) != 0 || now.st_dev != device_ || now.st_ino != inode_;
}

Result<CountersReader, ShmError> CountersReader::open(const std::string& runtime_dir) {
    const std::string path = counters_path(runtime_dir);
    SLUICE_TRY(file, MappedFile::open(path, false, kCounterSlotsOffset));
    const auto& header = *static_cast<const CountersHeader*>(file.data());
    if (header.magic != kCountersMagic) return Err{not_ours(path)};
    if (header.layout != sizeof(CounterSlot)) return Err{other_build(path)};
    const std::uint32_t workers = header.workers;  // once: what is mapped may change meanwhile
    if (workers > kWorkersMax || file.size() < counters_file_bytes(workers))
        return Err{not_ours(path)};
    return CountersReader(std::move(file), workers);
}

const CountersHeader& CountersReader::header() const {
    return *static_cast<const CountersHeader*>(file_.data());
}

std::optional<CounterBlock> CountersReader::read(std::uint32_t worker) const {
    SLUICE_ASSERT(worker < workers());
    const auto* base = static_cast<const std::uint8_t*>(file_.data()) + kCounterSlotsOffset;
    const auto* slots = reinterpret_cast<const CounterSlot*>(base);
    CounterBlock block;
    for (int tries = 0; tries < kReadTriesMax; ++tries) {
        if (slots[worker].read(block)) return block;
        std::this_thread::yield();
    }
    return std::nullopt;
}

void add(CounterBlock& to, const CounterBlock& from) {
#define X(name, text) to.name += from.name;
    SLUICE_COUNTERS(X)
#undef X
    const auto add_all = [](auto& sums, const auto& more) {
        for (std::size_t i = 0; i < sums.size(); ++i)
            sums[i] += more[i];
    };
    add_all(to.dropped, from.dropped);
    add_all(to.blocked, from.blocked);
    add_all(to.decided, from.decided);
    add_all(to.fail_open, from.fail_open);
    add_all(to.fail_closed, from.fail_closed);
}

Result<EventReader, ShmError> EventReader::open(const std::string& runtime_dir,
                                                std::uint32_t worker) {
    SLUICE_TRY(file, open_ring<EventRing>(events_path(runtime_dir, worker)));
    return EventReader(std::move(file));
}

Result<EvidenceReader, ShmError> EvidenceReader::open(const std::string& runtime_dir,
                                                      std::uint32_t worker) {
    SLUICE_TRY(file, open_ring<EvidenceRing>(evidence_path(runtime_dir, worker)));
    return EvidenceReader(std::move(file));
}

bool EvidenceReader::pop(Evidence& out) {
    for (std::uint32_t tries = 0; tries < EvidenceRing::kSlots && ring()->pop(out); ++tries)
        if (is_sound(out)) return true;
    return false;
}

bool EventReader::pop(Event& out) {
    for (std::uint32_t tries = 0; tries < kEventSlots && ring()->pop(out); ++tries)
        if (is_sound(out)) return true;
    return false;
}

}  // namespace sluice::ipc

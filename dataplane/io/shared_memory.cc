// Makes, sizes and maps the shared files.
#include "dataplane/io/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "rules/ipc/shm_layout.h"

namespace sluice::io {
namespace {

std::string failed(const std::string& path, const char* what) {
    return path + ": " + what + ": " + std::strerror(errno);
}

}  // namespace

Result<SharedMemory::Mapping, std::string> SharedMemory::make(const std::string& path,
                                                              std::size_t size, unsigned mode) {
    if (unlink(path.c_str()) != 0 && errno != ENOENT)
        return Err{failed(path, "the file of the last run cannot be removed")};
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) return Err{failed(path, "cannot be made")};
    void* at = MAP_FAILED;
    // fchmod: the mode is a promise to readers, whatever the umask.
    if (fchmod(fd, mode) == 0 && ftruncate(fd, static_cast<off_t>(size)) == 0)
        at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
    const int why = errno;
    close(fd);
    errno = why;
    if (at == MAP_FAILED) return Err{failed(path, "cannot be mapped")};
    return Mapping{at, size};
}

Result<SharedMemory, std::string> SharedMemory::create(const std::string& runtime_dir,
                                                       std::uint32_t workers,
                                                       std::int64_t started_utc_ns) {
    SLUICE_ASSERT(workers > 0 && workers <= ipc::kWorkersMax);
    if (mkdir(runtime_dir.c_str(), 0750) != 0 && errno != EEXIST)
        return Err{failed(runtime_dir, "cannot be made")};
    SharedMemory shared;
    SLUICE_TRY(counters,
               make(ipc::counters_path(runtime_dir), ipc::counters_file_bytes(workers), 0640));
    shared.mappings_.push_back(counters);
    auto* header = new (counters.data) ipc::CountersHeader;
    header->workers = workers;
    header->pid = static_cast<std::uint32_t>(getpid());
    header->started_utc_ns = static_cast<std::uint64_t>(started_utc_ns);
    for (std::uint32_t i = 0; i < workers; ++i)
        new (&shared.counters(i)) ipc::CounterSlot;
    for (std::uint32_t i = 0; i <= workers; ++i) {
        SLUICE_TRY(ring, make(ipc::events_path(runtime_dir, i), sizeof(ipc::EventRing), 0660));
        shared.mappings_.push_back(ring);
        new (ring.data) ipc::EventRing;
    }
    for (std::uint32_t i = 0; i < workers; ++i) {
        SLUICE_TRY(ring, make(ipc::evidence_path(runtime_dir, i), sizeof(ipc::EvidenceRing), 0660));
        shared.mappings_.push_back(ring);
        new (ring.data) ipc::EvidenceRing;
    }
    return shared;
}

SharedMemory::~SharedMemory() {
    for (const Mapping& m : mappings_)
        munmap(m.data, m.size);
}

ipc::CounterSlot& SharedMemory::counters(std::uint32_t worker) {
    auto* base = static_cast<std::uint8_t*>(mappings_[0].data) + ipc::kCounterSlotsOffset;
    return reinterpret_cast<ipc::CounterSlot*>(base)[worker];
}

ipc::EventRing& SharedMemory::events(std::uint32_t worker) {
    return *static_cast<ipc::EventRing*>(mappings_[1 + worker].data);
}

ipc::EvidenceRing& SharedMemory::evidence(std::uint32_t worker) {
    const std::size_t workers = (mappings_.size() - 2) / 2;
    return *static_cast<ipc::EvidenceRing*>(mappings_[2 + workers + worker].data);
}

std::uint64_t SharedMemory::memory_bytes(std::uint32_t workers) {
    return ipc::counters_file_bytes(workers) +
           (workers + std::uint64_t{1}) * sizeof(ipc::EventRing) +
           workers * sizeof(ipc::EvidenceRing);
}

}  // namespace sluice::io

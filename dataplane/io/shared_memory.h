// Writing side of the shared files in the runtime directory: counters and event rings. Made anew at
// each start, so that a reader can tell a restarted data plane from a quiet one.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rules/base/result.h"
#include "rules/ipc/counters.h"
#include "rules/ipc/event.h"
#include "rules/ipc/evidence.h"

namespace sluice::io {

class SharedMemory {
  public:
    // Makes <runtime_dir> (mode 0750) when it is not there, then the files: counters (0640: the
    // group reads) and events-<n> (0660: the group's consumer moves the tail). The ring behind the
    // last worker's is the control thread's. evidence-<n>: as events-<n>, one a worker.
    //   returns  an error in words for people.
    static Result<SharedMemory, std::string> create(const std::string& runtime_dir,
                                                    std::uint32_t workers,
                                                    std::int64_t started_utc_ns);
    SharedMemory(SharedMemory&& from) noexcept : mappings_(std::move(from.mappings_)) {
        from.mappings_.clear();
    }
    SharedMemory& operator=(SharedMemory&&) = delete;
    ~SharedMemory();  // unmaps; the files stay for a last look until the next start

    ipc::CounterSlot& counters(std::uint32_t worker);
    const ipc::CounterSlot& counters(std::uint32_t worker) const {
        return const_cast<SharedMemory*>(this)->counters(worker);
    }
    ipc::EventRing& events(std::uint32_t worker);  // worker == workers: the control thread's

    ipc::EvidenceRing& evidence(std::uint32_t worker);

    // What create() will take.
    static std::uint64_t memory_bytes(std::uint32_t workers);

  private:
    struct Mapping {
        void* data = nullptr;
        std::size_t size = 0;
    };
    SharedMemory() = default;
    static Result<Mapping, std::string> make(const std::string& path, std::size_t size,
                                             unsigned mode);
    std::vector<Mapping>
        mappings_;  // counters, a ring a worker and one, then one of evidence a worker
};

}  // namespace sluice::io

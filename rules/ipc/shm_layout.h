// Where things lie in the shared files of the runtime directory; the data plane writes by it, and
// readers find by it.
#pragma once
#include <cstddef>
#include <string>

#include "rules/ipc/counters.h"
#include "rules/ipc/event.h"
#include "rules/ipc/evidence.h"

namespace sluice::ipc {

// <runtime_dir>/counters: the header, then slots that start on cache lines.
inline constexpr std::size_t kCounterSlotsOffset =
    (sizeof(CountersHeader) + alignof(CounterSlot) - 1) / alignof(CounterSlot) *
    alignof(CounterSlot);
constexpr std::size_t counters_file_bytes(std::uint32_t workers) {
    return kCounterSlotsOffset + workers * sizeof(CounterSlot);
}

inline std::string counters_path(const std::string& runtime_dir) {
    return runtime_dir + "/counters";
}
inline std::string events_path(const std::string& runtime_dir, std::uint32_t worker) {
    return runtime_dir + "/events-" + std::to_string(worker);
}
inline std::string evidence_path(const std::string& runtime_dir, std::uint32_t worker) {
    return runtime_dir + "/evidence-" + std::to_string(worker);
}
inline std::string query_socket_path(const std::string& runtime_dir) {
    return runtime_dir + "/dataplane.sock";
}

}  // namespace sluice::ipc

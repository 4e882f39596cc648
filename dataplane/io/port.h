// Port: one DPDK device, found, configured with one queue pair and started. One worker at a time
// polls it; the control thread reads its link and statistics.
#pragma once
#include <rte_mempool.h>

#include <cstdint>
#include <string>

#include "dataplane/io/settings.h"
#include "rules/base/result.h"
#include "rules/ipc/query.h"

namespace sluice::io {

class Port {
  public:
    // Probes a virtual device, or takes the PCI device that EAL found; then MTU, one receive and
    // one transmit queue, promiscuous, started. No offload that changes a packet is asked for.
    //   returns  an error in words, what to do next included.
    static Result<Port, std::string> open(const DeviceName& device, const Settings& settings,
                                          rte_mempool* pool);
    Port(Port&& from) noexcept
        : id_(from.id_), device_(std::move(from.device_)), open_(from.open_) {
        from.open_ = false;
    }
    Port& operator=(Port&&) = delete;
    ~Port();

    std::uint16_t id() const { return id_; }
    // Link and statistics for `uplink show`. Does not wait for the link.
    ipc::WireRecord::Port record() const;
    // "10000 Mbit/s full duplex", "link down": for the log.
    std::string link_text() const;

  private:
    Port(std::uint16_t id, std::string device) : id_(id), device_(std::move(device)) {}
    Result<Done, std::string> configure(const Settings& settings, rte_mempool* pool);

    std::uint16_t id_;
    std::string device_;
    bool open_ = true;
};

}  // namespace sluice::io

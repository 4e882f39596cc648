// Port: one DPDK device. Found first, so that what all ports can do decides how packets are spread;
// then configured and started. Workers poll its queues; the control thread reads its link and
// statistics.
#pragma once
#include <rte_mempool.h>

#include <cstdint>
#include <functional>
#include <string>

#include "dataplane/io/settings.h"
#include "dataplane/io/steering.h"
#include "rules/base/result.h"
#include "rules/ipc/query.h"

namespace sluice::io {

class Port {
  public:
    // Probes a virtual device, or takes the PCI device that EAL found.
    //   returns  an error in words, what to do next included.
    static Result<Port, std::string> find(const DeviceName& device);
    Port(Port&& from) noexcept
        : id_(from.id_),
          device_(std::move(from.device_)),
          carrier_file_(std::move(from.carrier_file_)),
          rx_queues_(from.rx_queues_),
          tx_queues_(from.tx_queues_),
          tags_in_metadata_(from.tags_in_metadata_),
          open_(from.open_) {
        from.open_ = false;
    }
    Port& operator=(Port&&) = delete;
    ~Port();

    // Whether the device spreads packets over one receive queue a worker by their addresses alone.
    bool can_spread(unsigned workers) const;
    // The NUMA node it is on; SOCKET_ID_ANY when that is not known.
    int numa_node() const;

    // MTU, queues, promiscuous, started. No offload that changes a packet is asked for. One queue a
    // worker in each direction where the device has them, else one.
    //   pool_of  the packet pool of a NUMA node.
    using PoolOf = std::function<rte_mempool*(int node)>;
    Result<Done, std::string> start(const Settings& settings, const Steering& steering,
                                    const PoolOf& pool_of);

    std::uint16_t id() const { return id_; }
    unsigned rx_queues() const { return rx_queues_; }
    unsigned tx_queues() const { return tx_queues_; }
    // The driver takes VLAN tags out of frames and cannot be told not to: restore_tags() puts them
    // back.
    bool tags_in_metadata() const { return tags_in_metadata_; }

    // Link and statistics for `uplink show`. Does not wait for the link.
    ipc::WireRecord::Port record() const;
    // Takes the link down or up, where the driver can.
    bool set_link(bool up) const;
    // "10000 Mbit/s full duplex", "link down": for the log.
    std::string link_text() const;

  private:
    Port(std::uint16_t id, std::string device);
    bool carrier() const;
    Result<Done, std::string> configure(const Settings& settings, const Steering& steering);
    Result<Done, std::string> set_up_queues(const Settings& settings, const PoolOf& pool_of);
    void keep_tags();

    std::uint16_t id_;
    std::string device_;
    std::string carrier_file_;  // of the kernel's interface below; empty when there is none
    unsigned rx_queues_ = 1, tx_queues_ = 1;
    bool tags_in_metadata_ = false;
    bool open_ = true;
};

}  // namespace sluice::io

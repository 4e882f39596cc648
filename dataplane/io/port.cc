// Ports: probing, configuring, link and statistics.
#include "dataplane/io/port.h"

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_ether.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dataplane/io/packet_pool.h"

namespace sluice::io {
namespace {

std::string why(int error) { return std::string(": ") + std::strerror(error < 0 ? -error : error); }

std::string full_text(const DeviceName& device) {
    return device.arguments.empty() ? device.name : device.name + "," + device.arguments;
}

rte_eth_conf port_conf(const rte_eth_dev_info& info, const Settings& settings) {
    rte_eth_conf conf{};
    conf.rxmode.mtu = settings.mtu;
    // The driver of packet sockets says 1,518 bytes however large its frames (framesz) are: the
    // MTU of the interface itself rules there.
    if (std::strcmp(info.driver_name, "net_af_packet") == 0)
        conf.rxmode.mtu = std::min<std::uint32_t>(settings.mtu, RTE_ETHER_MTU);
    // One queue: nothing to spread. Long packets come in several buffers when they do not fit one.
    if (settings.mtu + kLinkHeaderBytesMax > kPacketRoomUsable)
        conf.rxmode.offloads |= info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
    conf.txmode.offloads |= info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    return conf;
}

}  // namespace

Result<Port, std::string> Port::open(const DeviceName& device, const Settings& settings,
                                     rte_mempool* pool) {
    const std::string text = full_text(device);
    if (device.bus == DeviceName::Bus::vdev) {
        if (const int error = rte_dev_probe(text.c_str()); error != 0)
            return Err{text + ": cannot be opened" + why(error) +
                       "; is the interface there, and is the driver of that name installed?"};
    }
    std::uint16_t id = 0;
    if (rte_eth_dev_get_port_by_name(device.name.c_str(), &id) != 0)
        return Err{text + ": no such device; bind it to vfio-pci with dpdk-devbind.py"};
    Port port(id, text);
    SLUICE_TRY(configured, port.configure(settings, pool));
    static_cast<void>(configured);
    return port;
}

Result<Done, std::string> Port::configure(const Settings& settings, rte_mempool* pool) {
    const auto failed = [&](const char* what, int error) {
        return Err{device_ + ": " + what + why(error)};
    };
    rte_eth_dev_info info;
    if (const int e = rte_eth_dev_info_get(id_, &info); e != 0) return failed("no information", e);
    const rte_eth_conf conf = port_conf(info, settings);
    if (const int e = rte_eth_dev_configure(id_, 1, 1, &conf); e != 0)
        return failed("does not take the MTU or the queues asked for", e);
    std::uint16_t rx = settings.rx_descriptors, tx = settings.tx_descriptors;
    if (const int e = rte_eth_dev_adjust_nb_rx_tx_desc(id_, &rx, &tx); e != 0)
        return failed("does not take the descriptors asked for", e);
    const int socket = rte_eth_dev_socket_id(id_);
    const auto node = static_cast<unsigned>(socket < 0 ? SOCKET_ID_ANY : socket);
    if (const int e = rte_eth_rx_queue_setup(id_, 0, rx, node, nullptr, pool); e != 0)
        return failed("receive queue", e);
    rte_eth_txconf txconf = info.default_txconf;
    txconf.offloads = conf.txmode.offloads;
    if (const int e = rte_eth_tx_queue_setup(id_, 0, tx, node, &txconf); e != 0)
        return failed("transmit queue", e);
    if (const int e = rte_eth_dev_start(id_); e != 0) return failed("does not start", e);
    // A bridge sees packets for everybody. Devices without addresses (net_null, ...) see all
    // anyway.
    if (const int e = rte_eth_promiscuous_enable(id_); e != 0 && e != -ENOTSUP)
        return failed("does not become promiscuous", e);
    return Done{};
}

Port::~Port() {
    if (!open_) return;
    rte_eth_dev_stop(id_);
    rte_eth_dev_close(id_);
}

ipc::WireRecord::Port Port::record() const {
    ipc::WireRecord::Port record;
    const std::size_t size = std::min(device_.size(), sizeof(record.device) - 1);
    std::memcpy(record.device, device_.data(), size);
    rte_eth_link link{};
    if (rte_eth_link_get_nowait(id_, &link) == 0) {
        record.link_up = link.link_status == RTE_ETH_LINK_UP;
        record.full_duplex = link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
        record.speed_mbit = link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : link.link_speed;
    }
    rte_eth_stats stats{};
    if (rte_eth_stats_get(id_, &stats) == 0) {
        record.rx_packets = stats.ipackets;
        record.rx_bytes = stats.ibytes;
        record.tx_packets = stats.opackets;
        record.tx_bytes = stats.obytes;
        record.missed = stats.imissed + stats.ierrors + stats.rx_nombuf + stats.oerrors;
    }
    return record;
}

std::string Port::link_text() const {
    const ipc::WireRecord::Port now = record();
    if (!now.link_up) return "link down";
    return std::to_string(now.speed_mbit) + " Mbit/s " +
           (now.full_duplex ? "full duplex" : "half duplex");
}

}  // namespace sluice::io

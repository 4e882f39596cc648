// Ports: finding, configuring, link and statistics.
#include "dataplane/io/port.h"

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_ether.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "dataplane/io/packet_pool.h"

namespace sluice::io {
namespace {

std::string why(int error) { return std::string(": ") + std::strerror(error < 0 ? -error : error); }

std::string full_text(const DeviceName& device) {
    return device.arguments.empty() ? device.name : device.name + "," + device.arguments;
}

// Hash types that take in the two addresses and nothing else. Types of TCP and UDP take in ports,
// and a fragment has none.
constexpr std::uint64_t kAddressTypes = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_FRAG_IPV4 |
                                        RTE_ETH_RSS_NONFRAG_IPV4_OTHER | RTE_ETH_RSS_IPV6 |
                                        RTE_ETH_RSS_FRAG_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_OTHER;

rte_eth_conf port_conf(const rte_eth_dev_info& info, const Settings& settings) {
    rte_eth_conf conf{};
    conf.rxmode.mtu = settings.mtu;
    // The driver of packet sockets says 1,518 bytes however large its frames (framesz) are: the
    // MTU of the interface itself rules there.
    if (std::strcmp(info.driver_name, "net_af_packet") == 0)
        conf.rxmode.mtu = std::min<std::uint32_t>(settings.mtu, RTE_ETHER_MTU);
    // Long packets come in several buffers when they do not fit one.
    if (settings.mtu + kLinkHeaderBytesMax > kPacketRoomUsable)
        conf.rxmode.offloads |= info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
    conf.txmode.offloads |= info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    return conf;
}

// Every bucket's worker into the card's table, whose size is a multiple of the buckets'.
void fill_card_table(std::uint16_t port, unsigned size, unsigned workers) {
    if (size < Steering::kBuckets || size % Steering::kBuckets != 0) return;
    std::vector<rte_eth_rss_reta_entry64> table(size / RTE_ETH_RETA_GROUP_SIZE);
    for (unsigned i = 0; i < size; ++i) {
        rte_eth_rss_reta_entry64& group = table[i / RTE_ETH_RETA_GROUP_SIZE];
        group.mask = ~std::uint64_t{0};
        group.reta[i % RTE_ETH_RETA_GROUP_SIZE] =
            static_cast<std::uint16_t>(i % Steering::kBuckets % workers);
    }
    // A card that refuses keeps its own table: packets then go on to their worker by software.
    static_cast<void>(
        rte_eth_dev_rss_reta_update(port, table.data(), static_cast<std::uint16_t>(size)));
}

// The text behind `key=` in a device's arguments.
std::string argument(const std::string& device, const std::string& key) {
    const std::size_t at = device.find("," + key + "=");
    if (at == std::string::npos) return {};
    const std::size_t from = at + key.size() + 2;
    return device.substr(from, device.find(',', from) - from);
}

}  // namespace

Port::Port(std::uint16_t id, std::string device) : id_(id), device_(std::move(device)) {
    const std::string interface = argument(device_, "iface");
    if (!interface.empty() && interface.find('/') == std::string::npos)
        carrier_file_ = "/sys/class/net/" + interface + "/carrier";
}

// Drivers over an interface of the kernel (net_af_xdp, net_af_packet) call their link up whatever
// happens to it: the kernel knows better. An interface that is down has no carrier to be read.
bool Port::carrier() const {
    if (carrier_file_.empty()) return true;
    std::ifstream file(carrier_file_);
    char up = '0';
    return file.is_open() && file.get(up) && up == '1';
}

Result<Port, std::string> Port::find(const DeviceName& device) {
    const std::string text = full_text(device);
    if (device.bus == DeviceName::Bus::vdev) {
        if (const int error = rte_dev_probe(text.c_str()); error != 0)
            return Err{text + ": cannot be opened" + why(error) +
                       "; is the interface there, and is the driver of that name installed?"};
    }
    std::uint16_t id = 0;
    if (rte_eth_dev_get_port_by_name(device.name.c_str(), &id) != 0)
        return Err{text + ": no such device; bind it to vfio-pci with dpdk-devbind.py"};
    return Port(id, text);
}

bool Port::can_spread(unsigned workers) const {
    rte_eth_dev_info info;
    if (workers < 2 || rte_eth_dev_info_get(id_, &info) != 0) return false;
    return info.max_rx_queues >= workers && (info.flow_type_rss_offloads & kAddressTypes) != 0;
}

int Port::numa_node() const { return rte_eth_dev_socket_id(id_); }

Result<Done, std::string> Port::start(const Settings& settings, const Steering& steering,
                                      const PoolOf& pool_of) {
    SLUICE_TRY(configured, configure(settings, steering));
    SLUICE_TRY(ready, set_up_queues(settings, pool_of));
    static_cast<void>(configured), static_cast<void>(ready);
    if (const int e = rte_eth_dev_start(id_); e != 0)
        return Err{device_ + ": does not start" + why(e)};
    // A bridge sees packets for everybody. Devices without addresses (net_null, ...) see all
    // anyway.
    if (const int e = rte_eth_promiscuous_enable(id_); e != 0 && e != -ENOTSUP)
        return Err{device_ + ": does not become promiscuous" + why(e)};
    keep_tags();
    if (rx_queues_ > 1) {
        rte_eth_dev_info info;
        if (rte_eth_dev_info_get(id_, &info) == 0)
            fill_card_table(id_, info.reta_size, steering.workers());
    }
    return Done{};
}

Result<Done, std::string> Port::configure(const Settings& settings, const Steering& steering) {
    rte_eth_dev_info info;
    if (const int e = rte_eth_dev_info_get(id_, &info); e != 0)
        return Err{device_ + ": no information" + why(e)};
    const unsigned workers = settings.workers();
    rte_eth_conf conf = port_conf(info, settings);
    tx_queues_ = info.max_tx_queues >= workers ? workers : 1;
    std::array<std::uint8_t, 64> key{};
    if (steering.hash() == Steering::Hash::toeplitz && can_spread(workers)) {
        const std::size_t size = std::min<std::size_t>(info.hash_key_size, key.size());
        steering.fill_card_key(std::span(key).first(size));
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf.rx_adv_conf.rss_conf.rss_key = size > 0 ? key.data() : nullptr;
        conf.rx_adv_conf.rss_conf.rss_key_len = static_cast<std::uint8_t>(size);
        conf.rx_adv_conf.rss_conf.rss_hf = info.flow_type_rss_offloads & kAddressTypes;
        rx_queues_ = workers;
    }
    const auto ask = [&] {
        return rte_eth_dev_configure(id_, static_cast<std::uint16_t>(rx_queues_),
                                     static_cast<std::uint16_t>(tx_queues_), &conf);
    };
    int error = ask();
    if (error != 0 && rx_queues_ > 1) {  // says more than it does: one queue, spread by software
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_NONE;
        conf.rx_adv_conf.rss_conf = {};
        rx_queues_ = 1;
        error = ask();
    }
    if (error != 0)
        return Err{device_ + ": does not take the MTU or the queues asked for" + why(error)};
    return Done{};
}

Result<Done, std::string> Port::set_up_queues(const Settings& settings, const PoolOf& pool_of) {
    const auto failed = [&](const char* what, int error) {
        return Err{device_ + ": " + what + why(error)};
    };
    rte_eth_dev_info info;
    if (const int e = rte_eth_dev_info_get(id_, &info); e != 0) return failed("no information", e);
    std::uint16_t rx = settings.rx_descriptors, tx = settings.tx_descriptors;
    if (const int e = rte_eth_dev_adjust_nb_rx_tx_desc(id_, &rx, &tx); e != 0)
        return failed("does not take the descriptors asked for", e);
    const int socket = numa_node();
    const auto node = static_cast<unsigned>(socket < 0 ? SOCKET_ID_ANY : socket);
    for (unsigned queue = 0; queue < rx_queues_; ++queue)
        if (const int e = rte_eth_rx_queue_setup(id_, static_cast<std::uint16_t>(queue), rx, node,
                                                 nullptr, pool_of(socket));
            e != 0)
            return failed("receive queue", e);
    rte_eth_txconf txconf = info.default_txconf;
    txconf.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    for (unsigned queue = 0; queue < tx_queues_; ++queue)
        if (const int e =
                rte_eth_tx_queue_setup(id_, static_cast<std::uint16_t>(queue), tx, node, &txconf);
            e != 0)
            return failed("transmit queue", e);
    return Done{};
}

// No offload of tags was asked for; some devices take them out all the same.
void Port::keep_tags() {
    const int offload = rte_eth_dev_get_vlan_offload(id_);
    constexpr int kStrips = RTE_ETH_VLAN_STRIP_OFFLOAD | RTE_ETH_QINQ_STRIP_OFFLOAD;
    if (offload < 0 || (offload & kStrips) == 0) return;
    tags_in_metadata_ = rte_eth_dev_set_vlan_offload(id_, offload & ~kStrips) != 0;
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
    record.rx_queues = static_cast<std::uint16_t>(rx_queues_);
    record.tx_queues = static_cast<std::uint16_t>(tx_queues_);
    rte_eth_link link{};
    if (rte_eth_link_get_nowait(id_, &link) == 0) {
        record.link_up = link.link_status == RTE_ETH_LINK_UP && carrier();
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

bool Port::set_link(bool up) const {
    return (up ? rte_eth_dev_set_link_up(id_) : rte_eth_dev_set_link_down(id_)) == 0;
}

std::string Port::link_text() const {
    const ipc::WireRecord::Port now = record();
    const std::string queues = rx_queues_ > 1 ? ", " + std::to_string(rx_queues_) + " queues" : "";
    if (!now.link_up) return "link down" + queues;
    return std::to_string(now.speed_mbit) + " Mbit/s " +
           (now.full_duplex ? "full duplex" : "half duplex") + queues;
}

}  // namespace sluice::io

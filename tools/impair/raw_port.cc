// Packet sockets of the impairment bump.
#include "tools/impair/raw_port.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::impair {
namespace {

constexpr std::size_t kFrameMax = 65'536;
constexpr int kBufferBytes = 16 << 20;  // some 10,000 full frames: a burst while we are descheduled
constexpr std::size_t kTagAt = 12;      // behind both addresses

std::string failure(const std::string& interface, const char* what) {
    return interface + ": " + what + ": " + std::strerror(errno);
}

bool set_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

// Empty when done; else which step failed.
const char* configure(int fd, unsigned index) {
    if (!set_option(fd, SOL_PACKET, PACKET_AUXDATA, 1)) return "PACKET_AUXDATA";
    if (!set_option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)) return "PACKET_IGNORE_OUTGOING";
    if (!set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, kBufferBytes)) return "SO_RCVBUFFORCE";
    if (!set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, kBufferBytes)) return "SO_SNDBUFFORCE";
    packet_mreq promiscuous{};
    promiscuous.mr_ifindex = static_cast<int>(index);
    promiscuous.mr_type = PACKET_MR_PROMISC;
    if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) != 0) {
        return "PACKET_MR_PROMISC";
    }
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(index);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return "bind";
    return nullptr;
}

const tpacket_auxdata* auxiliary(msghdr& message) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA) {
            return reinterpret_cast<const tpacket_auxdata*>(CMSG_DATA(c));
        }
    }
    return nullptr;
}

void put_tag_back(const tpacket_auxdata& aux, Frame& frame) {
    if ((aux.tp_status & TP_STATUS_VLAN_VALID) == 0 || frame.size() < kTagAt) return;
    const bool has_tpid = (aux.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
    const std::uint16_t tpid = has_tpid ? aux.tp_vlan_tpid : std::uint16_t{ETH_P_8021Q};
    const std::uint16_t tci = aux.tp_vlan_tci;
    const std::uint8_t tag[] = {
        static_cast<std::uint8_t>(tpid >> 8), static_cast<std::uint8_t>(tpid),
        static_cast<std::uint8_t>(tci >> 8), static_cast<std::uint8_t>(tci)};
    frame.insert(frame.begin() + kTagAt, std::begin(tag), std::end(tag));
}

}  // namespace

Result<RawPort, std::string> RawPort::open(const std::string& interface) {
    const unsigned index = if_nametoindex(interface.c_str());
    if (index == 0) return Err{failure(interface, "no such interface here")};
    const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return Err{failure(interface, "packet socket (needs CAP_NET_RAW)")};
    if (const char* step = configure(fd, index)) {
        const std::string why = failure(interface, step);
        close(fd);
        return Err{why};
    }
    return RawPort(fd);
}

RawPort::RawPort(RawPort&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

RawPort::~RawPort() {
    if (fd_ >= 0) close(fd_);
}

bool RawPort::receive(Frame& frame) {
    frame.resize(kFrameMax);
    iovec bytes{frame.data(), frame.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(tpacket_auxdata))];
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = recvmsg(fd_, &message, 0);
    if (size < 0) return false;
    frame.resize(static_cast<std::size_t>(size));
    if (const tpacket_auxdata* aux = auxiliary(message)) put_tag_back(*aux, frame);
    return true;
}

bool RawPort::send(const Frame& frame) {
    return ::send(fd_, frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size());
}

}  // namespace sluice::impair

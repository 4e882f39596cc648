#include "dataplane/inspect/tproxy_source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "rules/base/assert.h"
#include "rules/ipc/socket_address.h"

namespace sluice::inspect {
namespace {

constexpr int kOn = 1;
constexpr int kFlowsWaiting = 4096;

IpAddress address_of(const sockaddr_in6& at) {
    IpAddress address;
    std::memcpy(address.bytes.data(), &at.sin6_addr, address.bytes.size());
    return address;
}

// Connecting to the flow's server with the client's address, any port.
int connect_as_client(const FlowInfo& flow) {
    const ipc::SocketAddress user(flow.user, 0), remote(flow.remote, flow.remote_port);
    const int fd = socket(user.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0) return -1;
    const bool v4 = flow.user.is_v4();
    const bool good = setsockopt(fd, v4 ? SOL_IP : SOL_IPV6, v4 ? IP_TRANSPARENT : IPV6_TRANSPARENT,
                                 &kOn, sizeof kOn) == 0 &&
                      setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &kOn, sizeof kOn) == 0 &&
                      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn) == 0 &&
                      bind(fd, user.get(), user.size()) == 0 &&
                      (connect(fd, remote.get(), remote.size()) == 0 || errno == EINPROGRESS);
    if (good) return fd;
    close(fd);
    return -1;
}

}  // namespace

Result<int, std::string> TproxySource::listen(std::uint16_t port) {
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    const int off = 0;
    const ipc::SocketAddress any(IpAddress{}, port);
    const bool good = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn) == 0 &&
                      setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &kOn, sizeof kOn) == 0 &&
                      setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0 &&
                      setsockopt(fd, SOL_IPV6, IPV6_TRANSPARENT, &kOn, sizeof kOn) == 0 &&
                      setsockopt(fd, SOL_IP, IP_TRANSPARENT, &kOn, sizeof kOn) == 0 &&
                      bind(fd, any.get(), any.size()) == 0 && ::listen(fd, kFlowsWaiting) == 0;
    if (good) return fd;
    const std::string why = std::strerror(errno);
    if (fd >= 0) close(fd);
    return Err{"cannot listen on port " + std::to_string(port) + ": " + why +
               " (source tproxy needs CAP_NET_ADMIN)"};
}

TproxySource::TproxySource(Loop& loop, int listening, FlowTaker& taker)
    : loop_(loop), listening_(listening), taker_(taker) {
    SLUICE_ASSERT(loop_.watch(listening_, *this, EPOLLIN));
}

TproxySource::~TproxySource() {
    loop_.forget(listening_);
    close(listening_);
}

void TproxySource::on_events(std::uint32_t /*events*/) {
    while (accept_one()) {
    }
}

bool TproxySource::accept_one() {
    sockaddr_in6 client{}, server{};
    socklen_t size = sizeof client;
    const int fd = accept4(listening_, reinterpret_cast<sockaddr*>(&client), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return errno == EINTR || errno == ECONNABORTED;
    size = sizeof server;
    getsockname(fd, reinterpret_cast<sockaddr*>(&server), &size);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn);
    Flow flow;
    flow.info.operator_id = operator_id_;
    flow.info.user = address_of(client);
    flow.info.user_port = ntohs(client.sin6_port);
    flow.info.remote = address_of(server);
    flow.info.remote_port = ntohs(server.sin6_port);
    flow.info.id = next_id_++;
    flow.client = fd;
    flow.server = connect_as_client(flow.info);
    if (flow.server < 0)
        close(fd);
    else
        taker_.take(flow);
    return true;
}

void TproxySource::began(const FlowInfo& /*flow*/, FlowKeeper& /*keeper*/) {}
void TproxySource::ended(const FlowInfo& /*flow*/) {}
void TproxySource::reconnect(const FlowInfo& flow, FlowKeeper& keeper) {
    keeper.on_fresh(connect_as_client(flow));
}

}  // namespace sluice::inspect

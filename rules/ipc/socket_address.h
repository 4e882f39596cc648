// An address and a port as the socket calls of the kernel want them.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

#include "rules/base/ip.h"

namespace sluice::ipc {

// IPv4 goes to an IPv4 socket: a mapped address cannot be bound transparently on all kernels.
class SocketAddress {
  public:
    SocketAddress(const IpAddress& address, std::uint16_t port) {
        if (address.is_v4()) {
            sockaddr_in v4{};
            v4.sin_family = AF_INET;
            v4.sin_port = htons(port);
            v4.sin_addr.s_addr = htonl(address.as_v4());
            std::memcpy(&at_, &v4, size_ = sizeof v4);
        } else {
            sockaddr_in6 v6{};
            v6.sin6_family = AF_INET6;
            v6.sin6_port = htons(port);
            std::memcpy(&v6.sin6_addr, address.bytes.data(), address.bytes.size());
            std::memcpy(&at_, &v6, size_ = sizeof v6);
        }
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&at_); }
    socklen_t size() const { return size_; }
    int family() const { return at_.ss_family; }

  private:
    sockaddr_storage at_{};
    socklen_t size_ = 0;
};

}  // namespace sluice::ipc

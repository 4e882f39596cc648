#include "rules/ipc/handover_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "rules/ipc/handover_check.h"

namespace sluice::ipc {
namespace {

constexpr std::size_t kControlSize = CMSG_SPACE(kHandoverDescriptorsMax * sizeof(int));

void collect(const msghdr& header, HandoverArrival& arrival) noexcept {
    msghdr copy = header;  // CMSG_NXTHDR wants one that is not const
    for (cmsghdr* c = CMSG_FIRSTHDR(&copy); c != nullptr; c = CMSG_NXTHDR(&copy, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
            if (arrival.descriptor_count < arrival.descriptors.size())
                arrival.descriptors[arrival.descriptor_count++] = fd;
            else
                close(fd);
        }
    }
}

void close_all(const HandoverArrival& arrival) noexcept {
    for (unsigned i = 0; i < arrival.descriptor_count; ++i)
        close(arrival.descriptors[i]);
}

}  // namespace

int connect_broker(const std::string& path) noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) return -1;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

bool send_handover(int socket, const HandoverMessage& message,
                   std::span<const int> descriptors) noexcept {
    iovec part{const_cast<HandoverMessage*>(&message), sizeof message};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[kControlSize] = {};
    if (!descriptors.empty()) {
        if (descriptors.size() > kHandoverDescriptorsMax) return false;
        header.msg_control = control;
        header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* c = CMSG_FIRSTHDR(&header);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(c), descriptors.data(), descriptors.size_bytes());
    }
    return sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL) == ssize_t{sizeof message};
}

Result<HandoverArrival, ArrivalError> receive_handover(int socket) noexcept {
    std::uint8_t bytes[sizeof(HandoverMessage) + 1];  // one more, so that a longer one is told
    alignas(cmsghdr) char control[kControlSize];
    iovec part{bytes, sizeof bytes};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t got = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0)
        return Err{errno == EAGAIN || errno == EINTR ? ArrivalError::nothing
                                                     : ArrivalError::closed};
    if (got == 0) return Err{ArrivalError::closed};
    HandoverArrival arrival;
    collect(header, arrival);
    const auto message = check_handover({bytes, static_cast<std::size_t>(got)});
    const bool whole = (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
    if (message && whole) {
        arrival.message = *message;
        const unsigned wanted =
            message->how == HandoverHow::done ? descriptors_of(message->kind) : 0;
        if (arrival.descriptor_count == wanted) return arrival;
    }
    close_all(arrival);
    return Err{ArrivalError::bad};
}

}  // namespace sluice::ipc

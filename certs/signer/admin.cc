#include "certs/signer/admin.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "certs/signer/connect.h"
#include "rules/ipc/signer_check.h"

namespace sluice::certs {
namespace {

class Socket {
  public:
    explicit Socket(int fd) : fd_(fd) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

Err<AdminError> fail(const std::string& message) { return Err{AdminError{message, {}, false}}; }

// The next message that is an answer; notices are passed over.
Result<ipc::StatusReply, AdminError> receive(int fd) {
    std::vector<std::uint8_t> buffer(ipc::kSignerMessageBytesMax);
    for (;;) {
        const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return Err{AdminError{"sluice-signer did not answer in time", {}, true}};
        if (size <= 0) return fail("sluice-signer closed the connection; see its log");
        const Bytes message(buffer.data(), static_cast<std::size_t>(size));
        const auto head = ipc::check_signer_head(message);
        if (head && head->kind == ipc::SignerKind::generation) continue;
        if (const auto refused = ipc::check_refused_reply(message))
            return Err{AdminError{
                "sluice-signer refuses: " + std::string(ipc::info_of(refused->refusal).text),
                refused->refusal, false}};
        if (const auto reply = ipc::check_status_reply(message)) return *reply;
        return fail("sluice-signer speaks another version; install the same version of both");
    }
}

}  // namespace

Result<ipc::StatusReply, AdminError> ask_signer(const std::string& socket_path,
                                                ipc::SignerKind kind, int timeout_ms) {
    const Socket socket(connect_to_signer(socket_path, timeout_ms));
    if (socket.get() < 0)
        return fail(socket_path + ": " + std::strerror(errno) + "; is sluice-signer running?");
    ipc::StatusRequest request;
    request.head.kind = kind;
    if (::send(socket.get(), &request, sizeof request, MSG_NOSIGNAL) != sizeof request)
        return fail(socket_path + ": " + std::strerror(errno) + "; is sluice-signer running?");
    return receive(socket.get());
}

}  // namespace sluice::certs

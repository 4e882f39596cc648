#include "dataplane/handover/broker/client.h"

#include <unistd.h>

#include <cerrno>

namespace sluice::broker {

Client::~Client() { close(fd_); }

bool Client::say(const ipc::HandoverMessage& message) {
    if (waiting_.empty() && ipc::send_handover(fd_, message)) return true;
    if (waiting_.size() >= kWaitingMax) return false;
    waiting_.push_back(message);
    return true;
}

bool Client::say_now(const ipc::HandoverMessage& message, std::span<const int> descriptors) {
    return waiting_.empty() && ipc::send_handover(fd_, message, descriptors);
}

bool Client::send_waiting() {
    while (!waiting_.empty()) {
        if (!ipc::send_handover(fd_, waiting_.front())) return errno == EAGAIN;
        waiting_.pop_front();
    }
    return true;
}

}  // namespace sluice::broker

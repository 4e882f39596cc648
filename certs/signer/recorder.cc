#include "certs/signer/recorder.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "certs/signer/connect.h"
#include "rules/ipc/signer_check.h"

namespace sluice::certs {
namespace {

std::vector<std::uint8_t> message_of(std::span<const std::string> lines, std::uint64_t token) {
    ipc::RecordRequest request;
    request.head.kind = ipc::SignerKind::record;
    request.head.token = token;
    request.entries = static_cast<std::uint32_t>(lines.size());
    std::vector<std::uint8_t> message(sizeof request);
    std::memcpy(message.data(), &request, sizeof request);
    for (const std::string& line : lines) {
        message.push_back(static_cast<std::uint8_t>(line.size() >> 8));
        message.push_back(static_cast<std::uint8_t>(line.size()));
        message.insert(message.end(), line.begin(), line.end());
    }
    return message;
}

}  // namespace

void Recorder::disconnect() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<std::uint64_t, RecordError> Recorder::add(std::span<const std::string> lines,
                                                 int timeout_ms) {
    if (fd_ < 0) fd_ = connect_to_signer(path_, timeout_ms);
    if (fd_ < 0)
        return Err{
            RecordError{path_ + ": " + std::strerror(errno) + "; is sluice-signer running?", {}}};
    const auto message = message_of(lines, ++last_token_);
    if (::send(fd_, message.data(), message.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(message.size())) {
        const std::string why = std::strerror(errno);
        disconnect();
        return Err{RecordError{path_ + ": " + why, {}}};
    }
    auto answer = receive(last_token_);
    if (!answer && !answer.error().refusal) disconnect();
    return answer;
}

Result<std::uint64_t, RecordError> Recorder::receive(std::uint64_t token) {
    std::vector<std::uint8_t> buffer(ipc::kSignerMessageBytesMax);
    for (;;) {
        const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return Err{RecordError{"sluice-signer did not answer in time", {}}};
        if (size == 0)
            return Err{RecordError{"sluice-signer closed the connection; see its log", {}}};
        const Bytes message(buffer.data(), static_cast<std::size_t>(size));
        const auto head = ipc::check_signer_head(message);
        if (head && head->kind == ipc::SignerKind::generation) continue;
        if (const auto refused = ipc::check_refused_reply(message))
            return Err{RecordError{
                "sluice-signer refuses: " + std::string(ipc::info_of(refused->refusal).text),
                refused->refusal}};
        const auto reply = ipc::check_record_reply(message);
        if (!reply || reply->head.token != token)
            return Err{RecordError{
                "sluice-signer speaks another version; install the same version of both", {}}};
        return reply->first_index;
    }
}

}  // namespace sluice::certs

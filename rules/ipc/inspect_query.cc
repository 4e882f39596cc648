#include "rules/ipc/inspect_query.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

namespace sluice::ipc {
namespace {

constexpr int kAnswerMs = 5'000;
constexpr std::size_t kReplyBytesMax = 64 * 1024;
constexpr std::size_t kRepliesMax = 10'000;

constexpr std::string_view kPrefix = "inspect-", kSuffix = ".sock";

std::size_t size_of_record(InspectKind kind) {
    switch (kind) {
        case InspectKind::status:
            return sizeof(InspectStatus);
        case InspectKind::counters:
            return sizeof(InspectCounter);
        case InspectKind::sessions:
            return sizeof(InspectSession);
        case InspectKind::pins:
            return sizeof(InspectPin);
        case InspectKind::spliced:
            return sizeof(InspectSplice);
    }
    return 0;
}

int connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return -1;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

// One question, one answer, appended to `records`. False: the worker does not answer as it should.
bool ask_page(int fd, InspectRequest& request, InspectRecords& records) {
    if (send(fd, &request, sizeof request, MSG_NOSIGNAL) != sizeof request) return false;
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, kAnswerMs) != 1) return false;
    std::vector<std::uint8_t> message(kReplyBytesMax);
    const ssize_t got = recv(fd, message.data(), message.size(), 0);
    InspectReply reply;
    if (got < static_cast<ssize_t>(sizeof reply)) return false;
    std::memcpy(&reply, message.data(), sizeof reply);
    const std::size_t body = static_cast<std::size_t>(got) - sizeof reply;
    if (reply.version != kInspectVersion || reply.refused ||
        reply.record_size != size_of_record(request.kind) ||
        body != std::size_t{reply.count} * reply.record_size)
        return false;
    records.bytes.insert(records.bytes.end(), message.begin() + sizeof reply,
                         message.begin() + static_cast<std::ptrdiff_t>(sizeof reply + body));
    records.count += reply.count;
    request.cursor = reply.cursor;
    return true;
}

}  // namespace

std::optional<InspectRequest> check_inspect_request(Bytes message) {
    InspectRequest request;
    // The kind is looked at as a number: an enumeration must not hold another value.
    if (message.size() != sizeof request ||
        message[offsetof(InspectRequest, kind)] > static_cast<unsigned>(InspectKind::spliced))
        return std::nullopt;
    std::memcpy(&request, message.data(), sizeof request);
    if (request.version != kInspectVersion) return std::nullopt;
    return request;
}

std::string inspect_socket_path(const std::string& runtime_dir, unsigned worker) {
    return runtime_dir + '/' + std::string(kPrefix) + std::to_string(worker) + std::string(kSuffix);
}

Result<InspectRecords, std::string> ask_inspect(const std::string& socket_path, InspectKind kind) {
    const int fd = connect_to(socket_path);
    if (fd < 0)
        return Err{socket_path +
                   ": no worker of sluice-inspect listens here; is it running, and "
                   "may you ask it?"};
    InspectRecords records;
    InspectRequest request;
    request.kind = kind;
    bool good = true;
    for (std::size_t page = 0; good && (page == 0 || request.cursor != 0) && page < kRepliesMax;
         ++page)
        good = ask_page(fd, request, records);
    close(fd);
    if (good) return records;
    return Err{socket_path +
               ": the worker does not answer as it should; is it of another version?"};
}

std::vector<std::string> inspect_sockets(const std::string& runtime_dir) {
    std::vector<std::pair<unsigned, std::string>> found;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(runtime_dir, failure)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
        unsigned worker = 0;
        const char* end = name.data() + name.size() - kSuffix.size();
        const auto [at, error] = std::from_chars(name.data() + kPrefix.size(), end, worker);
        if (error == std::errc{} && at == end) found.emplace_back(worker, entry.path().string());
    }
    std::ranges::sort(found);
    std::vector<std::string> paths;
    for (auto& [worker, path] : found)
        paths.push_back(std::move(path));
    return paths;
}

}  // namespace sluice::ipc

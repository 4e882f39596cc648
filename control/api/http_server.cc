#include "control/api/http_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>

#include "control/api/body.h"
#include "control/api/metrics.h"
#include "control/api/peer_server.h"

namespace sluice::control {
namespace {

constexpr std::size_t kThreads = 16;
constexpr const char* kJsonType = "application/json";

// 0: nobody listens there (any more); 1: somebody does; -1: it is not a socket, or not reachable.
int listener_at(const std::string& path) {
    struct stat st {};
    if (lstat(path.c_str(), &st) != 0) return 0;
    if (!S_ISSOCK(st.st_mode)) return -1;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool alive =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    if (alive) return 1;
    return ::unlink(path.c_str()) == 0 ? 0 : -1;
}

Call call_of(const httplib::Request& request) {
    Call call;
    call.method = request.method;
    call.path = request.path;
    for (const auto& [name, value] : request.params)
        call.parameters[name] = value;
    call.body = request.body;
    call.if_match = request.get_header_value("If-Match");
    if (call.if_match.size() >= 2 && call.if_match.front() == '"' && call.if_match.back() == '"')
        call.if_match = call.if_match.substr(1, call.if_match.size() - 2);
    call.break_glass = request.get_header_value("Sluice-Break-Glass") == "yes";
    call.peer.uid = PeerServer::uid_of(request);
    return call;
}

void answer_error(const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    ApiError error{ErrorCode::usage, "the request is not understood", "", {}};
    if (response.status == 413)
        error = {ErrorCode::too_large, "the request body is too large", "", {}};
    if (response.status == 404) error = {ErrorCode::not_found, "no such path", "", {}};
    response.set_content(text_of(error_document(error)), kJsonType);
}

}  // namespace

struct HttpServer::Inside {
    explicit Inside(Services s) : services(std::move(s)) {}
    Services services;
    PeerServer server;
};

Result<std::unique_ptr<HttpServer>, std::string> HttpServer::start(const std::string& path,
                                                                   Services services) {
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        return Err{path + ": too long for a socket (at most 107 bytes)"};
    const int before = listener_at(path);
    if (before == 1) return Err{path + ": another sluiced listens there"};
    if (before < 0) return Err{path + ": is in the way and cannot be removed"};
    std::unique_ptr<HttpServer> self(new HttpServer);
    self->socket_path_ = path;
    self->inside_ = std::make_unique<Inside>(std::move(services));
    Inside& inside = *self->inside_;
    PeerServer& server = inside.server;
    server.set_address_family(AF_UNIX);
    server.set_payload_max_length(kBodyBytesMax);
    server.set_keep_alive_max_count(1000);
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    const auto serve = [&inside](const httplib::Request& request, httplib::Response& response) {
        Reply reply = handle(call_of(request), inside.services);
        response.status = reply.status;
        response.set_content(std::move(reply.body), kJsonType);
    };
    server.Get("/metrics", [&inside](const httplib::Request&, httplib::Response& response) {
        response.set_content(metrics_text(inside.services), kMetricsType);
    });
    server.Get("/.*", serve);
    server.Post("/.*", serve);
    server.set_error_handler(httplib::Server::Handler(answer_error));
    const mode_t mask = ::umask(0117);  // 0660: owner and group
    const bool bound = server.bind_to_port(path, 1);
    ::umask(mask);
    if (!bound) return Err{path + ": cannot listen there: " + std::strerror(errno)};
    self->thread_ = std::thread([&server] { server.listen_after_bind(); });
    // stop() before the loop runs is lost on httplib, and join() would then wait for ever.
    while (!server.is_running())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return self;
}

HttpServer::~HttpServer() {
    if (inside_) inside_->server.stop();
    if (thread_.joinable()) {
        thread_.join();
        ::unlink(socket_path_.c_str());
    }
}

}  // namespace sluice::control

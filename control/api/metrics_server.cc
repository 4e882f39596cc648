#include <httplib.h>

#include <chrono>
#include <optional>

#include "control/api/metrics.h"
#include "rules/base/ip.h"

namespace sluice::control {
namespace {

constexpr std::size_t kThreads = 2;

struct HostPort {
    std::string host;
    int port = 0;
};

std::optional<HostPort> parse(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon + 1 == text.size()) return std::nullopt;
    HostPort out{text.substr(0, colon), 0};
    if (out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']')
        out.host = out.host.substr(1, out.host.size() - 2);
    for (const char c : text.substr(colon + 1)) {
        if (c < '0' || c > '9') return std::nullopt;
        out.port = out.port * 10 + (c - '0');
        if (out.port > 65'535) return std::nullopt;
    }
    return out;
}

bool is_loopback(const std::string& host) {
    const auto address = parse_ip(host);
    return address && (address->is_v4() ? address->as_v4() >> 24 == 127 : host == "::1");
}

}  // namespace

struct MetricsServer::Inside {
    explicit Inside(Services s) : services(std::move(s)) {}
    Services services;
    httplib::Server server;
};

MetricsServer::MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>, std::string> MetricsServer::start(const std::string& address,
                                                                         Services services) {
    const auto at = parse(address);
    if (!at || !is_loopback(at->host))
        return Err{"metrics: '" + address +
                   "' is no loopback address with a port; write 127.0.0.1:9464 or [::1]:9464"};
    std::unique_ptr<MetricsServer> self(new MetricsServer);
    self->inside_ = std::make_unique<Inside>(std::move(services));
    Inside& inside = *self->inside_;
    inside.server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    inside.server.Get("/metrics", [&inside](const httplib::Request&, httplib::Response& response) {
        response.set_content(metrics_text(inside.services), kMetricsType);
    });
    self->port_ = at->port == 0 ? inside.server.bind_to_any_port(at->host)
                  : inside.server.bind_to_port(at->host, at->port) ? at->port
                                                                   : -1;
    if (self->port_ < 0)
        return Err{"metrics: cannot listen at " + address + "; is another process there?"};
    self->thread_ = std::thread([&inside] { inside.server.listen_after_bind(); });
    // stop() before the loop runs is lost on httplib, and join() would then wait for ever.
    while (!inside.server.is_running())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return self;
}

MetricsServer::~MetricsServer() {
    if (inside_) inside_->server.stop();
    if (thread_.joinable()) thread_.join();
}

}  // namespace sluice::control

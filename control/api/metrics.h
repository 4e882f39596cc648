// Metrics in Prometheus' text form: what the data plane counts, and how the control plane does.
// Labels are words of closed lists and the policy's own operators and wires: never an address, a
// name of a site, or an organisation.
#pragma once
#include <memory>
#include <string>
#include <thread>

#include "control/api/api.h"

namespace sluice::control {

inline constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// All families; without a data plane those of the control plane, and sluice_dataplane_up 0.
std::string metrics_text(Services& services);

// GET /metrics over TCP, for a Prometheus that cannot ask a Unix socket. Whoever reaches the
// address may read: so it is loopback only.
class MetricsServer {
  public:
    // `address`: 127.0.0.1:9464 or [::1]:9464; port 0: any (see port()). The error says what to do.
    static Result<std::unique_ptr<MetricsServer>, std::string> start(const std::string& address,
                                                                     Services services);
    ~MetricsServer();
    int port() const { return port_; }

  private:
    struct Inside;
    MetricsServer();
    std::unique_ptr<Inside> inside_;
    int port_ = 0;
    std::thread thread_;
};

}  // namespace sluice::control

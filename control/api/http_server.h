// HTTP/1.1 over a Unix socket: the transport in front of handle(). Who calls is what the kernel
// says of the other end of the socket, never what the request says.
#pragma once
#include <memory>
#include <string>
#include <thread>

#include "control/api/api.h"

namespace sluice::control {

class HttpServer {
  public:
    // Listens on `socket_path` (mode 0660). A socket nobody listens on any more is replaced; one
    // somebody listens on is an error.
    static Result<std::unique_ptr<HttpServer>, std::string> start(const std::string& socket_path,
                                                                  Services services);
    ~HttpServer();

  private:
    HttpServer() = default;
    struct Inside;
    std::unique_ptr<Inside> inside_;
    std::thread thread_;
    std::string socket_path_;
};

}  // namespace sluice::control

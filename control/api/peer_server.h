// httplib::Server for Unix sockets: it takes the peer's uid from the kernel and hands it to
// handlers as remote_addr, which a request cannot set. (A request header can be sent by anybody,
// and httplib would answer with the client's own first.)
#pragma once
#include <httplib.h>

namespace sluice::control {

class PeerServer : public httplib::Server {
  public:
    // The uid behind a request that arrived through this server.
    static unsigned uid_of(const httplib::Request& request);

  private:
    bool process_and_close_socket(socket_t sock) override;
};

}  // namespace sluice::control

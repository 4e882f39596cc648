// How every client of sluice-signer reaches its socket.
#pragma once
#include <string>

namespace sluice::certs {

// A connected SOCK_SEQPACKET socket, closed on exec; -1 with errno set.
// `timeout_ms`: the longest a send or receive may wait; 0: they never wait (O_NONBLOCK).
int connect_to_signer(const std::string& path, int timeout_ms);

}  // namespace sluice::certs

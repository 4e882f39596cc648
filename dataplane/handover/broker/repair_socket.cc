#include "dataplane/handover/broker/repair_socket.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "rules/ipc/socket_address.h"

namespace sluice::broker {
namespace {

using ipc::HandoverEnd;
using ipc::HandoverFlow;
using ipc::SocketAddress;

// TCP option kinds (RFC 9293, 7323, 2018), as TCP_REPAIR_OPTIONS wants them.
constexpr std::uint32_t kMss = 2, kWindowScale = 3, kSackPermitted = 4, kTimestamps = 8;
constexpr int kIpv6Transparent = 75;
constexpr int kMssLeast = 88, kMssMost = 32'767;  // what TCP_MAXSEG takes

// The calls on one socket, of which the first that fails is told.
class Calls {
  public:
    explicit Calls(int fd) : fd_(fd) {}
    template <class Value>
    void set(int level, int name, const Value& value, const char* what) {
        set_bytes(level, name, &value, sizeof value, what);
    }
    void set_bytes(int level, int name, const void* value, std::size_t size, const char* what) {
        if (failed_.empty() &&
            setsockopt(fd_, level, name, value, static_cast<socklen_t>(size)) != 0)
            fail(what);
    }
    void bind(const SocketAddress& address) {
        if (failed_.empty() && ::bind(fd_, address.get(), address.size()) != 0) fail("bind");
    }
    void connect(const SocketAddress& address) {
        if (failed_.empty() && ::connect(fd_, address.get(), address.size()) != 0) fail("connect");
    }
    Result<Done, std::string> result() const {
        if (failed_.empty()) return Done{};
        return Err{failed_};
    }

  private:
    void fail(const char* what) { failed_ = std::string(what) + ": " + std::strerror(errno); }
    int fd_;
    std::string failed_;
};

void set_transparent(Calls& calls, bool v4) {
    const int one = 1;
    calls.set(v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TRANSPARENT : kIpv6Transparent, one,
              "IP_TRANSPARENT");
    // Other halves have the same local address and port: thousands of users of one server.
    calls.set(SOL_SOCKET, SO_REUSEADDR, one, "SO_REUSEADDR");
}

// RFC 9293 3.7.1, RFC 8200: what an end takes that named no maximum.
int mss_of(const HandoverEnd& peer, bool v4) {
    const int named = peer.mss != 0 ? peer.mss : (v4 ? 536 : 1'220);
    return std::clamp(named, kMssLeast, kMssMost);
}

struct Shared {  // by both SYNs
    bool scaled, sack, stamped;
    Shared(const HandoverEnd& a, const HandoverEnd& b)
        : scaled(a.window_scale != ipc::kNoWindowScale && b.window_scale != ipc::kNoWindowScale),
          sack(a.sack && b.sack),
          stamped(a.timestamps && b.timestamps) {}
};

void set_numbers(Calls& calls, const HandoverEnd& me, const HandoverEnd& peer) {
    calls.set(IPPROTO_TCP, TCP_REPAIR_QUEUE, int{TCP_SEND_QUEUE}, "TCP_REPAIR_QUEUE");
    calls.set(IPPROTO_TCP, TCP_QUEUE_SEQ, me.next_seq, "TCP_QUEUE_SEQ");
    calls.set(IPPROTO_TCP, TCP_REPAIR_QUEUE, int{TCP_RECV_QUEUE}, "TCP_REPAIR_QUEUE");
    calls.set(IPPROTO_TCP, TCP_QUEUE_SEQ, peer.next_seq, "TCP_QUEUE_SEQ");
}

void set_options(Calls& calls, const HandoverEnd& me, const HandoverEnd& peer, int mss) {
    const Shared shared(me, peer);
    tcp_repair_opt options[4];
    std::size_t count = 0;
    options[count++] = {kMss, static_cast<std::uint32_t>(mss)};
    if (shared.sack) options[count++] = {kSackPermitted, 0};
    // Trap: without this one the kernel keeps a scale of its own, and the flow stalls.
    const std::uint32_t scales =
        shared.scaled ? peer.window_scale | std::uint32_t{me.window_scale} << 16 : 0;
    options[count++] = {kWindowScale, scales};
    if (shared.stamped) options[count++] = {kTimestamps, 0};
    calls.set_bytes(IPPROTO_TCP, TCP_REPAIR_OPTIONS, options, count * sizeof options[0],
                    "TCP_REPAIR_OPTIONS");
}

void set_window(Calls& calls, const HandoverEnd& me, const HandoverEnd& peer) {
    // Trap: without the windows, as they were advertised, the flow hangs.
    tcp_repair_window window{};
    window.snd_wl1 = peer.next_seq;
    window.snd_wnd = peer.window;
    window.max_window = std::max(peer.window, 1u);
    window.rcv_wnd = me.window;
    window.rcv_wup = peer.next_seq;
    calls.set(IPPROTO_TCP, TCP_REPAIR_WINDOW, window, "TCP_REPAIR_WINDOW");
}

}  // namespace

Result<Done, std::string> repair_socket(int fd, const HandoverFlow& flow, Peer peer_side) {
    const bool to_user = peer_side == Peer::user;
    const HandoverEnd& me = flow.ends[to_user ? 1 : 0];
    const HandoverEnd& peer = flow.ends[to_user ? 0 : 1];
    const ipc::FlowTuple& t = flow.tuple;
    const SocketAddress user(t.user, t.user_port);
    const SocketAddress remote(t.remote, t.remote_port);
    const bool v4 = t.user.is_v4();
    const int mss = mss_of(peer, v4);

    Calls calls(fd);
    set_transparent(calls, v4);
    calls.set(IPPROTO_TCP, TCP_REPAIR, int{TCP_REPAIR_ON}, "TCP_REPAIR");
    calls.bind(to_user ? remote : user);
    set_numbers(calls, me, peer);
    // Trap: set later, the first segments are of 536 bytes.
    calls.set(IPPROTO_TCP, TCP_MAXSEG, mss, "TCP_MAXSEG");
    calls.connect(to_user ? user : remote);
    set_options(calls, me, peer, mss);
    // Trap: since Linux 6.7 an odd value means timestamps of microseconds.
    if (Shared(me, peer).stamped)
        calls.set(IPPROTO_TCP, TCP_TIMESTAMP, (me.ts_value + 2) & ~1u, "TCP_TIMESTAMP");
    set_window(calls, me, peer);
    calls.set(IPPROTO_TCP, TCP_NODELAY, int{1}, "TCP_NODELAY");
    return calls.result();
}

bool wake_socket(int fd) {
    // Trap: plain "off" sends a window probe.
    const int off = TCP_REPAIR_OFF_NO_WP;
    return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof off) == 0;
}

void close_silently(int fd) {
    const int on = TCP_REPAIR_ON;
    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on);
    close(fd);
}

Result<Done, std::string> bind_fresh(int fd, const HandoverFlow& flow) {
    Calls calls(fd);
    set_transparent(calls, flow.tuple.user.is_v4());
    calls.set(IPPROTO_TCP, TCP_NODELAY, int{1}, "TCP_NODELAY");
    calls.bind(SocketAddress(flow.tuple.user, flow.tuple.user_port));
    return calls.result();
}

}  // namespace sluice::broker

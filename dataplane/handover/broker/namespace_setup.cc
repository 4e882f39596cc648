#include "dataplane/handover/broker/namespace_setup.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

extern char** environ;

namespace sluice::broker {
namespace {

constexpr char kDevice[] = "inspect";

// `ip -force -batch -` reads these, once for each family; what is there already is an error that
// does not matter, and what is missing afterwards is found by looking. %s is the device.
//   Everything that comes from the device is for us, whatever its addresses; everything we send
//   leaves by it. An address is needed for the kernel to send at all.
constexpr char kIpv4[] =
    "link set lo up\n"
    "link set %s up mtu %u txqueuelen 10000\n"
    "addr add 192.0.2.1/32 dev %s\n";
constexpr char kIpv6[] = "addr add 2001:db8::1/128 dev %s nodad\n";
constexpr char kRoutes[] =
    "route add default dev %s\n"
    "rule add pref 10 iif %s lookup 100\n"
    "route add local default dev lo table 100\n";

struct Setting {
    const char* path;
    const char* value;
};
constexpr Setting kSettings[] = {
    // Trap: ports are used again at once; a TIME_WAIT of an earlier connection would refuse them.
    {"net/ipv4/tcp_max_tw_buckets", "0"},
    {"net/ipv4/conf/all/rp_filter", "0"},
    {"net/ipv4/conf/default/rp_filter", "0"},
    {"net/ipv4/ip_unprivileged_port_start", "0"},  // 443 as our own address needs no capability
    {"net/ipv4/tcp_timestamps", "1"},
    {"net/ipv4/tcp_sack", "1"},
    {"net/ipv4/tcp_window_scaling", "1"},
    {"net/ipv4/tcp_ecn", "0"},
    {"net/ipv4/tcp_rmem", "4096 131072 33554432"},
    {"net/ipv4/tcp_wmem", "4096 65536 33554432"},
    {"net/ipv6/conf/all/accept_dad", "0"},
    {"net/ipv6/conf/default/accept_dad", "0"},
    {"net/ipv6/conf/all/disable_ipv6", "0"},
    {"net/ipv6/conf/default/disable_ipv6", "0"},
    {"net/ipv6/conf/default/router_solicitations", "0"},
};

std::string filled(const char* lines, unsigned mtu) {
    std::string text;
    for (const char* at = lines; *at != 0; ++at) {
        if (*at != '%') {
            text += *at;
            continue;
        }
        ++at;
        text += *at == 'u' ? std::to_string(mtu) : kDevice;
    }
    return text;
}

Result<Done, std::string> run_ip(const char* family, const std::string& lines) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Err{std::string("pipe: ") + std::strerror(errno)};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    char name[] = "ip", force[] = "-force", batch[] = "-batch", in[] = "-";
    char* arguments[] = {name, const_cast<char*>(family), force, batch, in, nullptr};
    pid_t child = 0;
    const int failed = posix_spawnp(&child, "ip", &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    const bool written = failed == 0 && write(ends[1], lines.data(), lines.size()) ==
                                            static_cast<ssize_t>(lines.size());
    close(ends[1]);
    if (failed != 0) return Err{std::string("ip: ") + std::strerror(failed) + "; install iproute2"};
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!written) return Err{std::string("ip did not read its commands")};
    return Done{};
}

Result<Done, std::string> write_settings() {
    for (const Setting& setting : kSettings) {
        const std::string path = std::string("/proc/sys/") + setting.path;
        std::ofstream file(path);
        file << setting.value << std::flush;
        const bool optional = setting.path[4 + 3] == '6';  // a kernel without IPv6
        if (!file && !optional) return Err{path + " cannot be set to " + setting.value};
    }
    return Done{};
}

// Is there a line in the kernel's table of routes that begins and ends so?
bool stands(const char* table, const std::string& begin, const std::string& end) {
    std::ifstream file(table);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(begin) && line.ends_with(end)) return true;
    return false;
}

bool routes_stand() {
    const std::string device = kDevice, nothing6(32, '0');
    const bool v4 = stands("/proc/thread-self/net/route", device + "\t00000000\t", "");
    return v4 && stands("/proc/thread-self/net/ipv6_route", nothing6 + " 00 ", " " + device);
}

}  // namespace

int open_tun_queue() {
    const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return -1;
    ifreq request{};
    std::strncpy(request.ifr_name, kDevice, sizeof(request.ifr_name) - 1);
    request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE;
    const unsigned offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;
    if (ioctl(fd, TUNSETIFF, &request) == 0 && ioctl(fd, TUNSETOFFLOAD, offloads) == 0 &&
        ioctl(fd, TUNSETPERSIST, 1) == 0)
        return fd;
    const int why = errno;
    close(fd);
    errno = why;
    return -1;
}

Result<Done, std::string> set_up_namespace(unsigned mtu) {
    const int queue = open_tun_queue();  // makes the device; its first queue comes and goes
    if (queue < 0) return Err{std::string("/dev/net/tun: ") + std::strerror(errno)};
    SLUICE_TRY(set, write_settings());
    static_cast<void>(set);
    auto ran = run_ip("-4", filled(kIpv4, mtu) + filled(kRoutes, mtu));
    if (ran) ran = run_ip("-6", filled(kIpv6, mtu) + filled(kRoutes, mtu));
    const bool stand = routes_stand();
    close(queue);
    if (!ran) return ran;
    if (!stand)
        return Err{std::string("the namespace has no default route by ") + kDevice +
                   "; is iproute2 installed?"};
    return Done{};
}

}  // namespace sluice::broker

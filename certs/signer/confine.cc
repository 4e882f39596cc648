#include "certs/signer/confine.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace sluice::certs {
namespace {

// Files, memory, the sockets that are open, time, randomness, the end.
constexpr int kAllowed[] = {
    SCMP_SYS(read),          SCMP_SYS(pread64),         SCMP_SYS(readv),
    SCMP_SYS(write),         SCMP_SYS(writev),          SCMP_SYS(openat),
    SCMP_SYS(close),         SCMP_SYS(fstat),           SCMP_SYS(stat),
    SCMP_SYS(lstat),         SCMP_SYS(newfstatat),      SCMP_SYS(statx),
    SCMP_SYS(lseek),         SCMP_SYS(getdents64),      SCMP_SYS(fcntl),
    SCMP_SYS(access),        SCMP_SYS(faccessat),       SCMP_SYS(faccessat2),
    SCMP_SYS(fsync),         SCMP_SYS(fdatasync),       SCMP_SYS(ftruncate),
    SCMP_SYS(rename),        SCMP_SYS(renameat),        SCMP_SYS(renameat2),
    SCMP_SYS(unlink),        SCMP_SYS(unlinkat),        SCMP_SYS(mkdir),
    SCMP_SYS(readlink),      SCMP_SYS(readlinkat),      SCMP_SYS(fadvise64),
    SCMP_SYS(mmap),          SCMP_SYS(munmap),          SCMP_SYS(mprotect),
    SCMP_SYS(mremap),        SCMP_SYS(madvise),         SCMP_SYS(brk),
    SCMP_SYS(mlock),         SCMP_SYS(munlock),         SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),   SCMP_SYS(epoll_ctl),       SCMP_SYS(accept4),
    SCMP_SYS(recvfrom),      SCMP_SYS(sendto),          SCMP_SYS(getsockopt),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),    SCMP_SYS(time),
    SCMP_SYS(getrandom),     SCMP_SYS(getpid),          SCMP_SYS(gettid),
    SCMP_SYS(geteuid),       SCMP_SYS(getuid),          SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),  SCMP_SYS(rt_sigreturn),
    SCMP_SYS(tgkill),        SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(sched_yield)};

// What only somebody who has taken the process over would call.
constexpr int kDeadly[] = {SCMP_SYS(socket),
                           SCMP_SYS(socketpair),
                           SCMP_SYS(connect),
                           SCMP_SYS(bind),
                           SCMP_SYS(listen),
                           SCMP_SYS(execve),
                           SCMP_SYS(execveat),
                           SCMP_SYS(fork),
                           SCMP_SYS(vfork),
                           SCMP_SYS(clone),
                           SCMP_SYS(clone3),
                           SCMP_SYS(ptrace),
                           SCMP_SYS(setns),
                           SCMP_SYS(unshare),
                           SCMP_SYS(process_vm_readv),
                           SCMP_SYS(process_vm_writev)};

// All capabilities, out of every set.
void drop_capabilities() {
    for (unsigned long cap = 0; cap <= CAP_LAST_CAP; ++cap)
        ::prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct sets[2] = {};
    ::syscall(SYS_capset, &header, sets);
}

std::string become(const std::string& user) {
    const auto uid = find_user_id(user);
    if (!uid) return "run_as: there is no user " + user + "; make it with `useradd --system`";
    const passwd* entry = ::getpwuid(*uid);
    const gid_t gid = entry == nullptr ? *uid : entry->pw_gid;
    if (::getuid() == *uid && ::geteuid() == *uid) return {};
    if (::setgroups(0, nullptr) != 0 || ::setresgid(gid, gid, gid) != 0 ||
        ::setresuid(*uid, *uid, *uid) != 0)
        return "run_as: cannot become " + user + ": " + std::strerror(errno) +
               "; start it as root, or as that user";
    return {};
}

}  // namespace

std::optional<std::uint32_t> find_user_id(const std::string& user) {
    std::uint32_t uid = 0;
    const auto [end, error] = std::from_chars(user.data(), user.data() + user.size(), uid);
    if (error == std::errc{} && end == user.data() + user.size()) return uid;
    const passwd* entry = ::getpwnam(user.c_str());
    if (entry == nullptr) return std::nullopt;
    return entry->pw_uid;
}

void forbid_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Result<bool, std::string> give_up_privileges(const std::string& run_as) {
    const bool own_network = ::unshare(CLONE_NEWNET) == 0;
    if (!run_as.empty())
        if (std::string wrong = become(run_as); !wrong.empty()) return Err{std::move(wrong)};
    drop_capabilities();
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Err{std::string("no_new_privs: ") + std::strerror(errno)};
    forbid_dumps();  // a change of user takes it back
    return own_network;
}

bool confine_calls() {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == nullptr) return false;
    bool good = true;
    for (int call : kAllowed)
        good = good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
    for (int call : kDeadly)
        good = good && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
    good = good && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}

}  // namespace sluice::certs

// The lists. One row a kind of work; what is not here was never seen in a run of all end-to-end
// tests, or has no business in a running process.
#include <sys/syscall.h>

#include "rules/sandbox/sandbox.h"

namespace sluice::sandbox {
namespace {

// Both: memory, files, descriptors, waiting, threads, time, the end.
#define SLUICE_COMMON_CALLS                                                                        \
    SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk, SYS_mlock, SYS_munlock,  \
        SYS_openat, SYS_read, SYS_pread64, SYS_readv, SYS_write, SYS_pwrite64, SYS_writev,         \
        SYS_lseek, SYS_close, SYS_fstat, SYS_newfstatat, SYS_stat, SYS_lstat, SYS_statx,           \
        SYS_access, SYS_faccessat, SYS_faccessat2, SYS_getdents64, SYS_readlink, SYS_readlinkat,   \
        SYS_fcntl, SYS_ftruncate, SYS_dup, SYS_ioctl, SYS_epoll_wait, SYS_epoll_pwait,             \
        SYS_epoll_ctl, SYS_epoll_create1, SYS_eventfd2, SYS_poll, SYS_ppoll, SYS_select,           \
        SYS_pselect6, SYS_accept, SYS_accept4, SYS_recvfrom, SYS_recvmsg, SYS_sendto, SYS_sendmsg, \
        SYS_getsockopt, SYS_setsockopt, SYS_getsockname, SYS_getpeername, SYS_shutdown,            \
        SYS_socket, SYS_connect, SYS_futex, SYS_clone, SYS_clone3, SYS_set_robust_list, SYS_rseq,  \
        SYS_sched_yield, SYS_sched_getaffinity, SYS_sched_setaffinity, SYS_sched_getparam,         \
        SYS_sched_getscheduler, SYS_getcpu, SYS_nanosleep, SYS_clock_nanosleep, SYS_clock_gettime, \
        SYS_clock_getres, SYS_gettimeofday, SYS_time, SYS_getrandom, SYS_getpid, SYS_gettid,       \
        SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_uname, SYS_sysinfo, SYS_getrusage,   \
        SYS_prlimit64, SYS_prctl, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,          \
        SYS_rt_sigtimedwait, SYS_sigaltstack, SYS_tgkill, SYS_restart_syscall, SYS_exit,           \
        SYS_exit_group, SYS_unlink, SYS_unlinkat

// A bundle is read, sockets are answered; workers poll, and kick a vdev's transmit queue.
constexpr int kDataplane[] = {SLUICE_COMMON_CALLS, SYS_sendmmsg,        SYS_recvmmsg, SYS_signalfd4,
                              SYS_timerfd_create,  SYS_timerfd_settime, SYS_capget,   SYS_capset};

// SQLite, published bundles, the API, feeds over HTTPS.
constexpr int kDaemon[] = {SLUICE_COMMON_CALLS, SYS_bind,      SYS_listen,       SYS_fsync,
                           SYS_fdatasync,       SYS_fallocate, SYS_fadvise64,    SYS_rename,
                           SYS_renameat,        SYS_renameat2, SYS_link,         SYS_linkat,
                           SYS_symlink,         SYS_symlinkat, SYS_mkdir,        SYS_mkdirat,
                           SYS_rmdir,           SYS_flock,     SYS_fchmod,       SYS_chmod,
                           SYS_fchown,          SYS_umask,     SYS_getcwd,       SYS_statfs,
                           SYS_fstatfs,         SYS_utimensat, SYS_memfd_create, SYS_socketpair,
                           SYS_pipe2,           SYS_sendmmsg,  SYS_recvmmsg,     SYS_adjtimex,
                           SYS_clock_adjtime};

// Sockets that come from the broker or by TPROXY, certificates, workers that are started again.
constexpr int kInspect[] = {SLUICE_COMMON_CALLS, SYS_bind, SYS_kill, SYS_wait4};

// Sockets in its namespaces, queues of their devices, descriptors passed on.
constexpr int kBroker[] = {SLUICE_COMMON_CALLS, SYS_bind, SYS_signalfd4};

// What no running process of Sluice does: other programs and processes, mounts and namespaces, the
// kernel's own code and keys, becoming somebody else.
#define SLUICE_DEADLY_CALLS                                                                   \
    SYS_execve, SYS_execveat, SYS_fork, SYS_vfork, SYS_ptrace, SYS_process_vm_readv,          \
        SYS_process_vm_writev, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, \
        SYS_unshare, SYS_bpf, SYS_init_module, SYS_finit_module, SYS_kexec_load, SYS_keyctl,  \
        SYS_add_key, SYS_userfaultfd, SYS_setuid, SYS_setresuid, SYS_setgid, SYS_setresgid

constexpr int kDeadly[] = {SLUICE_DEADLY_CALLS};

// It holds the keys, so its list is its own and not the common one: files, memory, the sockets that
// are open already, time, the end. No thread, no socket, no other process.
constexpr int kSigner[] = {
    SYS_openat,        SYS_read,           SYS_pread64,      SYS_readv,      SYS_write,
    SYS_writev,        SYS_lseek,          SYS_close,        SYS_fstat,      SYS_newfstatat,
    SYS_stat,          SYS_lstat,          SYS_statx,        SYS_access,     SYS_faccessat,
    SYS_faccessat2,    SYS_getdents64,     SYS_readlink,     SYS_readlinkat, SYS_fcntl,
    SYS_fsync,         SYS_fdatasync,      SYS_ftruncate,    SYS_fadvise64,  SYS_rename,
    SYS_renameat,      SYS_renameat2,      SYS_unlink,       SYS_unlinkat,   SYS_mkdir,
    SYS_mmap,          SYS_munmap,         SYS_mprotect,     SYS_mremap,     SYS_madvise,
    SYS_brk,           SYS_mlock,          SYS_munlock,      SYS_epoll_wait, SYS_epoll_pwait,
    SYS_epoll_ctl,     SYS_accept4,        SYS_recvfrom,     SYS_sendto,     SYS_getsockopt,
    SYS_clock_gettime, SYS_gettimeofday,   SYS_time,         SYS_getrandom,  SYS_getpid,
    SYS_gettid,        SYS_getuid,         SYS_geteuid,      SYS_futex,      SYS_sched_yield,
    SYS_rt_sigaction,  SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_tgkill,     SYS_restart_syscall,
    SYS_exit,          SYS_exit_group};

// Making a socket, a thread or a process is as deadly to it as the rest.
constexpr int kDeadlyToSigner[] = {SLUICE_DEADLY_CALLS, SYS_socket, SYS_socketpair,
                                   SYS_connect,         SYS_bind,   SYS_listen,
                                   SYS_clone,           SYS_clone3};

}  // namespace

Calls dataplane_calls() { return {kDataplane, kDeadly}; }
Calls daemon_calls() { return {kDaemon, kDeadly}; }
Calls signer_calls() { return {kSigner, kDeadlyToSigner}; }
Calls inspect_calls() { return {kInspect, kDeadly}; }
Calls broker_calls() { return {kBroker, kDeadly}; }

}  // namespace sluice::sandbox

// By the bare system calls: glibc has no wrapper, and libcap would be one more library.
#include "dataplane/handover/broker/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace sluice::broker {

void keep_net_admin_only() {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (unsigned long cap = 0; cap <= CAP_LAST_CAP; ++cap)
        if (cap != CAP_NET_ADMIN) prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct sets[2] = {};
    if (syscall(SYS_capget, &header, sets) != 0) return;
    const std::uint32_t kept = (std::uint32_t{1} << CAP_NET_ADMIN) & sets[0].permitted;
    sets[0] = {.effective = kept, .permitted = kept, .inheritable = 0};
    sets[1] = {};
    syscall(SYS_capset, &header, sets);
}

}  // namespace sluice::broker

// Capabilities, by the bare system calls: glibc has no wrapper and libcap would be one more
// library.
#include "dataplane/io/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace sluice::io {

void drop_privileges() {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (unsigned long cap = 0; cap <= CAP_LAST_CAP; ++cap)
        if (cap != CAP_DAC_READ_SEARCH) prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct sets[2] = {};
    if (syscall(SYS_capget, &header, sets) != 0) return;
    constexpr std::uint32_t kKept = std::uint32_t{1} << CAP_DAC_READ_SEARCH;
    for (unsigned word = 0; word < 2; ++word) {
        const std::uint32_t kept = word == 0 ? sets[word].permitted & kKept : 0;
        sets[word] = {.effective = kept, .permitted = kept, .inheritable = 0};
    }
    syscall(SYS_capset, &header, sets);
}

}  // namespace sluice::io

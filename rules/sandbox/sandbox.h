// What a process of Sluice gives away once it has what it needs: its user, its capabilities, and
// the system calls it never makes (design section 1). In this order, before the first outside byte:
//
//   open what needs root ─► become() ─► keep_capabilities() ─► limit_calls() ─► serve
//
// All three reach every thread of the process, those that a library made too, but for capabilities,
// which Linux keeps by thread: a change of user takes them from all threads.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "rules/base/result.h"

namespace sluice::sandbox {

struct Account {
    std::uint32_t uid = 0, gid = 0;
    friend bool operator==(const Account&, const Account&) = default;
};

// "sluice-dataplane", "991" or "991:985". A number need not be in /etc/passwd; its group is the
// user's own there, else the same number. The error says how to make a user.
Result<Account, std::string> find_account(const std::string& text);

// The process is that user from now on, with no other groups, for good. Nothing happens when it is
// already. The error says what to do: only root may become another.
Result<Done, std::string> become(const Account& account);

// All that sluice-dataplane keeps once its ports are open: CAP_DAC_READ_SEARCH, because bundles may
// belong to sluiced alone.
inline constexpr std::uint64_t kDataplaneCapabilities = std::uint64_t{1} << 2;

// The calling thread keeps the capabilities of `mask` (bit CAP_x) that it has, and loses the
// others; nothing it starts gains any (no_new_privs). Without privileges nothing changes.
void keep_capabilities(std::uint64_t mask);

// System calls by number (SYS_x). What is in neither list fails with EPERM, so that a call nobody
// thought of costs a feature and not the packets; one of `deadly` ends the process: only somebody
// who has taken it over would make it.
struct Calls {
    std::span<const int> allowed, deadly;
};

// For all threads of the process, and all it will have. The error: the kernel has no seccomp.
Result<Done, std::string> limit_calls(const Calls& calls);

// What each process does once it serves.
Calls dataplane_calls();
Calls daemon_calls();
Calls signer_calls();
Calls inspect_calls();
Calls broker_calls();  // once its namespaces are made

// What the kernel says of a process: readable for everybody.
struct Standing {
    std::uint32_t uid = 0;
    bool calls_limited = false;
};
Result<Standing, std::string> standing_of(std::uint32_t pid);

}  // namespace sluice::sandbox

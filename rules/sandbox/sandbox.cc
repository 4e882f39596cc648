#include "rules/sandbox/sandbox.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>

namespace sluice::sandbox {
namespace {

std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::string because(const std::string& what) { return what + ": " + std::strerror(errno); }

}  // namespace

Result<Account, std::string> find_account(const std::string& text) {
    const std::size_t colon = text.find(':');
    const auto uid = number_of(std::string_view(text).substr(0, colon));
    if (colon != std::string::npos) {
        const auto gid = number_of(std::string_view(text).substr(colon + 1));
        if (uid && gid) return Account{*uid, *gid};
        return Err{"\"" + text + "\": a user is a name, a number, or number:number"};
    }
    const passwd* entry = uid ? ::getpwuid(*uid) : ::getpwnam(text.c_str());
    if (entry != nullptr) return Account{entry->pw_uid, entry->pw_gid};
    if (uid) return Account{*uid, *uid};
    return Err{"there is no user \"" + text + "\"; make it with `useradd --system " + text + "`"};
}

Result<Done, std::string> become(const Account& account) {
    if (::getuid() == account.uid && ::geteuid() == account.uid && ::getegid() == account.gid)
        return Done{};
    if (::setgroups(0, nullptr) != 0 || ::setresgid(account.gid, account.gid, account.gid) != 0 ||
        ::setresuid(account.uid, account.uid, account.uid) != 0)
        return Err{because("cannot become user " + std::to_string(account.uid)) +
                   "; start it as root, or as that user"};
    return Done{};
}

void keep_capabilities(std::uint64_t mask) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (unsigned long cap = 0; cap <= CAP_LAST_CAP; ++cap)
        if ((mask >> cap & 1) == 0) ::prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct sets[2] = {};
    if (::syscall(SYS_capget, &header, sets) != 0) return;
    for (unsigned word = 0; word < 2; ++word) {
        const std::uint32_t kept =
            sets[word].permitted & static_cast<std::uint32_t>(mask >> (32 * word));
        sets[word] = {.effective = kept, .permitted = kept, .inheritable = 0};
    }
    ::syscall(SYS_capset, &header, sets);
}

Result<Done, std::string> limit_calls(const Calls& calls) {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == nullptr) return Err{std::string("no memory for the list of system calls")};
    int wrong = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (const int call : calls.allowed)
        if (wrong == 0) wrong = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    for (const int call : calls.deadly)
        if (wrong == 0) wrong = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0);
    if (wrong == 0) wrong = seccomp_load(filter);
    seccomp_release(filter);
    if (wrong == 0) return Done{};
    return Err{std::string("system calls cannot be limited here: ") + std::strerror(-wrong) +
               "; the kernel needs CONFIG_SECCOMP_FILTER"};
}

Result<Standing, std::string> standing_of(std::uint32_t pid) {
    const std::string path = "/proc/" + std::to_string(pid) + "/status";
    std::ifstream file(path);
    Standing standing;
    bool uid_seen = false;
    for (std::string line; std::getline(file, line);) {
        const std::string_view text(line);
        if (text.starts_with("Uid:\t")) {
            const std::string_view first = text.substr(5, text.find('\t', 5) - 5);
            standing.uid = number_of(first).value_or(0);
            uid_seen = true;
        }
        constexpr std::string_view kFilter = "Seccomp:\t2";
        standing.calls_limited = standing.calls_limited || text == kFilter;
    }
    if (!uid_seen) return Err{path + ": cannot be read"};
    return standing;
}

}  // namespace sluice::sandbox

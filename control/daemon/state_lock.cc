#include "control/daemon/state_lock.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "control/store/backup.h"
#include "control/store/sqlite_store.h"

namespace sluice::control {

StateLock::StateLock(const std::string& state_dir) {
    const std::string file = state_dir + "/sluiced.lock";
    fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd_ < 0) {
        trouble_ = file + ": " + std::strerror(errno);
    } else if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        trouble_ = file + ": another sluiced runs on this state directory; stop it first";
        ::close(fd_);
        fd_ = -1;
    }
}

StateLock::~StateLock() {
    if (fd_ >= 0) ::close(fd_);
}

int restore_store(const std::string& backup, const std::string& store, UtcTime now) {
    const std::string kept = store + ".before-restore-" + std::to_string(now.raw());
    if (const auto done = Restore(backup, store, kept).all(); !done) {
        spdlog::error("not restored, the store is as it was: {}", done.error());
        return 1;
    }
    auto opened = SqliteStore::open(store);
    if (!opened) {
        spdlog::error("{}", opened.error().message);
        return 1;
    }
    AuditRecord record;
    record.at = now;
    record.actor = {"sluiced --restore", ::getuid()};
    record.action = "store.restore";
    record.subject = backup;
    record.reason = "the store before it: " + kept;
    if (const auto kept_record = (*opened)->add_audit(record); !kept_record) {
        spdlog::error("{}", kept_record.error().message);
        return 1;
    }
    spdlog::info("restored from {}; the store before it is {}", backup, kept);
    return 0;
}

}  // namespace sluice::control

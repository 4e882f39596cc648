#include "control/daemon/verdict_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sluice::control {

VerdictLog::VerdictLog(std::string path) : VerdictLog(std::move(path), Limits{}) {}

VerdictLog::~VerdictLog() { close_file(); }

void VerdictLog::close_file() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
}

bool VerdictLog::open() {
    if (file_ >= 0) return true;
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    struct stat st {};
    if (file_ < 0 || fstat(file_, &st) != 0) return false;
    size_ = static_cast<std::uint64_t>(st.st_size);
    return true;
}

void VerdictLog::rotate() {
    close_file();
    for (unsigned n = limits_.files_max - 1; n > 0; --n) {
        const std::string from = n == 1 ? path_ : path_ + "." + std::to_string(n - 1);
        std::rename(from.c_str(), (path_ + "." + std::to_string(n)).c_str());
    }
    if (limits_.files_max == 1) ::unlink(path_.c_str());
}

void VerdictLog::write(const std::string& line) {
    errno = 0;
    const std::string whole = line + "\n";
    bool ready = open();
    if (ready && size_ > 0 && size_ + whole.size() > limits_.file_bytes_max) {
        rotate();
        ready = open();
    }
    if (ready) {
        const ssize_t n = ::write(file_, whole.data(), whole.size());
        if (n == static_cast<ssize_t>(whole.size())) {
            size_ += whole.size();
            trouble_.clear();
            return;
        }
        // A half-written line would spoil the next one too.
        if (n > 0 && ::ftruncate(file_, static_cast<off_t>(size_)) != 0) close_file();
    }
    ++lost_;
    trouble_ = path_ + ": " + std::strerror(errno != 0 ? errno : ENOSPC);
}

}  // namespace sluice::control

#include "rules/ipc/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::ipc {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_;
};

bool write_all(int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
    return true;
}

bool sync_directory(const std::filesystem::path& dir) {
    const Descriptor fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd && ::fsync(fd.get()) == 0;
}

// Non-blocking, so that a FIFO put in a file's place cannot stop the reader.
int open_for_reading(const std::filesystem::path& file) {
    return ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

}  // namespace

bool write_durably(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    const auto neighbour = file.parent_path() / (kTemporaryPrefix + file.filename().string());
    {
        const Descriptor fd(
            ::open(neighbour.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!fd || !write_all(fd.get(), bytes) || ::fsync(fd.get()) != 0) return false;
    }
    return ::rename(neighbour.c_str(), file.c_str()) == 0 && sync_directory(file.parent_path());
}

bool read_exactly(const std::filesystem::path& file, std::span<std::byte> into) {
    const Descriptor fd(open_for_reading(file));
    struct stat info {};
    if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode) ||
        static_cast<std::size_t>(info.st_size) != into.size())
        return false;
    while (!into.empty()) {
        const ssize_t got = ::read(fd.get(), into.data(), into.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;  // cut while it was read
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

std::optional<std::size_t> size_of(const std::filesystem::path& file) {
    const Descriptor fd(open_for_reading(file));
    struct stat info {};
    if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
    return static_cast<std::size_t>(info.st_size);
}

}  // namespace sluice::ipc

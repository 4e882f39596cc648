#include "control/store/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "control/store/schema.h"
#include "control/store/sha256.h"
#include "control/store/sqlite_store.h"
#include "rules/ipc/sha256.h"

namespace sluice::control {
namespace {

constexpr std::size_t kFooterBytesMax = 160, kChunk = 1u << 20;
constexpr const char* kFooter = "\nsluice-backup 1 schema=%d bytes=%llu sha256=%64[0-9a-f]\n%n";

Err<std::string> fail(const std::string& file, const std::string& what) {
    return Err{file + ": " + what};
}
Err<std::string> fail_errno(const std::string& file) { return fail(file, std::strerror(errno)); }

class File {
  public:
    File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return fd_; }
    bool good() const { return fd_ >= 0; }

  private:
    int fd_;
};

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(fd, bytes.data(), bytes.size());
        if (done < 0 && errno != EINTR) return false;
        if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

// The first `bytes` of the file: their hash, and a copy of them when `out` is a descriptor.
std::optional<std::string> hash_of_first(int fd, std::uint64_t bytes, int out) {
    ipc::Sha256Stream stream;
    std::string chunk(kChunk, '\0');
    for (std::uint64_t at = 0; at < bytes;) {
        const std::size_t want = std::min<std::uint64_t>(kChunk, bytes - at);
        const ssize_t got = ::pread(fd, chunk.data(), want, static_cast<off_t>(at));
        if (got <= 0) return std::nullopt;
        const std::string_view piece(chunk.data(), static_cast<std::size_t>(got));
        stream.add(piece);
        if (out >= 0 && !write_all(out, piece)) return std::nullopt;
        at += static_cast<std::uint64_t>(got);
    }
    return ipc::to_hex(stream.result());
}

bool sync_directory_of(const std::string& file) {
    const std::string parent = std::filesystem::path(file).parent_path().string();
    const File directory(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
    return directory.good() && ::fsync(directory.get()) == 0;
}

// One read of the source: writers go on beside it, and the copy is of one instant.
void copy_database(const std::string& from, const std::string& to) {
    Database source(from), target(to);
    sqlite3_backup* copy = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
    if (copy == nullptr) throw SqliteError(sqlite3_errmsg(target.handle()));
    const int done = sqlite3_backup_step(copy, -1);
    sqlite3_backup_finish(copy);
    if (done != SQLITE_DONE) throw SqliteError(sqlite3_errstr(done));
    target.run("PRAGMA journal_mode=DELETE;");
    if (const std::string trouble = integrity_trouble(target); !trouble.empty())
        throw SqliteError(trouble);
}

int schema_of(const std::string& file) {
    Database db(file);
    return static_cast<int>(
        db.number("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'schema_version'"));
}

Result<BackupInfo, std::string> seal(const std::string& part) {
    BackupInfo info;
    info.schema = schema_of(part);
    const File file(part, O_RDWR);
    struct stat status {};
    if (!file.good() || ::fstat(file.get(), &status) != 0) return fail_errno(part);
    info.bytes = static_cast<std::uint64_t>(status.st_size);
    const auto hash = hash_of_first(file.get(), info.bytes, -1);
    if (!hash) return fail_errno(part);
    info.sha256 = *hash;
    const std::string footer = "\nsluice-backup 1 schema=" + std::to_string(info.schema) +
                               " bytes=" + std::to_string(info.bytes) + " sha256=" + *hash + "\n";
    if (::lseek(file.get(), 0, SEEK_END) < 0 || !write_all(file.get(), footer) ||
        ::fchmod(file.get(), 0600) != 0 || ::fsync(file.get()) != 0)
        return fail_errno(part);
    return info;
}

void remove_database(const std::string& file) {
    for (const char* end : {"", "-journal", "-wal", "-shm"})
        ::unlink((file + end).c_str());
}

// Blobs are named by their hash: a byte that SQLite does not miss is found here.
std::string blob_trouble(Database& db) {
    Statement q(db, "SELECT hash, data FROM blobs");
    while (q.step())
        if (sha256_hex(q.text(1)) != q.text(0)) return "the blob " + q.text(0) + " is damaged";
    return {};
}

}  // namespace

std::string integrity_trouble(Database& db) {
    Statement q(db, "PRAGMA integrity_check(1)");
    const std::string said = q.step() ? q.text(0) : "no answer";
    return said == "ok" ? "" : "the store is damaged: " + said;
}

Result<BackupInfo, std::string> back_up(const std::string& store, const std::string& file) {
    const std::string part = file + ".part";
    if (::access(file.c_str(), F_OK) == 0) return fail(file, "is there already; name another");
    remove_database(part);  // of a backup that was interrupted
    try {
        copy_database(store, part);
        auto info = seal(part);
        // link() and not rename(): what appeared there meanwhile is not overwritten.
        if (info && ::link(part.c_str(), file.c_str()) != 0) info = fail_errno(file);
        remove_database(part);
        if (info && !sync_directory_of(file)) return fail_errno(file);
        return info;
    } catch (const SqliteError& e) {
        remove_database(part);
        return fail(file, e.what());
    }
}

Result<BackupInfo, std::string> check_backup(const std::string& name) {
    const File file(name, O_RDONLY | O_NOFOLLOW);
    struct stat status {};
    if (!file.good() || ::fstat(file.get(), &status) != 0) return fail_errno(name);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    std::array<char, kFooterBytesMax + 1> tail{};
    const std::uint64_t tail_bytes = std::min<std::uint64_t>(size, kFooterBytesMax);
    if (!S_ISREG(status.st_mode) ||
        ::pread(file.get(), tail.data(), tail_bytes, static_cast<off_t>(size - tail_bytes)) < 0)
        return fail(name, "cannot be read");
    const std::string_view text(tail.data(), tail_bytes);
    const std::size_t begin = text.rfind("\nsluice-backup ");
    BackupInfo info;
    unsigned long long bytes = 0;
    char hash[65] = {};
    int used = 0;
    // sscanf() takes a missing line end for one.
    if (begin == text.npos || !text.ends_with('\n') ||
        std::sscanf(tail.data() + begin, kFooter, &info.schema, &bytes, hash, &used) != 3 ||
        begin + static_cast<std::size_t>(used) != text.size() ||
        bytes + (text.size() - begin) != size)
        return fail(name, "is no whole backup of a store (its last line is missing)");
    info.bytes = bytes;
    info.sha256 = hash;
    if (info.schema > kSchemaVersion)
        return fail(name, "was made by a newer build (schema " + std::to_string(info.schema) +
                              ", this one knows " + std::to_string(kSchemaVersion) + ")");
    if (hash_of_first(file.get(), info.bytes, -1) != info.sha256)
        return fail(name, "is damaged: its content does not have its hash; take another backup");
    return info;
}

Result<Done, std::string> Restore::copy_backup() {
    remove_database(copy());
    const File from(file_, O_RDONLY | O_NOFOLLOW), to(copy(), O_WRONLY | O_CREAT | O_EXCL);
    if (!from.good()) return fail_errno(file_);
    if (!to.good()) return fail_errno(copy());
    if (hash_of_first(from.get(), info_.bytes, to.get()) != info_.sha256)
        return fail(copy(), "the backup could not be copied");
    if (::fsync(to.get()) != 0) return fail_errno(copy());
    return Done{};
}

Result<Done, std::string> Restore::look_at_copy() {
    try {
        Database db(copy());
        std::string trouble = integrity_trouble(db);
        if (trouble.empty()) trouble = blob_trouble(db);
        if (!trouble.empty()) return fail(file_, trouble);
    } catch (const SqliteError& e) {
        return fail(file_, e.what());
    }
    auto store = SqliteStore::open(copy());
    if (!store) return fail(file_, store.error().message);
    const auto chain = (*store)->verify_audit();
    if (!chain) return fail(file_, chain.error().message);
    if (*chain) return fail(file_, "its audit chain breaks at record " + std::to_string(**chain));
    return Done{};
}

Result<Done, std::string> Restore::keep_old() {
    if (::access(store_.c_str(), F_OK) != 0) return Done{};  // there was none
    try {
        // What its log holds goes into the file; the log ends with the last connection.
        Database(store_).run("PRAGMA wal_checkpoint(TRUNCATE);");
    } catch (const SqliteError&) {
        // Damaged: kept as it is, with its log.
    }
    if (::link(store_.c_str(), kept_.c_str()) != 0) return fail_errno(kept_);
    // A log that is left would be taken for the new store's.
    if (::rename((store_ + "-wal").c_str(), (kept_ + "-wal").c_str()) != 0 && errno != ENOENT)
        return fail_errno(store_ + "-wal");
    ::unlink((store_ + "-shm").c_str());
    return sync_directory_of(store_) ? Result<Done, std::string>(Done{}) : fail_errno(store_);
}

Result<Done, std::string> Restore::change_places() {
    if (::rename(copy().c_str(), store_.c_str()) != 0) return fail_errno(store_);
    return sync_directory_of(store_) ? Result<Done, std::string>(Done{}) : fail_errno(store_);
}

Result<Done, std::string> Restore::step(unsigned number) {
    switch (number) {
        case 0: {
            auto info = check_backup(file_);
            if (!info) return Err{info.error()};
            info_ = *info;
            return Done{};
        }
        case 1:
            return copy_backup();
        case 2:
            return look_at_copy();
        case 3:
            return keep_old();
        default:
            return change_places();
    }
}

Result<Done, std::string> Restore::all() {
    for (unsigned i = 0; i < kSteps; ++i)
        if (auto done = step(i); !done) return done;
    return Done{};
}

}  // namespace sluice::control

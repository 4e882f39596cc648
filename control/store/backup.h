// A copy of a living store in one file, and the way back.
//
//   | SQLite database, one file, no journal | "\nsluice-backup 1 schema=5 bytes=N sha256=HEX\n" |
//
// The last line is what tells a whole copy from half a one, and a changed byte from none.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "rules/base/result.h"

namespace sluice::control {

class Database;

struct BackupInfo {
    std::uint64_t bytes = 0;  // of the database
    int schema = 0;
    std::string sha256;
};

// What PRAGMA integrity_check says; empty when all is well. Cost: reads the whole store.
std::string integrity_trouble(Database& db);

// Copies the store at `store`, which may be in use, as it is at one instant, to `file`, which must
// not exist; it is there whole and durable or not at all, mode 0600. Errors are for people.
Result<BackupInfo, std::string> back_up(const std::string& store, const std::string& file);

// Reads the whole file. Refuses what is no backup, is damaged, or was made by a newer build.
Result<BackupInfo, std::string> check_backup(const std::string& file);

// Puts a backup in the place of a store that nobody has open. Ended at any step, the old store is
// in its place, or the new one is, whole; the old one is kept beside it.
class Restore {
  public:
    // `kept`: where the old store will be, such as "store.before-restore-20261127T101500Z.sqlite".
    Restore(std::string file, std::string store, std::string kept)
        : file_(std::move(file)), store_(std::move(store)), kept_(std::move(kept)) {}

    static constexpr unsigned kSteps = 5;
    // Step 0 to 4, each once, in order: look at the backup; copy it beside the store; look at the
    // copy (integrity, audit chain, hashes of blobs); keep the old store; change places.
    Result<Done, std::string> step(unsigned number);
    Result<Done, std::string> all();

  private:
    std::string copy() const { return store_ + ".restoring"; }
    Result<Done, std::string> copy_backup();
    Result<Done, std::string> look_at_copy();
    Result<Done, std::string> keep_old();
    Result<Done, std::string> change_places();

    std::string file_, store_, kept_;
    BackupInfo info_;
};

}  // namespace sluice::control

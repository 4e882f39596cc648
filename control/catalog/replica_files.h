// Replicas and sources on disk: one folder an operator, each file there whole or not at all.
//
//   <dir>/<operator>/source.json    where the feed is, its first key, timers, the gate
//   <dir>/<operator>/head           what is in force (version, keys, save): a JSON line
//   <dir>/<operator>/replica        the rows as of one save: a head's line, then a line a row
//   <dir>/<operator>/history.jsonl  what each save added and removed, appended: who owned this
//                                   address on that day, and what came after `replica`
//
// A save appends its change to history, then replaces the head: that is the moment it is in force.
// The rows are written whole when the changes since have become many, or all came at once.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "control/catalog/replica.h"

namespace sluice::control::catalog {

struct Source {
    std::string operator_id;
    std::string url;  // https, of the notification; empty: this operator uploads its catalog
    std::optional<certs::Ed25519Public> key;
    std::string ca_file;  // PEM; empty: the machine's
    std::uint32_t refresh_s = 300,
                  retry_s = 60;           // RFC 8210 6: how often, and how soon after a failure
    std::uint32_t expire_s = 7 * 86'400;  // alarm: nothing was confirmed for so long
    unsigned removal_max_percent = 10;
};
// One sentence, what to do included; nothing when the source is fine.
std::optional<std::string> why_not(const Source& source);

// Who an address belonged to: the row of the longest prefix around it then.
struct Owned {
    Row row;
    UtcTime since;
};

class ReplicaFiles {
  public:
    explicit ReplicaFiles(std::filesystem::path dir) : dir_(std::move(dir)) {}

    // Errors are sentences; what cannot be read is named and left as it is.
    Result<std::vector<Source>, std::string> sources() const;
    Result<Done, std::string> save(const Source& source);
    Result<Done, std::string> forget_source(const std::string& operator_id);

    // A replica that nothing has been taken into when there is no file.
    Result<Replica, std::string> replica(const std::string& operator_id) const;
    // Durable when it returns; a crash before that leaves what was. `change` is against what was
    // saved last. Cost: that of the change, unless the rows are written whole.
    Result<Done, std::string> save(const Replica& replica, const Difference& change, UtcTime at);

    Result<std::optional<Owned>, std::string> owner_at(const std::string& operator_id,
                                                       const IpAddress& address, UtcTime at) const;

  private:
    std::filesystem::path folder(const std::string& operator_id) const {
        return dir_ / operator_id;
    }
    std::filesystem::path dir_;
};

// Where a replica stands among its saves: a save has one number more than the one before.
struct Saved {
    std::uint64_t save = 0;
    std::uint64_t changed_since = 0;  // rows changed since the rows were written whole
    Replica replica;
};

// The text of `replica`, both ways. The error says what is wrong with the file.
std::string write_rows(const Saved& saved);
Result<Saved, std::string> parse_rows(std::string_view text);

}  // namespace sluice::control::catalog

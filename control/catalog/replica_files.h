// Replicas and sources on disk: one folder an operator, each file there whole or not at all.
//
//   <dir>/<operator>/source.json    where the feed is, its first key, timers, the gate
//   <dir>/<operator>/replica        what is in force: a JSON line, then a line a row
//   <dir>/<operator>/history.jsonl  what each version added and removed, appended: who owned this
//                                   address on that day
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
    // Durable when it returns. A crash between the two files costs history's line, not the replica:
    // the next change then tells what it missed.
    Result<Done, std::string> save(const Replica& replica, const Difference& change, UtcTime at);

    Result<std::optional<Owned>, std::string> owner_at(const std::string& operator_id,
                                                       const IpAddress& address, UtcTime at) const;

  private:
    std::filesystem::path folder(const std::string& operator_id) const {
        return dir_ / operator_id;
    }
    std::filesystem::path dir_;
};

// The text of a replica's file, both ways. The error says what is wrong with the file.
std::string write_replica(const Replica& replica);
Result<Replica, std::string> parse_replica(std::string_view text);

}  // namespace sluice::control::catalog

// CatalogSync: follows every operator's feed by its timers, keeps what it has taken on disk, and
// hands on what is in force. A thread of its own: no feed, however slow, delays the daemon.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "control/catalog/catalog_layer.h"
#include "control/catalog/follow.h"

namespace sluice::control::catalog {

// What `sluicectl catalog sources` shows of one.
struct SourceState {
    Source source;
    std::string session;
    std::uint64_t version = 0;
    std::size_t rows = 0;
    std::optional<UtcTime> asked, confirmed;  // last look at the feed; last one that it passed
    std::optional<Refused> refused;           // of the last look
    bool stale = false;                       // not confirmed for expire_s: an alarm
};

class CatalogSync {
  public:
    struct Deps {
        std::filesystem::path dir;
        Fetcher fetch;
        std::function<UtcTime()> now;
        // The catalog in force changed: called by the sync's thread or the caller of upload() and
        // release(), one at a time. `what` is one line for the audit.
        std::function<void(const CatalogLayer& layer, const std::string& what)> changed;
    };
    explicit CatalogSync(Deps deps);
    ~CatalogSync();
    CatalogSync(const CatalogSync&) = delete;
    CatalogSync& operator=(const CatalogSync&) = delete;

    // What was in force when the process last ended. Before start().
    Result<CatalogLayer, std::string> load();
    void start();

    std::vector<SourceState> states() const;
    // Public prefixes that two operators both name.
    std::vector<Conflict> conflicts() const;
    Result<Done, std::string> add(const Source& source);
    Result<Done, std::string> remove(const std::string& operator_id);
    // Asks the feed now, and waits for the answer.
    Result<SourceState, std::string> sync(const std::string& operator_id);
    // As sync(), past the gate of removals: a person has looked at what would go.
    Result<SourceState, std::string> release(const std::string& operator_id);
    // `rows` become the catalog of an operator that has no feed. A dry run says what would change.
    struct Upload {
        std::string operator_id;
        std::vector<Row> rows;
        bool dry_run = false, released = false;
    };
    Result<Difference, Refused> upload(const Upload& upload);
    Result<std::optional<Owned>, std::string> owner_at(const std::string& operator_id,
                                                       const IpAddress& address, UtcTime at) const;

  private:
    struct Followee {
        Source source;
        Replica replica;
        std::string etag;
        std::optional<UtcTime> asked, confirmed;
        std::optional<Refused> refused;
    };
    void run(const std::stop_token& stop);
    bool is_due(const Followee& followee) const;
    void look(Followee& followee, bool released);
    void take(Followee& followee, Followed followed, const std::string& how);
    CatalogLayer layer() const;
    SourceState state_of(const Followee& followee) const;
    Followee* find(const std::string& operator_id);

    Deps deps_;
    ReplicaFiles files_;
    mutable std::mutex mutex_;  // of followees_; a look at a feed holds it: one at a time
    std::map<std::string, Followee> followees_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

}  // namespace sluice::control::catalog

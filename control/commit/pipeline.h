// The commit pipeline: candidate -> load -> compile -> store -> publish -> active. The order makes
// kill -9 harmless: a commit is in the store whole or not at all; what is published is always a
// whole bundle; on start and on every tick the three (HEAD, published, active) are brought
// together.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "control/commit/engine.h"
#include "control/link/dataplane.h"
#include "control/store/store.h"

namespace sluice::control {

enum class CommitFailure : std::uint8_t {
    invalid,    // diagnostics say why
    conflict,   // stale base, or a confirmation is pending
    not_found,  // no such revision, nothing to undo or confirm
    held,       // the review wants a second person: the message says for what
    store,      // not written: nothing has changed
};
struct CommitError {
    CommitFailure failure = CommitFailure::store;
    std::string message;
    std::vector<load::Diagnostic> diagnostics;
    std::string base;  // held: id of the HEAD it was reviewed against; empty: there was none
};

// What becomes of a change, asked once it is compiled and before anything is stored. `before` is
// null when there is nothing yet.
struct Review {
    bool hold = false;
    std::string summary;  // what wants a second person
    std::string note;     // for the audit
};
using Reviewer = std::function<Review(const model::Policy* before, const model::Policy& after)>;

enum class Activation : std::uint8_t {
    active,       // the data plane judges by it
    absent,       // no data plane; it gets the bundle when it is there
    refused,      // the data plane refused the bundle: the one before stays active
    late,         // not confirmed in time; sluiced keeps trying
    unpublished,  // stored, but the bundle could not be written; sluiced keeps trying
};
std::string_view name_of(Activation a);

struct CommitReport {
    Commit commit;
    std::uint64_t audit_seq = 0;  // 0: nothing new, HEAD already was this content
    bool unchanged = false;
    Activation activation = Activation::absent;
    std::string activation_message;
    double build_ms = 0, store_ms = 0, publish_to_active_ms = 0;
    std::vector<load::Diagnostic> diagnostics;  // warnings
    std::optional<UtcTime> confirm_until;
};

struct CommitRequest {
    FileSet files;
    Actor author;
    std::string reason;
    std::optional<std::string> base;  // full id, or "" for "there is none yet"
    std::optional<std::int64_t> confirm_seconds;
    UtcTime now;
    Reviewer review{};           // none: nothing is held
    std::uint64_t proposal = 0;  // that is carried out by this
};

struct Who {
    Actor actor;
    std::string reason;
    UtcTime now;
    Reviewer review{};
    std::uint64_t proposal = 0;
};

class CommitPipeline {
  public:
    struct Parts {
        Store& store;
        Engine& engine;
        DataPlane& dataplane;
        std::string bundle_dir;
    };
    explicit CommitPipeline(Parts parts) : parts_(std::move(parts)) {}

    // On start: settles an expired confirmation, compiles HEAD, publishes it if it is not, and
    // activates it. A store without commits is fine. An error leaves what is published as it is.
    Result<Done, CommitError> recover(UtcTime now);

    Result<CommitReport, CommitError> commit(const CommitRequest& request);
    // Goes back to the content of the commit before HEAD (of a pending one: to what it replaced),
    // as a new commit.
    Result<CommitReport, CommitError> undo(const Who& who);
    // Keeps the pending commit. Returns the audit sequence number.
    Result<std::uint64_t, CommitError> confirm(const Who& who);
    // Level-triggered housekeeping, about once a second: reverts an expired commit, feeds a data
    // plane whose active bundle is not the published one. Returns what was done, for the log.
    std::string tick(UtcTime now, MonoTime mono);

    // Puts the effects of cases over the policy in force, and publishes and activates the result if
    // that changes anything. Returns what did not fit, for `status`; empty when all did. What could
    // not be activated is tried again by tick().
    std::string relayer(Layer layer);
    // The same for the catalogs that operators keep themselves.
    std::string recatalog(catalog::CatalogLayer layer);

    // The policy in force as compiled from HEAD; null before the first commit.
    std::shared_ptr<const Candidate> current() const;
    // Compiles without committing.
    Candidate check(const FileSet& files);

  private:
    std::string rebuild_layered();
    Result<std::string, CommitError> reviewed(const Reviewer& review, const Candidate& built,
                                              const std::string& head_id) const;
    Result<CommitReport, CommitError> store_and_activate(NewCommit commit, Candidate built);
    Result<CommitReport, CommitError> go_back(std::uint64_t serial, const Who& who,
                                              const std::string& action);
    Result<Done, CommitError> build_head(const Commit& head);
    void activate(CommitReport& report);
    std::string revert_if_expired(UtcTime now);
    void set_current(Candidate candidate);

    Parts parts_;
    std::mutex one_at_a_time_;
    mutable std::mutex current_mutex_;
    std::shared_ptr<const Candidate> current_;
    std::optional<MonoTime> confirm_deadline_;  // armed in this process: not moved by clock steps
    std::optional<std::int64_t> arm_for_seconds_;
    std::string refused_hash_;  // do not feed the same refused bundle every second
};

}  // namespace sluice::control

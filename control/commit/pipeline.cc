#include "control/commit/pipeline.h"

namespace sluice::control {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

CommitError from_store(const StoreError& e) {
    CommitFailure failure = CommitFailure::store;
    if (e.code == StoreErrorCode::stale_base || e.code == StoreErrorCode::pending)
        failure = CommitFailure::conflict;
    if (e.code == StoreErrorCode::not_found) failure = CommitFailure::not_found;
    return {failure, e.message, {}, {}};
}

Activation activation_of(ipc::QueryFailure failure) {
    switch (failure) {
        case ipc::QueryFailure::unreachable:
            return Activation::absent;
        case ipc::QueryFailure::bundle_refused:
        case ipc::QueryFailure::refused:
            return Activation::refused;
        default:
            return Activation::late;
    }
}

}  // namespace

std::string_view name_of(Activation a) {
    constexpr std::string_view kNames[] = {"active", "absent", "refused", "late", "unpublished"};
    return kNames[static_cast<std::size_t>(a)];
}

std::shared_ptr<const Candidate> CommitPipeline::current() const {
    const std::lock_guard lock(current_mutex_);
    return current_;
}

void CommitPipeline::set_current(Candidate candidate) {
    auto shared = std::make_shared<const Candidate>(std::move(candidate));
    const std::lock_guard lock(current_mutex_);
    current_ = std::move(shared);
}

Candidate CommitPipeline::check(const FileSet& files) {
    const auto previous = current();
    return parts_.engine.build(files, previous.get());
}

Result<Done, CommitError> CommitPipeline::build_head(const Commit& head) {
    auto files = parts_.store.files_of(head.serial);
    if (!files) return Err{from_store(files.error())};
    Candidate built = parts_.engine.build_committed(*files, current().get(), head.at);
    if (!built.ok())
        return Err{CommitError{CommitFailure::invalid,
                               "HEAD (r" + std::to_string(head.serial) +
                                   ") no longer compiles with this build: the published bundle "
                                   "stays in force; commit a corrected policy",
                               built.diagnostics,
                               {}}};
    set_current(std::move(built));
    return Done{};
}

Result<Done, CommitError> CommitPipeline::recover(UtcTime now) {
    const std::lock_guard lock(one_at_a_time_);
    auto head = parts_.store.head();
    if (!head) return Err{from_store(head.error())};
    if (!*head) return Done{};
    auto built = build_head(**head);
    if (!built) return built;
    revert_if_expired(now);
    CommitReport report;
    if (parts_.engine.published_hash() != current()->bundle_hash) activate(report);
    return Done{};
}

void CommitPipeline::activate(CommitReport& report) {
    const auto start = Clock::now();
    const auto candidate = current();
    auto published = parts_.engine.publish(*candidate);
    if (!published) {
        report.activation = Activation::unpublished;
        report.activation_message = published.error();
        return;
    }
    auto loaded = parts_.dataplane.load_bundle(parts_.bundle_dir);
    if (!loaded) {
        report.activation = activation_of(loaded.error().failure);
        report.activation_message = loaded.error().message;
        if (report.activation == Activation::refused) refused_hash_ = candidate->bundle_hash;
    } else if (hash_text(*loaded) != candidate->bundle_hash) {
        report.activation = Activation::late;
        report.activation_message = "the data plane answered with another bundle";
    } else {
        report.activation = Activation::active;
        report.publish_to_active_ms = ms_since(start);
    }
}

// The note for the audit, or `held`.
Result<std::string, CommitError> CommitPipeline::reviewed(const Reviewer& review,
                                                          const Candidate& built,
                                                          const std::string& head_id) const {
    if (!review || !built.policy) return std::string();
    const auto before = current();
    Review seen = review(before ? before->policy.get() : nullptr, *built.policy);
    if (seen.hold) return Err{CommitError{CommitFailure::held, seen.summary, {}, head_id}};
    return std::move(seen.note);
}

Result<CommitReport, CommitError> CommitPipeline::store_and_activate(NewCommit commit,
                                                                     Candidate built) {
    CommitReport report;
    report.diagnostics = built.diagnostics;
    report.confirm_until = commit.confirm_until;
    const auto start = Clock::now();
    auto stored = parts_.store.add_commit(commit);
    if (!stored) return Err{from_store(stored.error())};
    report.store_ms = ms_since(start);
    report.commit = stored->commit;
    report.audit_seq = stored->audit_seq;
    refused_hash_.clear();
    confirm_deadline_.reset();
    arm_for_seconds_.reset();
    set_current(std::move(built));
    activate(report);
    return report;
}

Result<CommitReport, CommitError> CommitPipeline::commit(const CommitRequest& r) {
    const std::lock_guard lock(one_at_a_time_);
    const auto start = Clock::now();
    Candidate built = check(r.files);
    const double build_ms = ms_since(start);
    if (!built.ok())
        return Err{CommitError{CommitFailure::invalid,
                               "the policy has errors: nothing was changed",
                               std::move(built.diagnostics),
                               {}}};
    auto head = parts_.store.head();
    if (!head) return Err{from_store(head.error())};
    NewCommit commit{.files = r.files,
                     .bundle = built.commit_bundle,
                     .author = r.author,
                     .at = r.now,
                     .reason = r.reason,
                     .action = "policy.commit",
                     .base = r.base,
                     .confirm_until = {},
                     .settle_pending = false,
                     .note = {},
                     .proposal = r.proposal};
    const bool stale = r.base && *r.base != (*head ? (*head)->id : "");
    if (*head && !stale && (*head)->id == commit_id(built.commit_bundle, r.files)) {
        CommitReport same;
        same.commit = **head;
        same.unchanged = true;
        same.build_ms = build_ms;
        same.diagnostics = built.diagnostics;
        set_current(std::move(built));
        activate(same);
        return same;
    }
    if (r.confirm_seconds) {
        if (!*head)
            return Err{CommitError{CommitFailure::not_found,
                                   "the first commit has nothing to go back to: commit it without "
                                   "--confirm",
                                   {},
                                   {}}};
        commit.confirm_until = UtcTime{r.now.raw() + *r.confirm_seconds};
    }
    if (!stale) {
        SLUICE_TRY(note, reviewed(r.review, built, *head ? (*head)->id : ""));
        commit.note = std::move(note);
    }
    auto report = store_and_activate(std::move(commit), std::move(built));
    if (!report) return report;
    report->build_ms = build_ms;
    arm_for_seconds_ = r.confirm_seconds;
    return report;
}

Result<CommitReport, CommitError> CommitPipeline::go_back(std::uint64_t serial, const Who& who,
                                                          const std::string& action) {
    const auto start = Clock::now();
    auto files = parts_.store.files_of(serial);
    if (!files) return Err{from_store(files.error())};
    Candidate built = check(*files);
    if (!built.ok())
        return Err{CommitError{CommitFailure::invalid,
                               "r" + std::to_string(serial) +
                                   " no longer compiles: nothing was "
                                   "changed",
                               std::move(built.diagnostics),
                               {}}};
    const double build_ms = ms_since(start);
    auto head = parts_.store.head();
    if (!head) return Err{from_store(head.error())};
    SLUICE_TRY(note, reviewed(who.review, built, *head ? (*head)->id : ""));
    NewCommit commit{.files = std::move(*files),
                     .bundle = built.commit_bundle,
                     .author = who.actor,
                     .at = who.now,
                     .reason = who.reason,
                     .action = action,
                     .base = {},
                     .confirm_until = {},
                     .settle_pending = true,
                     .note = std::move(note),
                     .proposal = who.proposal};
    auto report = store_and_activate(std::move(commit), std::move(built));
    if (report) report->build_ms = build_ms;
    return report;
}

Result<CommitReport, CommitError> CommitPipeline::undo(const Who& who) {
    const std::lock_guard lock(one_at_a_time_);
    auto pending = parts_.store.pending_confirm();
    if (!pending) return Err{from_store(pending.error())};
    auto head = parts_.store.head();
    if (!head) return Err{from_store(head.error())};
    if (!*head || (*head)->serial < 2)
        return Err{CommitError{
            CommitFailure::not_found, "there is no earlier commit to go back to", {}, {}}};
    const std::uint64_t target = *pending ? (*pending)->revert_to : (*head)->serial - 1;
    Who undoer = who;
    // What is not confirmed was never settled: to take it back needs no second person.
    if (*pending) undoer.review = nullptr;
    return go_back(target, undoer, "policy.undo");
}

Result<std::uint64_t, CommitError> CommitPipeline::confirm(const Who& who) {
    const std::lock_guard lock(one_at_a_time_);
    auto pending = parts_.store.pending_confirm();
    if (!pending) return Err{from_store(pending.error())};
    const std::string subject = *pending ? "r" + std::to_string((*pending)->serial) : "";
    auto seq = parts_.store.settle_confirm(
        {0, who.now, who.actor, "policy.confirm", subject, who.reason, "", ""});
    if (!seq) return Err{from_store(seq.error())};
    confirm_deadline_.reset();
    arm_for_seconds_.reset();
    return *seq;
}

std::string CommitPipeline::relayer(Layer layer) {
    const std::lock_guard lock(one_at_a_time_);
    parts_.engine.set_layer(std::move(layer));
    return rebuild_layered();
}

std::string CommitPipeline::recatalog(catalog::CatalogLayer layer) {
    const std::lock_guard lock(one_at_a_time_);
    parts_.engine.set_catalog(std::move(layer));
    return rebuild_layered();
}

std::string CommitPipeline::rebuild_layered() {
    const auto before = current();
    if (!before) return "";  // the first policy will be built with it
    Candidate built = parts_.engine.rebuild(*before);
    if (!built.ok())
        return "the layers over the policy could not be compiled: what is published stays in force";
    std::string trouble;
    for (const std::string& one : built.layer_troubles)
        trouble += (trouble.empty() ? "" : "; ") + one;
    if (built.bundle_hash == before->bundle_hash) return trouble;
    refused_hash_.clear();
    set_current(std::move(built));
    CommitReport report;
    activate(report);
    if (report.activation == Activation::unpublished || report.activation == Activation::refused)
        trouble += (trouble.empty() ? "" : "; ") + report.activation_message;
    return trouble;
}

std::string CommitPipeline::revert_if_expired(UtcTime now) {
    auto pending = parts_.store.pending_confirm();
    if (!pending || !*pending) return "";
    if (!confirm_deadline_ && now < (*pending)->until) return "";
    const std::string what =
        "r" + std::to_string((*pending)->serial) + " was not confirmed in time";
    Who daemon;
    daemon.actor.person = "sluiced";
    daemon.reason = what;
    daemon.now = now;
    auto back = go_back((*pending)->revert_to, daemon, "policy.revert");
    if (!back) return what + ", but going back failed: " + back.error().message;
    return what + ": back to the content of r" + std::to_string((*pending)->revert_to);
}

std::string CommitPipeline::tick(UtcTime now, MonoTime mono) {
    const std::unique_lock lock(one_at_a_time_, std::try_to_lock);
    if (!lock) return "";
    if (arm_for_seconds_) {
        confirm_deadline_ = MonoTime{mono.raw() + *arm_for_seconds_ * kNsPerSecond};
        arm_for_seconds_.reset();
    }
    if (!confirm_deadline_ || mono >= *confirm_deadline_)
        if (std::string done = revert_if_expired(now); !done.empty()) return done;
    const auto candidate = current();
    if (!candidate || candidate->bundle_hash == refused_hash_) return "";
    auto status = parts_.dataplane.status();
    if (!status || hash_text(*status) == candidate->bundle_hash) return "";
    CommitReport report;
    activate(report);
    if (report.activation == Activation::active)
        return "the data plane had another bundle and was fed " +
               candidate->bundle_hash.substr(0, 12);
    return "the data plane has another bundle and could not be fed: " + report.activation_message;
}

}  // namespace sluice::control

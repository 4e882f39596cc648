#include "control/catalog/sync.h"

#include <chrono>

namespace sluice::control::catalog {

CatalogSync::CatalogSync(Deps deps) : deps_(std::move(deps)), files_(deps_.dir) {}

CatalogSync::~CatalogSync() {
    thread_.request_stop();
    wake_.notify_all();
}

Result<CatalogLayer, std::string> CatalogSync::load() {
    const std::lock_guard lock(mutex_);
    SLUICE_TRY(sources, files_.sources());
    for (Source& source : sources) {
        SLUICE_TRY(replica, files_.replica(source.operator_id));
        Followee& followee = followees_[source.operator_id];
        followee.source = std::move(source);
        followee.replica = std::move(replica);
    }
    return layer();
}

void CatalogSync::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

// Once a second: due is what its timers say, so nothing hangs on waking at the right moment.
void CatalogSync::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        for (auto& [id, followee] : followees_)
            if (!stop.stop_requested() && is_due(followee)) look(followee, false);
        wake_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
}

bool CatalogSync::is_due(const Followee& f) const {
    if (f.source.url.empty()) return false;
    if (!f.asked) return true;
    const std::int64_t pause = f.refused ? f.source.retry_s : f.source.refresh_s;
    const std::int64_t since = deps_.now().raw() - f.asked->raw();
    return since >= pause || since < 0;  // a clock that was set back is no reason to wait for it
}

void CatalogSync::look(Followee& f, bool released) {
    f.asked = deps_.now();
    const Gate gate{f.source.removal_max_percent, released};
    take(f, follow(f.source, f.replica, f.etag, gate, deps_.fetch, *f.asked), "feed");
}

void CatalogSync::take(Followee& f, Followed followed, const std::string& how) {
    f.refused = std::move(followed.refused);
    if (f.refused) return;
    const Difference change = difference(f.replica.rows, followed.replica.rows);
    if (const auto saved = files_.save(followed.replica, change, deps_.now()); !saved) {
        f.refused = Refused{Refusal::unreachable, saved.error()};  // asked again by retry_s
        return;
    }
    f.replica = std::move(followed.replica);
    f.etag = std::move(followed.etag);
    f.confirmed = deps_.now();
    if (change.empty()) return;
    deps_.changed(layer(), f.source.operator_id + " " + how + " version " +
                               std::to_string(f.replica.version) + ": " +
                               std::to_string(change.added.size()) + " added, " +
                               std::to_string(change.removed.size()) + " removed");
}

CatalogLayer CatalogSync::layer() const {
    CatalogLayer all;
    for (const auto& [id, followee] : followees_)
        if (!followee.replica.session.empty()) all[id] = followee.replica.rows;
    return all;
}

SourceState CatalogSync::state_of(const Followee& f) const {
    SourceState state{f.source, f.replica.session, f.replica.version, f.replica.rows.size(),
                      f.asked,  f.confirmed,       f.refused,         false};
    const std::int64_t last = f.confirmed ? f.confirmed->raw() : f.replica.timestamp.raw();
    state.stale =
        !f.source.url.empty() && deps_.now().raw() - last > std::int64_t{f.source.expire_s};
    return state;
}

CatalogSync::Followee* CatalogSync::find(const std::string& operator_id) {
    const auto at = followees_.find(operator_id);
    return at == followees_.end() ? nullptr : &at->second;
}

std::vector<SourceState> CatalogSync::states() const {
    const std::lock_guard lock(mutex_);
    std::vector<SourceState> all;
    for (const auto& [id, followee] : followees_)
        all.push_back(state_of(followee));
    return all;
}

std::vector<Conflict> CatalogSync::conflicts() const {
    const std::lock_guard lock(mutex_);
    return find_conflicts(layer());
}

Result<Done, std::string> CatalogSync::add(const Source& source) {
    if (const auto why = why_not(source)) return Err{*why};
    const std::lock_guard lock(mutex_);
    SLUICE_TRY(saved, files_.save(source));
    SLUICE_TRY(replica, files_.replica(source.operator_id));
    Followee& f = followees_[source.operator_id];
    f = {.source = source,
         .replica = std::move(replica),
         .etag = "",
         .asked = {},
         .confirmed = {},
         .refused = {}};
    // A key that a person enters replaces what the feed announced.
    f.replica.keys.clear();
    return saved;
}

Result<Done, std::string> CatalogSync::remove(const std::string& operator_id) {
    const std::lock_guard lock(mutex_);
    SLUICE_TRY(gone, files_.forget_source(operator_id));
    followees_.erase(operator_id);
    deps_.changed(layer(),
                  operator_id + ": its source was removed, the policy's own catalog counts again");
    return gone;
}

Result<SourceState, std::string> CatalogSync::sync(const std::string& operator_id) {
    const std::lock_guard lock(mutex_);
    Followee* f = find(operator_id);
    if (f == nullptr || f->source.url.empty()) return Err{"there is no feed of " + operator_id};
    look(*f, false);
    return state_of(*f);
}

Result<SourceState, std::string> CatalogSync::release(const std::string& operator_id) {
    const std::lock_guard lock(mutex_);
    Followee* f = find(operator_id);
    if (f == nullptr || f->source.url.empty()) return Err{"there is no feed of " + operator_id};
    if (!f->refused || f->refused->why != Refusal::mass_removal)
        return Err{operator_id + ": nothing is held"};
    look(*f, true);
    return state_of(*f);
}

Result<Difference, Refused> CatalogSync::upload(const Upload& upload) {
    const std::lock_guard lock(mutex_);
    Followee* f = find(upload.operator_id);
    if (f == nullptr || !f->source.url.empty())
        return Err{Refused{Refusal::wrong_operator,
                           upload.operator_id + " has a feed, or is no source yet"}};
    const Gate gate{f->source.removal_max_percent, upload.released};
    Followed followed = take_upload(f->replica, upload.rows, gate, deps_.now());
    if (followed.refused) return Err{*followed.refused};
    const Difference change = difference(f->replica.rows, followed.replica.rows);
    if (upload.dry_run || !followed.changed) return change;
    f->asked = deps_.now();
    take(*f, std::move(followed), "upload");
    if (f->refused) return Err{*f->refused};
    return change;
}

Result<std::optional<Owned>, std::string> CatalogSync::owner_at(const std::string& operator_id,
                                                                const IpAddress& address,
                                                                UtcTime at) const {
    return files_.owner_at(operator_id, address, at);
}

}  // namespace sluice::control::catalog

#include "control/evidence/keeper.h"

#include <algorithm>

#include "control/store/time_text.h"
#include "rules/ipc/shm_layout.h"

namespace sluice::control {
namespace {

using render::Json;

constexpr std::size_t kRecordsPerTurn = 16'384;
constexpr unsigned kBatchesPerTurn = 16;
constexpr int kAnswerMs = 500;
constexpr std::int64_t kRetryMs = 1'000;

// Of a flow as `tls exempt list` shows it.
Json item_of(const OpenEvidence& open, const ipc::Evidence* ended, const Rulebook& rules) {
    Json item = begun_json(open, rules);
    for (const char* key : {"v", "event"})
        item.erase(key);
    item["state"] = ended != nullptr ? "ended" : "open";
    item["ended"] = ended != nullptr ? Json(rfc3339_ms(ended->utc_ns)) : Json(nullptr);
    item["packets"] = ended != nullptr ? Json(ended->packets) : Json(nullptr);
    item["bytes"] = ended != nullptr ? Json(ended->bytes) : Json(nullptr);
    item["server_hello"] =
        open.server_bytes == 0
            ? Json(nullptr)
            : Json({{"bytes", open.server_bytes}, {"sha256", ipc::to_hex(open.server_hash)}});
    return item;
}

}  // namespace

std::string EvidenceKeeper::next_serial() {
    return std::to_string(config_.started_utc) + "-" + std::to_string(++serial_);
}

// A data plane that starts makes new rings: what was open then has no end that anybody saw.
void EvidenceKeeper::open_rings(Now now) {
    const bool stale = std::any_of(rings_.begin(), rings_.end(),
                                   [](const ipc::EvidenceReader& r) { return r.replaced(); });
    if (stale) {
        rings_.clear();
        lost_in_rings_ = 0;
        std::size_t left = 0;
        {
            const std::lock_guard lock(mutex_);
            left = open_.size();
            open_.clear();
        }
        if (left != 0) lose(left, now.utc.raw() * kNsPerSecond, "data_plane_restarted");
    }
    while (rings_.size() < ipc::kWorkersMax) {
        auto ring = ipc::EvidenceReader::open(config_.runtime_dir,
                                              static_cast<std::uint32_t>(rings_.size()));
        if (!ring) return;
        rings_.push_back(std::move(ring).value());
    }
}

void EvidenceKeeper::drain(const Rulebook& rules, const std::string& bundle, std::size_t& left) {
    ipc::Evidence one;
    for (ipc::EvidenceReader& ring : rings_)
        for (; left > 0 && ring.pop(one); --left)
            take(one, rules, bundle);
}

void EvidenceKeeper::turn(const Rulebook* rules, const std::string& bundle, Now now) {
    if (rules !=
        nullptr) {  // records wait in the rings until there is a policy to name things with
        std::size_t left = kRecordsPerTurn;
        drain(*rules, bundle, left);
        open_rings(now);
        drain(*rules, bundle, left);
        count_lost(now);
    }
    send(now);
}

void EvidenceKeeper::take(const ipc::Evidence& e, const Rulebook& rules,
                          const std::string& bundle) {
    if (e.kind == ipc::EvidenceKind::begun) return begin(e, rules, bundle);
    if (e.kind == ipc::EvidenceKind::ended) return end(e, rules);
    const std::lock_guard lock(mutex_);
    const auto at = open_.find(e.id);
    if (at == open_.end() || e.hash_of_bytes == 0) return;
    at->second.server_hash = e.hash;
    at->second.server_bytes = e.hash_of_bytes;
}

void EvidenceKeeper::begin(const ipc::Evidence& e, const Rulebook& rules,
                           const std::string& bundle) {
    // A generation keeps the bundle it was first met with: a commit that came between verdict and
    // reading does not change what decided.
    if (e.generation != generation_ || bundle_of_generation_.empty()) {
        generation_ = e.generation;
        bundle_of_generation_ = bundle;
    }
    OpenEvidence open{e, next_serial(), bundle_of_generation_, {}, 0};
    wait_for_log(line_of(begun_json(open, rules)), e.utc_ns);
    const std::lock_guard lock(mutex_);
    if (open_.size() < config_.open_max || open_.contains(e.id))
        open_.insert_or_assign(e.id, std::move(open));
}

void EvidenceKeeper::end(const ipc::Evidence& e, const Rulebook& rules) {
    std::optional<OpenEvidence> open;
    {
        const std::lock_guard lock(mutex_);
        const auto at = open_.find(e.id);
        if (at != open_.end() && at->second.begun.tuple == e.tuple) {
            open = std::move(at->second);
            open_.erase(at);
            ended_.push_back({*open, e});
            if (ended_.size() > config_.ended_max) ended_.pop_front();
        }
    }
    wait_for_log(line_of(ended_json(e, next_serial(), open ? &*open : nullptr, rules)), e.utc_ns);
}

// What did not fit the rings, as the workers count it.
void EvidenceKeeper::count_lost(Now now) {
    const auto reader = ipc::CountersReader::open(config_.runtime_dir);
    if (!reader) return;
    std::uint64_t lost = 0;
    for (std::uint32_t i = 0; i < reader->workers(); ++i)
        if (const auto block = reader->read(i)) lost += block->evidence_lost;
    if (lost > lost_in_rings_)
        lose(lost - lost_in_rings_, now.utc.raw() * kNsPerSecond, "ring_full");
    lost_in_rings_ = lost;
}

void EvidenceKeeper::lose(std::uint64_t records, std::int64_t utc_ns, std::string_view why) {
    {
        const std::lock_guard lock(mutex_);
        status_.not_kept += records;
    }
    wait_for_log(line_of(not_kept_json(next_serial(), utc_ns, records, why)), utc_ns);
}

void EvidenceKeeper::wait_for_log(std::string line, std::int64_t utc_ns) {
    if (config_.signer_socket.empty()) return;
    const std::lock_guard lock(mutex_);
    if (line.empty() || waiting_.size() >= config_.waiting_max) {
        ++status_.not_kept;
        ++lost_unsaid_;
        return;
    }
    if (lost_unsaid_ != 0) {
        waiting_.push_back(line_of(not_kept_json(
            next_serial(), utc_ns, std::exchange(lost_unsaid_, 0), "log_not_writable")));
    }
    waiting_.push_back(std::move(line));
}

void EvidenceKeeper::send(Now now) {
    if (config_.signer_socket.empty() || now.mono < not_before_) return;
    for (unsigned i = 0; i < kBatchesPerTurn; ++i) {
        std::vector<std::string> batch;
        {
            const std::lock_guard lock(mutex_);
            std::size_t bytes = 0;
            for (const std::string& line : waiting_) {
                bytes += line.size();
                if (batch.size() == ipc::kEvidenceBatchMax || bytes > certs::kRecordBytesMax) break;
                batch.push_back(line);
            }
        }
        if (batch.empty()) return;
        const auto added = recorder_.add(batch, kAnswerMs);
        const std::lock_guard lock(mutex_);
        status_.trouble = added ? std::string() : added.error().message;
        if (!added) {
            not_before_ = after_ms(now.mono, kRetryMs);
            return;
        }
        status_.kept += batch.size();
        waiting_.erase(waiting_.begin(),
                       waiting_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
    }
}

EvidenceStatus EvidenceKeeper::status() const {
    const std::lock_guard lock(mutex_);
    EvidenceStatus status = status_;
    status.configured = !config_.signer_socket.empty();
    status.waiting = waiting_.size();
    status.open = open_.size();
    return status;
}

std::vector<Json> EvidenceKeeper::list(const Rulebook& rules, const std::string& organisation,
                                       const std::string& name, std::size_t limit) const {
    const std::lock_guard lock(mutex_);
    const auto wanted = [&](const OpenEvidence& open) {
        return (organisation.empty() ||
                (open.begun.org != kNoOrg && rules.organisation(open.begun.org) == organisation)) &&
               (name.empty() || open.begun.name() == name);
    };
    std::vector<const OpenEvidence*> open;
    for (const auto& [id, one] : open_)
        if (wanted(one)) open.push_back(&one);
    std::ranges::sort(open, std::greater{}, [](const auto* o) { return o->begun.utc_ns; });
    std::vector<Json> items;
    for (const OpenEvidence* one : open)
        if (items.size() < limit) items.push_back(item_of(*one, nullptr, rules));
    for (auto at = ended_.rbegin(); at != ended_.rend() && items.size() < limit; ++at)
        if (wanted(at->open)) items.push_back(item_of(at->open, &at->ended, rules));
    return items;
}

}  // namespace sluice::control

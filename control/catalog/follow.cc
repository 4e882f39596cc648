#include "control/catalog/follow.h"

#include "control/store/sha256.h"

namespace sluice::control::catalog {
namespace {

constexpr std::size_t kNotificationBytesMax = certs::kJwsBytesMax;
constexpr std::string_view kUploadSession = "upload";

Err<Refused> refuse(Refusal why, std::string detail) {
    return Err{Refused{why, std::move(detail)}};
}

struct Believed {
    Notification notification;
    certs::Ed25519Public signer;
};

// The first key that has signed it: the one in use, or the one announced before.
Result<Believed, Refused> believe(const std::string& token,
                                  const std::vector<certs::Ed25519Public>& keys) {
    certs::JwsError why = certs::JwsError::bad_signature;
    for (const certs::Ed25519Public& key : keys) {
        const auto payload = certs::open_jws(token, {&key, 1});
        if (!payload) {
            why = payload.error();
            continue;
        }
        auto parsed = parse_notification(*payload);
        if (!parsed) return refuse(Refusal::malformed, parsed.error());
        return Believed{std::move(*parsed), key};
    }
    return refuse(Refusal::bad_signature, std::string(certs::sentence_of(why)));
}

class Follower {
  public:
    Follower(const Source& source, const Fetcher& fetch, const Gate& gate)
        : source_(source), fetch_(fetch), gate_(gate) {}

    Result<Replica, Refused> run(const Replica& before, const Notification& notification,
                                 const Plan& plan) {
        Replica replica = before;
        if (plan.fetch == Fetch::snapshot) {
            SLUICE_TRY(text, file(notification.snapshot));
            const auto snapshot = parse_snapshot(text);
            if (!snapshot) return refuse(Refusal::malformed, snapshot.error());
            if (snapshot->session != notification.session ||
                snapshot->version != notification.snapshot.version)
                return refuse(Refusal::malformed,
                              "the snapshot is not of the session and version it stands for");
            SLUICE_TRY(taken, apply(replica, *snapshot, gate_));
            replica = std::move(taken);
        }
        for (const FileReference& reference : plan.deltas) {
            SLUICE_TRY(text, file(reference));
            const auto delta = parse_delta(text);
            if (!delta) return refuse(Refusal::malformed, delta.error());
            if (delta->session != notification.session || delta->version != reference.version)
                return refuse(Refusal::malformed,
                              "a delta is not of the session and version it stands for");
            SLUICE_TRY(taken, apply(replica, *delta, gate_));
            replica = std::move(taken);
        }
        return replica;
    }

  private:
    Result<std::string, Refused> file(const FileReference& reference) {
        const std::string url = beside(source_.url, reference.url);
        if (url.empty())
            return refuse(Refusal::malformed, "a file lies elsewhere: " + reference.url);
        auto fetched = fetch_({url, "", source_.ca_file, kFileBytesMax});
        if (!fetched) return refuse(Refusal::unreachable, fetched.error());
        if (sha256_hex(fetched->body) != reference.sha256)
            return refuse(Refusal::hash_mismatch, url);
        return std::move(fetched->body);
    }

    const Source& source_;
    const Fetcher& fetch_;
    const Gate& gate_;
};

Followed refused(const Replica& replica, const Refused& why) {
    return {.changed = false, .refused = why, .replica = replica, .etag = ""};
}

}  // namespace

Followed follow(const Source& source, const Replica& replica, const std::string& etag,
                const Gate& gate, const Fetcher& fetch, UtcTime now) {
    const auto fetched = fetch({source.url, etag, source.ca_file, kNotificationBytesMax});
    if (!fetched) return refused(replica, {Refusal::unreachable, fetched.error()});
    if (fetched->unchanged)
        return {.changed = false, .refused = {}, .replica = replica, .etag = etag};
    std::vector<certs::Ed25519Public> keys = replica.keys;
    if (keys.empty() && source.key) keys.push_back(*source.key);
    const auto believed = believe(fetched->body, keys);
    if (!believed) return refused(replica, believed.error());
    const auto planned = plan(replica, believed->notification, now);
    if (!planned) return refused(replica, planned.error());
    auto taken = Follower(source, fetch, gate).run(replica, believed->notification, *planned);
    if (!taken) return refused(replica, taken.error());
    Followed out{.changed = planned->fetch != Fetch::nothing,
                 .refused = {},
                 .replica = std::move(*taken),
                 .etag = fetched->etag};
    take_keys(out.replica, believed->notification, believed->signer);
    return out;
}

Followed take_upload(const Replica& replica, const std::vector<Row>& rows, const Gate& gate,
                     UtcTime now) {
    Snapshot whole{replica.operator_id, std::string(kUploadSession), replica.version + 1, rows};
    auto taken = apply(replica, whole, gate);
    if (!taken) return refused(replica, taken.error());
    taken->timestamp = now;
    const bool changed = !difference(replica.rows, taken->rows).empty();
    return {.changed = changed,
            .refused = {},
            .replica = changed ? std::move(*taken) : replica,
            .etag = ""};
}

}  // namespace sluice::control::catalog

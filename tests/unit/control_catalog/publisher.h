// Feed: an operator's feed in memory, published version by version, and spoilt where a test wants
// it.
#pragma once
#include <openssl/evp.h>

#include <functional>
#include <map>

#include "control/catalog/follow.h"
#include "control/store/sha256.h"
#include "rules/base/assert.h"

namespace sluice::control::catalog::testing {

inline certs::KeyPtr new_key() {
    return certs::KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}
inline RowTable table(const std::vector<Row>& rows) {
    auto made = RowTable::of(rows);
    SLUICE_ASSERT(made.ok());
    return std::move(*made);
}
inline Row row(const std::string& prefix, const std::string& organisation) {
    return {*parse_prefix(prefix).prefix, organisation};
}

struct Feed {
    certs::KeyPtr key = new_key();
    Source source;
    Notification notification;
    std::map<std::string, std::string> files;
    std::vector<std::string> fetched;
    unsigned etag = 0;
    std::vector<Row> rows;

    Feed() {
        source.operator_id = "telco-a";
        source.url = "https://telco-a.example/feed/notification.jws";
        source.key = certs::public_of(key.get());
        notification.operator_id = source.operator_id;
        notification.session = "first";
    }
    void begin_session(const std::string& session) {
        notification.session = session;
        notification.version = 0;
        notification.deltas.clear();
        rows.clear();
    }
    void publish(const std::vector<Row>& next, UtcTime at) {
        const std::uint64_t version = ++notification.version;
        notification.timestamp = at;
        if (version > 1) {
            Delta delta{notification.operator_id, notification.session, version, {}};
            for (const Row& r : rows)
                if (std::find(next.begin(), next.end(), r) == next.end())
                    delta.changes.push_back({false, r});
            for (const Row& r : next)
                if (std::find(rows.begin(), rows.end(), r) == rows.end())
                    delta.changes.push_back({true, r});
            notification.deltas.push_back(
                put("delta-" + std::to_string(version), version, write_delta(delta)));
        }
        rows = next;
        snapshot();
        sign();
    }
    // The snapshot is of the newest version; of deltas the last `count` stay.
    void keep_deltas(std::size_t count) {
        notification.deltas.erase(notification.deltas.begin(),
                                  notification.deltas.end() - static_cast<std::ptrdiff_t>(count));
        sign();
    }
    void replace_delta(std::uint64_t says, std::vector<Change> changes) {
        const Delta delta{notification.operator_id, notification.session, says, std::move(changes)};
        const auto version = notification.deltas.back().version;
        notification.deltas.back() =
            put("delta-" + std::to_string(version), version, write_delta(delta));
        sign();
    }
    void sign() { sign_text(write_notification(notification)); }
    void sign_text(const std::string& payload) {
        files["notification.jws"] = certs::sign_jws(payload, key.get());
        new_etag();
    }
    void new_etag() { ++etag; }

    Fetcher fetcher() {
        return [this](const FetchOrder& order) -> Result<Fetched, std::string> {
            const std::string name = order.url.substr(order.url.rfind('/') + 1);
            fetched.push_back(name);
            const auto at = files.find(name);
            if (at == files.end()) return Err{std::string("404")};
            const std::string tag = "\"" + std::to_string(etag) + "\"";
            if (name == "notification.jws" && order.etag == tag) return Fetched{true, "", tag};
            return Fetched{false, at->second, tag};
        };
    }

  private:
    FileReference put(const std::string& name, std::uint64_t version, const std::string& text) {
        files[name] = text;
        return {version, name, sha256_hex(text)};
    }
    void snapshot() {
        const Snapshot whole{notification.operator_id, notification.session, notification.version,
                             rows};
        notification.snapshot = put("snapshot-" + std::to_string(notification.version),
                                    notification.version, write_snapshot(whole));
    }
};

}  // namespace sluice::control::catalog::testing

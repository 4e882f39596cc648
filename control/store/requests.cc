// Signed requests: rows, and the blobs they lead to.
#include "control/store/guarded.h"
#include "control/store/sha256.h"

namespace sluice::control {
namespace {

constexpr const char* kSelect =
    "SELECT id, envelope, organisation, number, signer, certificate, signed_at, received_at, via, "
    "case_id, case_version FROM requests ";

RequestRow read_request(const Statement& row) {
    return {row.text(0),
            row.text(1),
            row.text(2),
            row.text(3),
            row.text(4),
            row.text(5),
            UtcTime{row.integer(6)},
            UtcTime{row.integer(7)},
            row.text(8),
            row.text(9),
            static_cast<std::uint64_t>(row.integer(10))};
}

void add_blob(Database& db, const std::string& hash, const std::string& bytes) {
    Statement blob(db,
                   "INSERT INTO blobs (hash, data) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING");
    blob.bind(hash).bind_blob(bytes).run();
}

Result<std::string, StoreError> blob_of(Database& db, const std::string& hash) {
    Statement q(db, "SELECT data FROM blobs WHERE hash = ?");
    q.bind(hash);
    const bool found = q.step();
    std::string bytes = found ? q.text(0) : "";
    if (!found || sha256_hex(bytes) != hash)
        return Err{StoreError{StoreErrorCode::unavailable,
                              "store: a signed request does not have its hash: restore a backup"}};
    return bytes;
}

}  // namespace

std::optional<StoreError> SqliteStore::add_request(const RequestWrite& w) {
    const RequestRow& r = w.row;
    {
        Statement same(db_,
                       "SELECT case_id FROM requests WHERE id = ? OR (organisation = ? AND "
                       "number = ?)");
        same.bind(r.id, r.organisation, r.number);
        if (same.step())
            return StoreError{StoreErrorCode::stale_base,
                              "request " + r.number + " has been taken already: " + same.text(0)};
    }
    add_blob(db_, r.id, w.bytes.content);
    add_blob(db_, r.envelope, w.bytes.envelope);
    Statement insert(db_,
                     "INSERT INTO requests (id, envelope, organisation, number, signer, "
                     "certificate, signed_at, received_at, via, case_id, case_version) VALUES (?, "
                     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert
        .bind(r.id, r.envelope, r.organisation, r.number, r.signer, r.certificate,
              r.signed_at.raw(), r.received_at.raw(), r.via, r.case_id, r.case_version)
        .run();
    return std::nullopt;
}

Result<std::vector<RequestRow>, StoreError> SqliteStore::requests(const RequestFilter& f) {
    return guarded<std::vector<RequestRow>>([&]() -> Result<std::vector<RequestRow>, StoreError> {
        std::vector<RequestRow> all;
        Statement q(db_, std::string(kSelect) +
                             "WHERE (? = '' OR organisation = ?) AND (? = '' OR case_id = ?) "
                             "ORDER BY received_at DESC, id LIMIT ?");
        q.bind(f.organisation, f.organisation, f.case_id, f.case_id, f.limit);
        while (q.step())
            all.push_back(read_request(q));
        return all;
    });
}

Result<std::optional<RequestRow>, StoreError> SqliteStore::find_request(const std::string& id) {
    using Found = std::optional<RequestRow>;
    return guarded<Found>([&]() -> Result<Found, StoreError> {
        Statement q(db_, std::string(kSelect) + "WHERE id = ?");
        q.bind(id);
        return q.step() ? Found(read_request(q)) : Found();
    });
}

Result<std::optional<RequestRow>, StoreError> SqliteStore::request_numbered(
    const std::string& organisation, const std::string& number) {
    using Found = std::optional<RequestRow>;
    return guarded<Found>([&]() -> Result<Found, StoreError> {
        Statement q(db_, std::string(kSelect) + "WHERE organisation = ? AND number = ?");
        q.bind(organisation, number);
        return q.step() ? Found(read_request(q)) : Found();
    });
}

Result<RequestBytes, StoreError> SqliteStore::request_bytes(const std::string& id) {
    return guarded<RequestBytes>([&]() -> Result<RequestBytes, StoreError> {
        Statement q(db_, "SELECT envelope FROM requests WHERE id = ?");
        q.bind(id);
        if (!q.step())
            return Err{StoreError{StoreErrorCode::not_found,
                                  "no request \"" + id + "\": see `sluicectl request list`"}};
        SLUICE_TRY(content, blob_of(db_, id));
        SLUICE_TRY(envelope, blob_of(db_, q.text(0)));
        return RequestBytes{std::move(content), std::move(envelope)};
    });
}

}  // namespace sluice::control

// Commits of the policy: content-addressed files, a serial without gaps, one durable transaction.
#include <charconv>

#include "control/store/backup.h"
#include "control/store/guarded.h"
#include "control/store/schema.h"
#include "control/store/sha256.h"

namespace sluice::control {
namespace {

constexpr const char* kCommitColumns = "serial, id, parent, person, uid, at, reason, bundle";

Commit read_commit(const Statement& row) {
    Commit c;
    c.serial = static_cast<std::uint64_t>(row.integer(0));
    c.id = row.text(1);
    c.parent = row.text(2);
    c.author = {row.text(3), static_cast<std::uint32_t>(row.integer(4))};
    c.at = UtcTime{row.integer(5)};
    c.reason = row.text(6);
    c.bundle = row.text(7);
    return c;
}

void add_files(Database& db, std::uint64_t serial, const FileSet& files) {
    Statement blob(db,
                   "INSERT INTO blobs (hash, data) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING");
    Statement link(db, "INSERT INTO commit_files (serial, path, hash) VALUES (?, ?, ?)");
    for (const auto& [path, content] : files) {
        const std::string hash = sha256_hex(content);
        blob.bind(hash).bind_blob(content).run();
        blob.reset();
        link.bind(serial, path, hash).run();
        link.reset();
    }
}

std::optional<std::uint64_t> number_after(const std::string& text, std::size_t from) {
    std::uint64_t n = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + from, end, n);
    if (from >= text.size() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return n;
}

bool is_hex(const std::string& text) {
    return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

StoreError no_such(const std::string& revision) {
    return {StoreErrorCode::not_found,
            "no revision \"" + revision + "\": see `sluicectl policy history`"};
}

}  // namespace

std::string hash_of(const FileSet& files) {
    std::string all;
    for (const auto& [path, content] : files)
        all += std::to_string(path.size()) + ":" + path + " " + sha256_hex(content) + "\n";
    return sha256_hex(all);
}

std::string commit_id(const std::string& bundle_hash, const FileSet& files) {
    return sha256_hex("sluice commit 1\n" + bundle_hash + "\n" + hash_of(files) + "\n");
}

Result<std::unique_ptr<SqliteStore>, StoreError> SqliteStore::open(const std::string& path) {
    try {
        std::unique_ptr<SqliteStore> store(new SqliteStore(path));
        if (const std::string trouble = integrity_trouble(store->db_); !trouble.empty())
            return Err{StoreError{StoreErrorCode::unavailable,
                                  path + ": " + trouble + "; `sluiced --restore BACKUP`"}};
        migrate(store->db_);
        return store;
    } catch (const SqliteError& e) {
        return Err{StoreError{StoreErrorCode::unavailable,
                              path + ": " + e.what() +
                                  "; a damaged store is replaced by `sluiced --restore BACKUP`"}};
    }
}

std::optional<Commit> SqliteStore::head_commit() {
    Statement q(db_, std::string("SELECT ") + kCommitColumns +
                         " FROM commits ORDER BY serial DESC LIMIT 1");
    if (!q.step()) return std::nullopt;
    return read_commit(q);
}

std::optional<Commit> SqliteStore::commit_by_serial(std::uint64_t serial) {
    Statement q(db_, std::string("SELECT ") + kCommitColumns + " FROM commits WHERE serial = ?");
    q.bind(serial);
    if (!q.step()) return std::nullopt;
    return read_commit(q);
}

Result<Committed, StoreError> SqliteStore::add_commit(const NewCommit& n) {
    return guarded<Committed>([&]() -> Result<Committed, StoreError> {
        Transaction whole(db_);
        const std::optional<Commit> head = head_commit();
        const std::string head_id = head ? head->id : "";
        if (n.base && *n.base != head_id)
            return Err{StoreError{StoreErrorCode::stale_base,
                                  "the policy has changed: HEAD is " +
                                      (head ? head_id.substr(0, 12) : std::string("empty")) +
                                      ", your candidate builds on " + n.base->substr(0, 12)}};
        if (n.settle_pending) db_.run("DELETE FROM pending_confirm");
        if (db_.number("SELECT COUNT(*) FROM pending_confirm") != 0)
            return Err{StoreError{StoreErrorCode::pending,
                                  "a commit waits for its confirmation: `sluicectl policy confirm` "
                                  "or `sluicectl policy undo` first"}};
        Committed done;
        Commit& c = done.commit;
        c = {head ? head->serial + 1 : 1,
             commit_id(n.bundle, n.files),
             head_id,
             n.author,
             n.at,
             n.reason,
             n.bundle};
        Statement insert(db_, std::string("INSERT INTO commits (") + kCommitColumns +
                                  ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insert
            .bind(c.serial, c.id, c.parent, c.author.person, c.author.uid, c.at.raw(), c.reason,
                  c.bundle)
            .run();
        add_files(db_, c.serial, n.files);
        if (n.confirm_until && head) {
            Statement timer(db_,
                            "INSERT INTO pending_confirm (slot, serial, revert_to, until) "
                            "VALUES (1, ?, ?, ?)");
            timer.bind(c.serial, head->serial, n.confirm_until->raw()).run();
        }
        const std::string revision = "r" + std::to_string(c.serial);
        if (n.proposal != 0 && !settle_proposal(n.proposal, revision, n.at))
            return Err{StoreError{StoreErrorCode::stale_base,
                                  "step " + std::to_string(n.proposal) + " is done already"}};
        done.audit_seq =
            append_audit({0, n.at, n.author, n.action, revision + " " + c.id,
                          n.note.empty() ? n.reason : n.reason + " (" + n.note + ")", "", ""});
        whole.commit();
        return done;
    });
}

Result<std::optional<Commit>, StoreError> SqliteStore::head() {
    return guarded<std::optional<Commit>>(
        [&]() -> Result<std::optional<Commit>, StoreError> { return head_commit(); });
}

Result<Commit, StoreError> SqliteStore::find_commit(const std::string& revision) {
    return guarded<Commit>([&]() -> Result<Commit, StoreError> {
        std::optional<Commit> found;
        if (revision.starts_with("HEAD")) {
            found = head_commit();
            const auto back = number_after(revision, 5);
            const bool plain = revision == "HEAD";
            if (!plain && (!revision.starts_with("HEAD~") || !back)) return Err{no_such(revision)};
            if (!plain && found)
                found =
                    *back < found->serial ? commit_by_serial(found->serial - *back) : std::nullopt;
        } else if (revision.starts_with("r") && number_after(revision, 1)) {
            found = commit_by_serial(*number_after(revision, 1));
        } else if (revision.size() >= 4 && revision.size() <= 64 && is_hex(revision)) {
            Statement q(db_, std::string("SELECT ") + kCommitColumns +
                                 " FROM commits WHERE substr(id, 1, ?) = ? ORDER BY serial DESC");
            q.bind(revision.size(), revision);
            while (q.step()) {
                Commit c = read_commit(q);
                if (found && found->id != c.id) return Err{no_such(revision + "\" (ambiguous) \"")};
                if (!found) found = std::move(c);
            }
        }
        if (!found) return Err{no_such(revision)};
        return *found;
    });
}

Result<FileSet, StoreError> SqliteStore::files_of(std::uint64_t serial) {
    return guarded<FileSet>([&]() -> Result<FileSet, StoreError> {
        FileSet files;
        Statement q(db_,
                    "SELECT f.path, b.data, b.hash FROM commit_files f JOIN blobs b "
                    "ON b.hash = f.hash WHERE f.serial = ?");
        q.bind(serial);
        while (q.step()) {
            std::string content = q.text(1);
            if (sha256_hex(content) != q.text(2))
                return Err{StoreError{StoreErrorCode::unavailable,
                                      "store: the content of " + q.text(0) +
                                          " does not have its hash: restore a backup"}};
            files.emplace(q.text(0), std::move(content));
        }
        if (files.empty()) return Err{no_such("r" + std::to_string(serial))};
        return files;
    });
}

Result<std::vector<Commit>, StoreError> SqliteStore::history(unsigned limit) {
    return guarded<std::vector<Commit>>([&]() -> Result<std::vector<Commit>, StoreError> {
        std::vector<Commit> all;
        Statement q(db_, std::string("SELECT ") + kCommitColumns +
                             " FROM commits ORDER BY serial DESC LIMIT ?");
        q.bind(limit);
        while (q.step())
            all.push_back(read_commit(q));
        return all;
    });
}

Result<std::vector<FileChange>, StoreError> SqliteStore::file_changes(const std::string& path) {
    return guarded<std::vector<FileChange>>([&]() -> Result<std::vector<FileChange>, StoreError> {
        std::vector<FileChange> all;
        // Serials have no gaps: the commit before is serial - 1.
        if (path.empty()) {
            Statement latest(db_,
                             "SELECT h.path, (SELECT MAX(f.serial) FROM commit_files f LEFT JOIN "
                             "commit_files p ON p.serial = f.serial - 1 AND p.path = f.path WHERE "
                             "f.path = h.path AND (p.hash IS NULL OR p.hash <> f.hash)) FROM "
                             "commit_files h WHERE h.serial = (SELECT MAX(serial) FROM commits) "
                             "ORDER BY h.path");
            while (latest.step()) {
                auto commit = commit_by_serial(static_cast<std::uint64_t>(latest.integer(1)));
                if (commit) all.push_back({latest.text(0), std::move(*commit), true, ""});
            }
            return all;
        }
        Statement changes(db_,
                          "SELECT c.serial, b.data, b.hash FROM commits c LEFT JOIN commit_files f "
                          "ON f.serial = c.serial AND f.path = ? LEFT JOIN commit_files p ON "
                          "p.serial = c.serial - 1 AND p.path = ? LEFT JOIN blobs b ON "
                          "b.hash = f.hash WHERE COALESCE(f.hash, '') <> COALESCE(p.hash, '') "
                          "ORDER BY c.serial");
        changes.bind(path, path);
        while (changes.step()) {
            auto commit = commit_by_serial(static_cast<std::uint64_t>(changes.integer(0)));
            if (!commit) continue;
            FileChange change{path, std::move(*commit), !changes.is_null(2), changes.text(1)};
            if (change.present && sha256_hex(change.content) != changes.text(2))
                return Err{StoreError{
                    StoreErrorCode::unavailable,
                    "store: the content of " + path + " does not have its hash: restore a backup"}};
            all.push_back(std::move(change));
        }
        return all;
    });
}

Result<std::optional<PendingConfirm>, StoreError> SqliteStore::pending_confirm() {
    using Answer = Result<std::optional<PendingConfirm>, StoreError>;
    return guarded<std::optional<PendingConfirm>>([&]() -> Answer {
        Statement q(db_, "SELECT serial, revert_to, until FROM pending_confirm");
        if (!q.step()) return std::optional<PendingConfirm>();
        return std::optional(PendingConfirm{static_cast<std::uint64_t>(q.integer(0)),
                                            static_cast<std::uint64_t>(q.integer(1)),
                                            UtcTime{q.integer(2)}});
    });
}

Result<std::uint64_t, StoreError> SqliteStore::settle_confirm(const AuditRecord& why) {
    return guarded<std::uint64_t>([&]() -> Result<std::uint64_t, StoreError> {
        Transaction whole(db_);
        if (db_.number("SELECT COUNT(*) FROM pending_confirm") == 0)
            return Err{StoreError{StoreErrorCode::not_found,
                                  "no commit waits for a confirmation: nothing to do"}};
        db_.run("DELETE FROM pending_confirm");
        const std::uint64_t seq = append_audit(why);
        whole.commit();
        return seq;
    });
}

}  // namespace sluice::control

// Store: what the control plane must not lose. Commits of the policy, the audit chain, persons,
// addresses in no catalog, references of blocked flows. Verdicts never come here (design section
// 7).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/store/office_store.h"

namespace sluice::control {

// A policy as files: path inside the policy directory -> content.
using FileSet = std::map<std::string, std::string>;

struct Commit {
    std::uint64_t serial = 0;  // 1, 2, 3, ... without gaps
    std::string id;            // content hash of bundle and sources: equal content, equal id
    std::string parent;        // id of the commit before; empty for the first
    Actor author;
    UtcTime at;
    std::string reason;
    std::string bundle;  // hash of the compiled bundle
};

struct NewCommit {
    FileSet files;
    std::string bundle;
    Actor author;
    UtcTime at;
    std::string reason;
    std::string action = "policy.commit";  // audit word
    std::optional<std::string> base;       // id or "" (none yet): refused when HEAD differs
    std::optional<UtcTime> confirm_until;  // reverts then unless confirmed
    bool settle_pending = false;           // also ends a pending confirmation (undo, revert)
    std::string note;            // behind the reason in the audit: who approved, or that nobody did
    std::uint64_t proposal = 0;  // is done in the same transaction, so that it is done once
};

struct Committed {
    Commit commit;
    std::uint64_t audit_seq = 0;
};

// A commit that reverts at `until` unless somebody confirms it.
struct PendingConfirm {
    std::uint64_t serial = 0;
    std::uint64_t revert_to = 0;  // serial of the commit to go back to
    UtcTime until;
};

struct UnknownSource {
    std::string operator_id, address;
    UtcTime first_seen, last_seen;
    std::uint64_t packets = 0;
};

struct Reference {
    std::string reference;  // as printed on the block page
    UtcTime at;
    std::string document;  // the flow, as JSON
};

// A commit that changed a file, and what it made of it.
struct FileChange {
    std::string path;
    Commit commit;
    bool present = false;  // false: the commit has no such file any more
    std::string content;   // of one file; empty when all files are asked about
};

struct ReferenceRetention {
    std::uint64_t count_max = 100'000;
    std::int64_t age_max_seconds = 30 * 86'400;
};

class Store : public OfficeStore {
  public:
    // 16 random bytes as 32 hexadecimal digits, drawn when `name` is first asked for and the same
    // for ever after: what must be secret, and equal on every start.
    virtual Result<std::string, StoreError> secret(const std::string& name) = 0;

    // Writes commit, files and audit record in one durable transaction: after it returns, the
    // commit survives a power cut; before, nothing of it exists.
    virtual Result<Committed, StoreError> add_commit(const NewCommit& commit) = 0;
    virtual Result<std::optional<Commit>, StoreError> head() = 0;
    // `revision`: HEAD, HEAD~n, r<serial>, or an id or a unique beginning of one (4 digits up).
    virtual Result<Commit, StoreError> find_commit(const std::string& revision) = 0;
    virtual Result<FileSet, StoreError> files_of(std::uint64_t serial) = 0;
    virtual Result<std::vector<Commit>, StoreError> history(unsigned limit) = 0;  // newest first
    // Every change of the file, oldest first. Empty path: of each file of HEAD its latest change.
    virtual Result<std::vector<FileChange>, StoreError> file_changes(const std::string& path) = 0;

    virtual Result<std::optional<PendingConfirm>, StoreError> pending_confirm() = 0;
    virtual Result<std::uint64_t, StoreError> settle_confirm(const AuditRecord& why) = 0;

    // Appends; at, actor, action, subject and reason are taken. Returns the sequence number.
    virtual Result<std::uint64_t, StoreError> add_audit(const AuditRecord& record) = 0;
    virtual Result<std::vector<AuditRecord>, StoreError> audit(unsigned limit) = 0;  // newest first
    // Those after sequence number `after`, oldest first.
    virtual Result<std::vector<AuditRecord>, StoreError> audit_after(std::uint64_t after,
                                                                     unsigned limit) = 0;
    // Recomputes the chain: the first sequence number that does not fit, or nothing.
    virtual Result<std::optional<std::uint64_t>, StoreError> verify_audit() = 0;

    virtual Result<Done, StoreError> add_unknown_sources(const std::vector<UnknownSource>&) = 0;
    virtual Result<std::vector<UnknownSource>, StoreError> unknown_sources(
        const std::string& operator_id, unsigned limit) = 0;  // empty id = all; latest first

    virtual Result<Done, StoreError> add_references(const std::vector<Reference>& references,
                                                    const ReferenceRetention& keep) = 0;
    virtual Result<std::optional<Reference>, StoreError> find_reference(
        const std::string& reference) = 0;
};

// Content address of a file set: order and boundaries included.
std::string hash_of(const FileSet& files);
// What a commit is called: bundle and sources together.
std::string commit_id(const std::string& bundle_hash, const FileSet& files);

}  // namespace sluice::control

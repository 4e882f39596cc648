// The store in one SQLite file. Safe to call from several threads: one lock, held for one call.
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "control/store/case_store.h"
#include "control/store/sqlite.h"
#include "control/store/store.h"

namespace sluice::control {

class SqliteStore : public Store, public CaseStore, public RequestStore {
  public:
    // Opens or creates the file and migrates it.
    static Result<std::unique_ptr<SqliteStore>, StoreError> open(const std::string& path);

    Result<std::string, StoreError> secret(const std::string& name) override;
    Result<Committed, StoreError> add_commit(const NewCommit& commit) override;
    Result<std::optional<Commit>, StoreError> head() override;
    Result<Commit, StoreError> find_commit(const std::string& revision) override;
    Result<FileSet, StoreError> files_of(std::uint64_t serial) override;
    Result<std::vector<Commit>, StoreError> history(unsigned limit) override;
    Result<std::vector<FileChange>, StoreError> file_changes(const std::string& path) override;
    Result<std::optional<PendingConfirm>, StoreError> pending_confirm() override;
    Result<std::uint64_t, StoreError> settle_confirm(const AuditRecord& why) override;
    Result<std::uint64_t, StoreError> add_audit(const AuditRecord& record) override;
    Result<std::vector<AuditRecord>, StoreError> audit(unsigned limit) override;
    Result<std::vector<AuditRecord>, StoreError> audit_after(std::uint64_t after,
                                                             unsigned limit) override;
    Result<std::optional<std::uint64_t>, StoreError> verify_audit() override;
    Result<Done, StoreError> add_unknown_sources(const std::vector<UnknownSource>&) override;
    Result<std::vector<UnknownSource>, StoreError> unknown_sources(const std::string& operator_id,
                                                                   unsigned limit) override;
    Result<Done, StoreError> add_references(const std::vector<Reference>& references,
                                            const ReferenceRetention& keep) override;
    Result<std::optional<Reference>, StoreError> find_reference(
        const std::string& reference) override;

    Result<std::vector<Person>, StoreError> persons() override;
    Result<std::optional<Person>, StoreError> find_person(const std::string& id) override;
    Result<std::optional<Person>, StoreError> person_of_uid(std::uint32_t uid) override;
    Result<std::optional<Person>, StoreError> person_of_certificate(
        const std::string& certificate) override;
    Result<std::uint64_t, StoreError> enrol_person(const Person& person,
                                                   const AuditRecord& why) override;
    Result<std::uint64_t, StoreError> change_person(const Person& person,
                                                    const AuditRecord& why) override;
    Result<std::uint64_t, StoreError> remove_person(const std::string& id,
                                                    const AuditRecord& why) override;
    Result<std::uint64_t, StoreError> propose(const Proposal& proposal,
                                              const AuditRecord& why) override;
    Result<std::vector<Proposal>, StoreError> proposals(const std::string& state,
                                                        unsigned limit) override;
    Result<Proposal, StoreError> find_proposal(std::uint64_t id) override;
    Result<Done, StoreError> decide(const Decision& decision) override;

    Result<Done, StoreError> record(const std::vector<CaseWrite>& writes) override;
    Result<std::uint64_t, StoreError> next_case_number() override;
    Result<CaseRow, StoreError> find_case(const std::string& id) override;
    Result<std::vector<CaseRow>, StoreError> cases(const CaseFilter& filter) override;
    Result<std::vector<CaseRow>, StoreError> due_cases(UtcTime now, unsigned limit) override;
    Result<std::vector<CaseEventRow>, StoreError> events_of(const std::string& id) override;
    Result<std::vector<EffectRow>, StoreError> effects() override;
    Result<std::vector<NoticeRow>, StoreError> notices(const std::string& state,
                                                       unsigned limit) override;
    Result<std::vector<NoticeRow>, StoreError> due_notices(UtcTime now, unsigned limit) override;
    Result<Done, StoreError> keep_notice(const NoticeRow& notice) override;
    Result<std::optional<NoticeRow>, StoreError> find_notice(std::uint64_t id) override;
    Result<bool, StoreError> retry_notice(std::uint64_t id) override;
    Result<std::vector<std::string>, StoreError> closed_since(UtcTime since) override;
    Result<std::string, StoreError> remembered(const std::string& key) override;
    Result<Done, StoreError> remember(const std::string& key, const std::string& value) override;

    Result<std::vector<RequestRow>, StoreError> requests(const RequestFilter& filter) override;
    Result<std::optional<RequestRow>, StoreError> find_request(const std::string& id) override;
    Result<std::optional<RequestRow>, StoreError> request_numbered(
        const std::string& organisation, const std::string& number) override;
    Result<RequestBytes, StoreError> request_bytes(const std::string& id) override;

  private:
    std::optional<StoreError> add_request(const RequestWrite& request);  // in a transaction
    explicit SqliteStore(const std::string& path) : db_(path) {}
    template <class Value, class Work>
    Result<Value, StoreError> guarded(Work&& work);
    std::uint64_t append_audit(const AuditRecord& record);  // inside the caller's transaction
    Result<Done, StoreError> check_identities(const Person& person);
    // Inside the caller's transaction; false: it is not approved (any more).
    bool settle_proposal(std::uint64_t id, const std::string& outcome, UtcTime at);
    std::optional<Commit> head_commit();
    std::optional<Commit> commit_by_serial(std::uint64_t serial);

    std::mutex mutex_;
    Database db_;
};

}  // namespace sluice::control

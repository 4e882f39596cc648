// The API without its transport: one table of handlers over the daemon's parts. HTTP, the tests and
// whatever listener comes next call handle().
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "control/api/access.h"
#include "control/api/document.h"
#include "control/cases/case_desk.h"
#include "control/catalog/sync.h"
#include "control/commit/pipeline.h"
#include "control/store/backup.h"

namespace sluice::control {

namespace requests {
class RequestDesk;
}

// The life cycles, as handlers see them.
struct CaseParts {
    CaseDesk* desk = nullptr;
    CaseStore* store = nullptr;
    std::function<std::string()> clock_hold;  // why deadlines wait; empty: they do not
    std::function<Result<Done, StoreError>()> release_clock;
};

class EvidenceKeeper;

// What handlers may use.
struct Services {
    CommitPipeline& pipeline;
    Store& store;
    DataPlane& dataplane;
    Engine& engine;
    std::string node;
    UtcTime started;
    std::function<UtcTime()> now;
    // Trouble of the daemon itself that `status` must show; empty when all is well.
    std::function<std::vector<std::string>()> troubles;
    std::optional<CaseParts> cases{};  // nothing: life cycles are not loaded
    catalog::CatalogSync* catalogs = nullptr;
    requests::RequestDesk* requests = nullptr;  // null: none are taken
    // Copies the store to a file; empty: not here.
    std::function<Result<BackupInfo, std::string>(const std::string& file)> backup{};
    const EvidenceKeeper* evidence = nullptr;
};

// That a second person wants it done, too.
struct Approval {
    std::uint64_t proposal = 0;
    std::string officer;
};

struct Call {
    std::string method, path;
    std::map<std::string, std::string> parameters;  // of the path and of the query
    std::string body;
    std::string if_match;  // empty: none
    Peer peer;             // the other end of the connection; handle() finds who it is:
    Caller caller;
    Actor actor;               // the same as caller.actor
    bool break_glass = false;  // root: without a second person
    std::optional<Approval> approval;
    std::string own_operator;  // only what is this operator's may be answered; empty: no limit

    // The parameter's text, or empty.
    std::string get(const std::string& name) const;
};

using Handler = Answer (*)(const Call& call, Services& services);

struct Route {
    std::string_view method;
    std::string_view path;  // "/v1/policy/commits/{revision}"
    std::string_view operation;
    // Query parameters the handler knows; any other is an error.
    std::vector<std::string_view> query;
    RoleSet roles;  // one of these is needed
    Handler handler;
};
// The one table.
const std::vector<Route>& routes();

struct Reply {
    int status = 200;
    std::string body;
};
// Never throws: what a handler throws becomes an `internal` error.
Reply handle(Call call, Services& services);
// An approved proposal, as it came and in the name of who proposed it; then it is done or failed.
void carry_out(std::uint64_t proposal, Services& services);

// ---- for handlers ----
Meta meta_of(Services& services);
Answer reply(std::string_view kind, Services& services, Json items);
Err<ApiError> fail(ErrorCode code, std::string message, std::string hint = {});
Err<ApiError> fail(const StoreError& error);
Err<ApiError> fail(const ipc::QueryError& error);
Err<ApiError> fail(const CommitError& error);
// A record for the audit of what this call does, now and by whoever calls.
AuditRecord audit_of(const Call& call, const Services& services, std::string action,
                     std::string subject, std::string reason);
// A number from 1 to `max`; `fallback` when the parameter is not there.
Result<unsigned, ApiError> number_of(const Call& call, const std::string& name, unsigned fallback,
                                     unsigned max);

// Handlers, one file a resource.
Answer get_status(const Call& call, Services& services);
Answer get_top(const Call& call, Services& services);
Answer get_counters(const Call& call, Services& services);
Answer get_wires(const Call& call, Services& services);
Answer get_workers(const Call& call, Services& services);
Answer post_capture(const Call& call, Services& services);
Answer post_capture_read(const Call& call, Services& services);
Answer post_capture_stop(const Call& call, Services& services);
Answer post_drain(const Call& call, Services& services);
Answer post_undrain(const Call& call, Services& services);
Answer get_flows(const Call& call, Services& services);
Answer get_flow(const Call& call, Services& services);
Answer get_tls_exempt(const Call& call, Services& services);
Answer get_tls_evidence(const Call& call, Services& services);
Answer post_explain(const Call& call, Services& services);
Answer get_whatis(const Call& call, Services& services);
Answer get_category_lookup(const Call& call, Services& services);
Answer get_category_feeds(const Call& call, Services& services);
Answer get_catalog_sources(const Call& call, Services& services);
Answer get_catalog_owner(const Call& call, Services& services);
Answer post_catalog_source(const Call& call, Services& services);
Answer post_catalog_remove(const Call& call, Services& services);
Answer post_catalog_sync(const Call& call, Services& services);
Answer post_catalog_release(const Call& call, Services& services);
Answer post_catalog_upload(const Call& call, Services& services);
Answer get_catalog_lookup(const Call& call, Services& services);
Answer get_catalog_unknown(const Call& call, Services& services);
Answer get_policy(const Call& call, Services& services);
Answer get_policy_files(const Call& call, Services& services);
Answer post_policy_diff(const Call& call, Services& services);
Answer get_commits(const Call& call, Services& services);
Answer post_commit(const Call& call, Services& services);
Answer post_undo(const Call& call, Services& services);
Answer post_confirm(const Call& call, Services& services);
Answer get_blame(const Call& call, Services& services);
Answer get_audit(const Call& call, Services& services);
Answer get_approvals(const Call& call, Services& services);
Answer get_approval(const Call& call, Services& services);
Answer post_approve(const Call& call, Services& services);
Answer post_refuse(const Call& call, Services& services);
Answer get_me(const Call& call, Services& services);
Answer get_persons(const Call& call, Services& services);
Answer post_person(const Call& call, Services& services);
Answer post_person_change(const Call& call, Services& services);
Answer post_person_remove(const Call& call, Services& services);
Answer get_lifecycles(const Call& call, Services& services);
Answer get_lifecycle(const Call& call, Services& services);
Answer get_calendars(const Call& call, Services& services);
Answer get_cases(const Call& call, Services& services);
Answer get_case(const Call& call, Services& services);
Answer post_case(const Call& call, Services& services);
Answer post_case_event(const Call& call, Services& services);
Answer get_deadlines(const Call& call, Services& services);
Answer post_deadline_hold(const Call& call, Services& services);
Answer post_deadline_release(const Call& call, Services& services);
Answer post_clock_release(const Call& call, Services& services);
Answer get_notices(const Call& call, Services& services);
Answer get_notice(const Call& call, Services& services);
Answer post_notice_retry(const Call& call, Services& services);
Answer post_store_backup(const Call& call, Services& services);
Answer post_request(const Call& call, Services& services);
Answer get_requests(const Call& call, Services& services);
Answer get_request(const Call& call, Services& services);

}  // namespace sluice::control

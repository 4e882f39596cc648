// The one table of the API, a part a subject.
#include <iterator>

#include "control/api/api.h"
#include "control/api/cases.h"

namespace sluice::control {
namespace {

// Who may: any one of these roles is enough. Root (break-glass) may everything.
constexpr RoleSet kStaff = {Role::viewer, Role::clerk, Role::engineer, Role::security_officer,
                            Role::auditor};
constexpr RoleSet kStaffOrOperator = {Role::viewer,           Role::clerk,     Role::engineer,
                                      Role::security_officer, Role::operator_, Role::auditor};
constexpr RoleSet kClerks = {Role::clerk, Role::engineer, Role::security_officer};
constexpr RoleSet kEngineers = {Role::engineer, Role::security_officer};
constexpr RoleSet kEngineersOrOperator = {Role::engineer, Role::security_officer, Role::operator_};
constexpr RoleSet kOfficers = {Role::security_officer};
constexpr RoleSet kAuditors = {Role::security_officer, Role::auditor};

// What runs: status, counters, wires, captures.
std::vector<Route> traffic_routes() {
    return {
        {"GET", "/v1/status", "getStatus", {}, kStaff, get_status},
        {"GET", "/v1/top", "getTop", {}, kStaff, get_top},
        {"GET", "/v1/counters", "getCounters", {}, kStaff, get_counters},
        {"GET", "/v1/wires", "getWires", {}, kStaff, get_wires},
        {"POST", "/v1/wires/{wire}/drain", "postDrain", {}, kEngineers, post_drain},
        {"POST", "/v1/wires/{wire}/undrain", "postUndrain", {}, kEngineers, post_undrain},
        {"POST", "/v1/captures", "postCapture", {}, kOfficers, post_capture},
        {"POST", "/v1/captures/{id}/read", "postCaptureRead", {}, kOfficers, post_capture_read},
        {"POST", "/v1/captures/{id}/stop", "postCaptureStop", {}, kOfficers, post_capture_stop},
        {"GET", "/v1/workers", "getWorkers", {}, kStaff, get_workers},
    };
}

// Flows, and who and what is this.
std::vector<Route> question_routes() {
    return {
        {"GET",
         "/v1/flows",
         "getFlows",
         {"organisation", "operator", "user", "remote", "verdict", "reason", "limit"},
         kStaff,
         get_flows},
        {"GET", "/v1/flow", "getFlow", {"subject", "operator"}, kStaff, get_flow},
        {"POST", "/v1/explain", "explain", {}, kStaff, post_explain},
        {"GET",
         "/v1/tls/exempt",
         "getTlsExempt",
         {"organisation", "name", "limit"},
         kStaff,
         get_tls_exempt},
        {"GET", "/v1/tls/evidence", "getTlsEvidence", {}, kStaff, get_tls_evidence},
        {"GET", "/v1/whatis", "getWhatis", {"subject"}, kStaff, get_whatis},
        {"GET",
         "/v1/category/lookup",
         "getCategoryLookup",
         {"subject"},
         kStaff,
         get_category_lookup},
        {"GET", "/v1/category/feeds", "getCategoryFeeds", {}, kStaff, get_category_feeds},
    };
}

// The IP catalog, and who keeps it.
std::vector<Route> catalog_routes() {
    return {
        {"GET",
         "/v1/catalog/lookup",
         "getCatalogLookup",
         {"address", "operator"},
         kStaffOrOperator,
         get_catalog_lookup},
        {"GET",
         "/v1/catalog/unknown",
         "getCatalogUnknown",
         {"operator", "limit"},
         kStaffOrOperator,
         get_catalog_unknown},
        {"GET",
         "/v1/catalog/sources",
         "getCatalogSources",
         {},
         kStaffOrOperator,
         get_catalog_sources},
        {"POST", "/v1/catalog/sources", "postCatalogSource", {}, kEngineers, post_catalog_source},
        {"POST",
         "/v1/catalog/sources/{operator}/remove",
         "postCatalogRemove",
         {},
         kEngineers,
         post_catalog_remove},
        {"POST",
         "/v1/catalog/sources/{operator}/sync",
         "postCatalogSync",
         {},
         kEngineersOrOperator,
         post_catalog_sync},
        {"POST",
         "/v1/catalog/sources/{operator}/release",
         "postCatalogRelease",
         {},
         kOfficers,
         post_catalog_release},
        {"POST",
         "/v1/catalog/sources/{operator}/upload",
         "postCatalogUpload",
         {},
         kEngineersOrOperator,
         post_catalog_upload},
        {"GET",
         "/v1/catalog/owner",
         "getCatalogOwner",
         {"operator", "address", "at"},
         kStaffOrOperator,
         get_catalog_owner},
    };
}

// Commits, revisions, the audit.
std::vector<Route> policy_routes() {
    return {
        {"GET", "/v1/policy/commits", "getCommits", {"limit"}, kStaff, get_commits},
        {"POST", "/v1/policy/commits", "postCommit", {}, kEngineers, post_commit},
        {"POST", "/v1/policy/diff", "postPolicyDiff", {}, kStaff, post_policy_diff},
        {"POST", "/v1/policy/undo", "postUndo", {}, kEngineers, post_undo},
        {"POST", "/v1/policy/confirm", "postConfirm", {}, kEngineers, post_confirm},
        {"GET", "/v1/policy/revisions/{revision}", "getPolicy", {"bulk"}, kStaff, get_policy},
        {"GET",
         "/v1/policy/revisions/{revision}/files",
         "getPolicyFiles",
         {"content"},
         kStaff,
         get_policy_files},
        {"GET", "/v1/policy/blame", "getBlame", {"file", "from", "limit"}, kStaff, get_blame},
        {"GET", "/v1/audit", "getAudit", {"limit", "after"}, kAuditors, get_audit},
        {"POST", "/v1/store/backup", "postStoreBackup", {}, kEngineers, post_store_backup},
    };
}

// Life cycles, their cases and deadlines.
std::vector<Route> case_routes() {
    return {
        {"GET", "/v1/lifecycles", "getLifecycles", {}, kStaff, get_lifecycles},
        {"GET", "/v1/lifecycles/{id}", "getLifecycle", {}, kStaff, get_lifecycle},
        {"GET", "/v1/calendars", "getCalendars", {}, kStaff, get_calendars},
        {"GET",
         "/v1/cases",
         "getCases",
         {"lifecycle", "state", "all", "held", "after", "limit"},
         kStaff,
         get_cases},
        {"POST", "/v1/cases", "postCase", {}, kClerks, post_case},
        {"GET", "/v1/cases/{id}", "getCase", {}, kStaff, get_case},
        {"POST", "/v1/cases/{id}/events", "postCaseEvent", {}, kClerks, post_case_event},
        {"GET", "/v1/deadlines", "getDeadlines", {"held", "limit"}, kStaff, get_deadlines},
        {"POST", "/v1/cases/{id}/hold", "postDeadlineHold", {}, kClerks, post_deadline_hold},
        {"POST",
         "/v1/cases/{id}/release",
         "postDeadlineRelease",
         {},
         kOfficers,
         post_deadline_release},
        {"POST", "/v1/clock/release", "postClockRelease", {}, kEngineers, post_clock_release},
        {"GET", "/v1/notices", "getNotices", {"state", "limit"}, kStaff, get_notices},
        {"GET", "/v1/notices/{id}", "getNotice", {}, kStaff, get_notice},
        {"POST", "/v1/notices/{id}/retry", "postNoticeRetry", {}, kClerks, post_notice_retry},
        {"POST", "/v1/requests", "postRequest", {}, kClerks, post_request},
        {"GET",
         "/v1/requests",
         "getRequests",
         {"organisation", "case", "limit"},
         kStaff,
         get_requests},
        {"GET", "/v1/requests/{id}", "getRequest", {}, kStaff, get_request},
    };
}

// Who works here.
std::vector<Route> office_routes() {
    return {
        {"GET", "/v1/me", "getMe", {}, kStaffOrOperator, get_me},
        {"GET", "/v1/approvals", "getApprovals", {"state", "limit"}, kStaff, get_approvals},
        {"GET", "/v1/approvals/{id}", "getApproval", {}, kStaff, get_approval},
        {"POST", "/v1/approvals/{id}/approve", "postApprove", {}, kOfficers, post_approve},
        {"POST", "/v1/approvals/{id}/refuse", "postRefuse", {}, kClerks, post_refuse},
        {"GET", "/v1/persons", "getPersons", {}, kAuditors, get_persons},
        {"POST", "/v1/persons", "postPerson", {}, kOfficers, post_person},
        {"POST", "/v1/persons/{id}/change", "postPersonChange", {}, kOfficers, post_person_change},
        {"POST", "/v1/persons/{id}/remove", "postPersonRemove", {}, kOfficers, post_person_remove},
    };
}

}  // namespace

const std::vector<Route>& routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all;
        for (const auto part : {traffic_routes, question_routes, catalog_routes, policy_routes,
                                case_routes, office_routes}) {
            std::vector<Route> rows = part();
            std::move(rows.begin(), rows.end(), std::back_inserter(all));
        }
        return all;
    }();
    return table;
}

}  // namespace sluice::control

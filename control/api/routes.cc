// The one table of the API, a part a subject.
#include <iterator>

#include "control/api/api.h"
#include "control/api/cases.h"

namespace sluice::control {
namespace {

// What runs: status, counters, wires, captures.
std::vector<Route> traffic_routes() {
    return {
        {"GET", "/v1/status", "getStatus", {}, get_status},
        {"GET", "/v1/top", "getTop", {}, get_top},
        {"GET", "/v1/counters", "getCounters", {}, get_counters},
        {"GET", "/v1/wires", "getWires", {}, get_wires},
        {"POST", "/v1/wires/{wire}/drain", "postDrain", {}, post_drain, true},
        {"POST", "/v1/wires/{wire}/undrain", "postUndrain", {}, post_undrain, true},
        {"POST", "/v1/captures", "postCapture", {}, post_capture, true},
        {"POST", "/v1/captures/{id}/read", "postCaptureRead", {}, post_capture_read, true},
        {"POST", "/v1/captures/{id}/stop", "postCaptureStop", {}, post_capture_stop, true},
        {"GET", "/v1/workers", "getWorkers", {}, get_workers},
    };
}

// Flows, and who and what is this.
std::vector<Route> question_routes() {
    return {
        {"GET",
         "/v1/flows",
         "getFlows",
         {"organisation", "operator", "user", "remote", "verdict", "reason", "limit"},
         get_flows},
        {"GET", "/v1/flow", "getFlow", {"subject", "operator"}, get_flow},
        {"POST", "/v1/explain", "explain", {}, post_explain},
        {"GET",
         "/v1/tls/exempt",
         "getTlsExempt",
         {"organisation", "name", "limit"},
         get_tls_exempt},
        {"GET", "/v1/tls/evidence", "getTlsEvidence", {}, get_tls_evidence},
        {"GET", "/v1/whatis", "getWhatis", {"subject"}, get_whatis},
        {"GET", "/v1/category/lookup", "getCategoryLookup", {"subject"}, get_category_lookup},
        {"GET", "/v1/category/feeds", "getCategoryFeeds", {}, get_category_feeds},
    };
}

// The IP catalog, and who keeps it.
std::vector<Route> catalog_routes() {
    return {
        {"GET",
         "/v1/catalog/lookup",
         "getCatalogLookup",
         {"address", "operator"},
         get_catalog_lookup},
        {"GET",
         "/v1/catalog/unknown",
         "getCatalogUnknown",
         {"operator", "limit"},
         get_catalog_unknown},
        {"GET", "/v1/catalog/sources", "getCatalogSources", {}, get_catalog_sources},
        {"POST", "/v1/catalog/sources", "postCatalogSource", {}, post_catalog_source, true},
        {"POST",
         "/v1/catalog/sources/{operator}/remove",
         "postCatalogRemove",
         {},
         post_catalog_remove,
         true},
        {"POST",
         "/v1/catalog/sources/{operator}/sync",
         "postCatalogSync",
         {},
         post_catalog_sync,
         true},
        {"POST",
         "/v1/catalog/sources/{operator}/release",
         "postCatalogRelease",
         {},
         post_catalog_release,
         true},
        {"POST",
         "/v1/catalog/sources/{operator}/upload",
         "postCatalogUpload",
         {},
         post_catalog_upload,
         true},
        {"GET",
         "/v1/catalog/owner",
         "getCatalogOwner",
         {"operator", "address", "at"},
         get_catalog_owner},
    };
}

// Commits, revisions, the audit.
std::vector<Route> policy_routes() {
    return {
        {"GET", "/v1/policy/commits", "getCommits", {"limit"}, get_commits},
        {"POST", "/v1/policy/commits", "postCommit", {}, post_commit, true},
        {"POST", "/v1/policy/diff", "postPolicyDiff", {}, post_policy_diff},
        {"POST", "/v1/policy/undo", "postUndo", {}, post_undo, true},
        {"POST", "/v1/policy/confirm", "postConfirm", {}, post_confirm, true},
        {"GET", "/v1/policy/revisions/{revision}", "getPolicy", {"bulk"}, get_policy},
        {"GET",
         "/v1/policy/revisions/{revision}/files",
         "getPolicyFiles",
         {"content"},
         get_policy_files},
        {"GET", "/v1/audit", "getAudit", {"limit"}, get_audit},
    };
}

// Life cycles, their cases and deadlines.
std::vector<Route> case_routes() {
    return {
        {"GET", "/v1/lifecycles", "getLifecycles", {}, get_lifecycles},
        {"GET", "/v1/lifecycles/{id}", "getLifecycle", {}, get_lifecycle},
        {"GET", "/v1/calendars", "getCalendars", {}, get_calendars},
        {"GET",
         "/v1/cases",
         "getCases",
         {"lifecycle", "state", "all", "held", "after", "limit"},
         get_cases},
        {"POST", "/v1/cases", "postCase", {}, post_case, true},
        {"GET", "/v1/cases/{id}", "getCase", {}, get_case},
        {"POST", "/v1/cases/{id}/events", "postCaseEvent", {}, post_case_event, true},
        {"GET", "/v1/deadlines", "getDeadlines", {"held", "limit"}, get_deadlines},
        {"POST", "/v1/cases/{id}/hold", "postDeadlineHold", {}, post_deadline_hold, true},
        {"POST", "/v1/cases/{id}/release", "postDeadlineRelease", {}, post_deadline_release, true},
        {"POST", "/v1/clock/release", "postClockRelease", {}, post_clock_release, true},
        {"GET", "/v1/notices", "getNotices", {"state", "limit"}, get_notices},
        {"GET", "/v1/notices/{id}", "getNotice", {}, get_notice},
        {"POST", "/v1/notices/{id}/retry", "postNoticeRetry", {}, post_notice_retry, true},
    };
}

}  // namespace

const std::vector<Route>& routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all;
        for (const auto part :
             {traffic_routes, question_routes, catalog_routes, policy_routes, case_routes}) {
            std::vector<Route> rows = part();
            std::move(rows.begin(), rows.end(), std::back_inserter(all));
        }
        return all;
    }();
    return table;
}

}  // namespace sluice::control

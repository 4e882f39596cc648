// GET and POST /v1/catalog/sources and below, GET /v1/catalog/owner: operators that keep their
// catalogs themselves.
#include <charconv>

#include "control/api/body.h"
#include "control/api/resolve.h"
#include "control/api/two_person.h"
#include "control/catalog/sync.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

using catalog::CatalogSync;

constexpr std::size_t kRowsShown = 100;

Result<CatalogSync*, ApiError> catalogs_of(Services& s) {
    if (s.catalogs != nullptr) return s.catalogs;
    return fail(ErrorCode::unavailable, "this daemon follows no catalogs");
}

Json time_json(const std::optional<UtcTime>& time) {
    return time ? Json(rfc3339(*time)) : Json(nullptr);
}

Json state_json(const catalog::SourceState& s) {
    Json refused = nullptr;
    if (s.refused)
        refused = {{"word", name_of(s.refused->why)},
                   {"sentence", sentence_of(s.refused->why)},
                   {"detail", s.refused->detail}};
    return {{"kind", "source"},
            {"operator", s.source.operator_id},
            {"url", s.source.url.empty() ? Json(nullptr) : Json(s.source.url)},
            {"key", s.source.key ? Json(certs::to_text(*s.source.key)) : Json(nullptr)},
            {"refresh_s", s.source.refresh_s},
            {"removal_max_percent", s.source.removal_max_percent},
            {"session", s.session.empty() ? Json(nullptr) : Json(s.session)},
            {"version", s.version},
            {"rows", s.rows},
            {"asked", time_json(s.asked)},
            {"confirmed", time_json(s.confirmed)},
            {"refused", refused},
            {"stale", s.stale}};
}

Json rows_json(const std::vector<catalog::Row>& rows) {
    Json out = Json::array();
    for (std::size_t i = 0; i < std::min(rows.size(), kRowsShown); ++i)
        out.push_back(
            {{"prefix", to_text(rows[i].prefix)}, {"organisation", rows[i].organisation}});
    return out;
}

Result<Done, ApiError> audit(const Call& call, Services& s, const char* action,
                             const std::string& subject, const std::string& reason) {
    if (const auto kept = s.store.add_audit(audit_of(call, s, action, subject, reason)); !kept)
        return fail(kept.error());
    return Done{};
}

Answer answer_state(Services& s, const Result<catalog::SourceState, std::string>& state) {
    if (!state)
        return fail(ErrorCode::not_found, state.error(), "`sluicectl catalog sources` lists them");
    return reply("CatalogSource", s, Json::array({state_json(*state)}));
}

}  // namespace

Answer get_catalog_sources(const Call& call, Services& s) {
    SLUICE_TRY(catalogs, catalogs_of(s));
    Json items = Json::array();
    for (const catalog::SourceState& state : catalogs->states())
        if (call.own_operator.empty() || call.own_operator == state.source.operator_id)
            items.push_back(state_json(state));
    for (const catalog::Conflict& c : catalogs->conflicts()) {
        if (!call.own_operator.empty() && call.own_operator != c.operator_a &&
            call.own_operator != c.operator_b)
            continue;
        items.push_back({{"kind", "conflict"},
                         {"operators", {c.operator_a, c.operator_b}},
                         {"prefixes", {to_text(c.prefix_a), to_text(c.prefix_b)}}});
    }
    return reply("CatalogSources", s, std::move(items));
}

Answer post_catalog_source(const Call& call, Services& s) {
    SLUICE_TRY(catalogs, catalogs_of(s));
    SLUICE_TRY(body, parse_source_body(call.body));
    catalog::Source source;
    source.operator_id = body.operator_id;
    source.url = body.url;
    source.ca_file = body.ca_file;
    source.refresh_s = body.refresh_s;
    source.removal_max_percent = body.removal_max_percent;
    if (!body.key.empty()) {
        source.key = certs::parse_ed25519(body.key);
        if (!source.key)
            return fail(ErrorCode::usage, "\"key\" is no Ed25519 key",
                        "it is the line that `catalog-publisher init` prints");
    }
    SLUICE_TRY(noted, audit(call, s, "catalog.source", source.operator_id, body.reason));
    static_cast<void>(noted);
    if (const auto added = catalogs->add(source); !added)
        return fail(ErrorCode::usage, added.error());
    return get_catalog_sources(call, s);
}

Answer post_catalog_remove(const Call& call, Services& s) {
    SLUICE_TRY(catalogs, catalogs_of(s));
    SLUICE_TRY(body, parse_reason_body(call.body));
    SLUICE_TRY(noted, audit(call, s, "catalog.remove", call.get("operator"), body.reason));
    static_cast<void>(noted);
    if (const auto gone = catalogs->remove(call.get("operator")); !gone)
        return fail(ErrorCode::not_found, gone.error());
    return get_catalog_sources(call, s);
}

Answer post_catalog_sync(const Call& call, Services& s) {
    SLUICE_TRY(catalogs, catalogs_of(s));
    return answer_state(s, catalogs->sync(call.get("operator")));
}

Answer post_catalog_release(const Call& call, Services& s) {
    SLUICE_TRY(catalogs, catalogs_of(s));
    SLUICE_TRY(body, parse_reason_body(call.body));
    if (auto held = second_person(
            call, s, "lets a mass removal of " + call.get("operator") + " pass", body.reason))
        return *held;
    SLUICE_TRY(noted, audit(call, s, "catalog.release", call.get("operator"), body.reason));
    static_cast<void>(noted);
    return answer_state(s, catalogs->release(call.get("operator")));
}

Answer post_catalog_upload(const Call& call, Services& s) {
    SLUICE_TRY(catalogs, catalogs_of(s));
    SLUICE_TRY(body, parse_upload_body(call.body));
    // The gate against mass removal is there for the operator's own mistakes.
    if (body.release && !call.own_operator.empty())
        return fail(ErrorCode::permission, "what is held as a mass removal the service releases",
                    "ask the service, and say why so much goes");
    const auto rows = catalog::parse_csv(body.catalog);
    if (!rows) return fail(ErrorCode::invalid, rows.error(), "a line is 10.1.0.0/16,ministry");
    if (body.release && !body.dry_run)
        if (auto held = second_person(
                call, s, "lets a mass removal of " + call.get("operator") + " pass", body.reason))
            return *held;
    if (!body.dry_run) {
        SLUICE_TRY(noted, audit(call, s, "catalog.upload", call.get("operator"), body.reason));
        static_cast<void>(noted);
    }
    const auto change = catalogs->upload({call.get("operator"), *rows, body.dry_run, body.release});
    if (!change) {
        const bool held = change.error().why == catalog::Refusal::mass_removal;
        return fail(held ? ErrorCode::conflict : ErrorCode::invalid,
                    std::string(sentence_of(change.error().why)) + ": " + change.error().detail,
                    held ? "look at it with --dry-run --release, then upload with --release" : "");
    }
    return reply("CatalogUpload", s,
                 Json::array({{{"operator", call.get("operator")},
                               {"dry_run", body.dry_run},
                               {"added", change->added.size()},
                               {"removed", change->removed.size()},
                               {"added_rows", rows_json(change->added)},
                               {"removed_rows", rows_json(change->removed)}}}));
}

Answer get_catalog_owner(const Call& call, Services& s) {
    SLUICE_TRY(catalogs, catalogs_of(s));
    const auto address = parse_ip(call.get("address"));
    if (!address) return fail(ErrorCode::usage, "\"address\" is no IP address");
    UtcTime at = s.now();
    if (const std::string text = call.get("at"); !text.empty()) {
        const auto parsed = catalog::parse_instant(text);
        if (!parsed) return fail(ErrorCode::usage, "\"at\" is not like 2026-11-21T10:00:00Z");
        at = *parsed;
    }
    const auto owned = catalogs->owner_at(call.get("operator"), *address, at);
    if (!owned) return fail(ErrorCode::unavailable, owned.error());
    Json items = Json::array();
    if (*owned)
        items.push_back({{"operator", call.get("operator")},
                         {"address", to_text(*address)},
                         {"prefix", to_text((*owned)->row.prefix)},
                         {"organisation", (*owned)->row.organisation},
                         {"since", rfc3339((*owned)->since)},
                         {"at", rfc3339(at)}});
    return reply("CatalogOwner", s, std::move(items));
}

}  // namespace sluice::control

// GET and POST /v1/requests: what organisations have signed.
#include "control/api/requests.h"

#include <set>

#include "control/api/base64.h"
#include "control/api/body.h"
#include "control/requests/request_desk.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

constexpr unsigned kRequestsDefault = 100, kRequestsMax = 10'000;

Result<requests::RequestDesk*, ApiError> desk_of(Services& s) {
    if (s.requests != nullptr) return s.requests;
    return fail(ErrorCode::unavailable, "signed requests are not taken here",
                "start sluiced with --requests FILE (rules/data/requests.yaml)");
}

Err<ApiError> fail(const requests::Refusal& refusal) {
    using requests::Fault;
    ErrorCode code = ErrorCode::invalid;
    if (refusal.fault == Fault::taken_already) code = ErrorCode::conflict;
    if (refusal.fault == Fault::store || refusal.fault == Fault::pki) code = ErrorCode::unavailable;
    return control::fail(code,
                         std::string(requests::info(refusal.fault).word) + ": " + refusal.text(),
                         "control/requests/README.md says what a request must look like");
}

}  // namespace

Json request_json(const RequestRow& r) {
    return {{"id", r.id},
            {"number", r.number},
            {"organisation", r.organisation},
            {"signer", r.signer},
            {"certificate", r.certificate},
            {"signed_at", rfc3339(r.signed_at)},
            {"received_at", rfc3339(r.received_at)},
            {"via", r.via},
            {"case", r.case_id},
            {"case_version", r.case_version},
            {"envelope", r.envelope}};
}

Json requests_behind(const std::string& organisation, const model::Policy& policy, Services& s) {
    std::set<std::string> numbers;
    for (const model::Organisation& o : policy.organisations)
        if (o.id == organisation && o.access) numbers.insert(o.access->request);
    for (const model::Grant& g : policy.grants)
        if (g.organisation_id == organisation) numbers.insert(g.request);
    Json all = Json::array();
    for (const std::string& number : numbers) {
        Json item = {{"number", number}, {"organisation", organisation}, {"signer", nullptr}};
        if (s.requests != nullptr)
            if (const auto row = s.requests->store().request_numbered(organisation, number);
                row && *row)
                item = request_json(**row);
        all.push_back(std::move(item));
    }
    return all;
}

Answer post_request(const Call& call, Services& s) {
    SLUICE_TRY(desk, desk_of(s));
    SLUICE_TRY(body, parse_request_body(call.body));
    const auto taken =
        desk->submit({std::move(body.message), std::move(body.content), "api", call.actor});
    if (!taken) return fail(taken.error());
    Json item = request_json(taken->row);
    item["state"] = taken->after.state;
    return reply("Request", s, Json::array({item}));
}

Answer get_requests(const Call& call, Services& s) {
    SLUICE_TRY(desk, desk_of(s));
    SLUICE_TRY(limit, number_of(call, "limit", kRequestsDefault, kRequestsMax));
    const auto rows = desk->store().requests({call.get("organisation"), call.get("case"), limit});
    if (!rows) return control::fail(rows.error());
    Json items = Json::array();
    for (const RequestRow& row : *rows)
        items.push_back(request_json(row));
    return reply("Requests", s, std::move(items));
}

Answer get_request(const Call& call, Services& s) {
    SLUICE_TRY(desk, desk_of(s));
    const auto row = desk->store().find_request(call.get("id"));
    if (!row) return control::fail(row.error());
    if (!*row)
        return control::fail(ErrorCode::not_found, "no request \"" + call.get("id") + "\"",
                             "`sluicectl request list` shows them");
    const auto bytes = desk->store().request_bytes((*row)->id);
    if (!bytes) return control::fail(bytes.error());
    Json item = request_json(**row);
    item["content"] = to_base64(bytes->content);
    item["message"] = to_base64(bytes->envelope);
    return reply("Request", s, Json::array({item}));
}

}  // namespace sluice::control

#include "control/requests/request_desk.h"

#include "certs/verify/parsed.h"
#include "control/requests/envelope.h"
#include "control/requests/signer_check.h"
#include "control/store/sha256.h"

namespace sluice::control::requests {
namespace {

constexpr std::int64_t kClockSkewS = 300, kDayS = 86'400;

Err<Refusal> refuse(Fault fault, std::string detail = {}) {
    return Err{Refusal{fault, std::move(detail)}};
}

Result<Done, Refusal> check_time(UtcTime signed_at, UtcTime now, const RequestConfig& config) {
    if (signed_at.raw() > now.raw() + kClockSkewS) return refuse(Fault::signed_in_future);
    if (now.raw() - signed_at.raw() > kDayS * config.signed_days_max)
        return refuse(Fault::signed_long_ago,
                      "at most " + std::to_string(config.signed_days_max) + " days");
    return Done{};
}

Refusal of(const DeskError& e) {
    const std::string text = e.message + (e.hint.empty() ? "" : " (" + e.hint + ")");
    switch (e.failure) {
        case DeskFailure::refused:
            return {Fault::refused, text};
        case DeskFailure::not_found:
            return {Fault::wrong_case, text};
        case DeskFailure::conflict:
            return {Fault::taken_already, text};
        case DeskFailure::store:
            break;
    }
    return {Fault::store, text};
}

// A field the request may name but not choose.
bool agrees(CaseFields& fields, const LifeCycle& cycle, const std::string& id,
            const std::string& value) {
    if (cycle.field(id) == nullptr) return true;
    const auto [at, fresh] = fields.try_emplace(id, std::vector{value});
    return fresh || at->second == std::vector{value};
}

RequestRow row_of(const Envelope& envelope, const RequestText& text, const Submission& s) {
    RequestRow row;
    row.id = sha256_hex(envelope.content);
    row.envelope = sha256_hex(s.message);
    row.organisation = text.organisation;
    row.number = text.number;
    row.signer = certs::verify::text_of(X509_get_subject_name(envelope.signer.get()));
    row.certificate = ipc::to_hex(certs::verify::parse(envelope.signer.get())->fingerprint);
    row.signed_at = envelope.signed_at;
    row.via = s.via;
    return row;
}

}  // namespace

Result<Command, Refusal> RequestDesk::command_of(const RequestText& text, const LifeCycle& cycle,
                                                 const RequestWrite& request, bool opens) {
    if (cycle.field("organisation") == nullptr)
        return refuse(Fault::wrong_case, cycle.id + " is no life cycle of an organisation");
    Command command;
    command.event = text.event;
    command.at = request.row.received_at;
    command.by = Party::user;
    command.actor = request.row.signer;
    command.ground = "request " + text.number;
    command.request = request.row.id;
    command.given = text.fields;
    if (!agrees(command.given, cycle, "request", text.number) ||
        !agrees(command.given, cycle, "organisation", text.organisation))
        return refuse(Fault::bad_request, "a field contradicts 'request' or 'organisation'");
    if (!opens) command.given.erase("organisation");
    return command;
}

Result<Case, Refusal> RequestDesk::carry_out(const RequestText& text, const RequestWrite& request) {
    const auto done = [](Result<Case, DeskError> c) -> Result<Case, Refusal> {
        if (c) return std::move(*c);
        return Err{of(c.error())};
    };
    if (text.case_id.empty()) {
        const LifeCycle* cycle = deps_.cases.cycle(text.life_cycle);
        if (cycle == nullptr) return refuse(Fault::wrong_case, "no life cycle " + text.life_cycle);
        SLUICE_TRY(command, command_of(text, *cycle, request, true));
        return done(deps_.cases.open(text.life_cycle, command, &request));
    }
    const auto c = deps_.cases.find(text.case_id);
    if (!c) return Err{of(c.error())};
    const auto owner = c->fields.find("organisation");
    const LifeCycle* cycle = deps_.cases.cycle(c->life_cycle);
    if (cycle == nullptr || owner == c->fields.end() ||
        owner->second != std::vector{text.organisation})
        return refuse(Fault::wrong_case, text.case_id + " is not a case of " + text.organisation);
    SLUICE_TRY(command, command_of(text, *cycle, request, false));
    // The version seen is the version moved: another event in between makes it be looked at anew.
    return done(deps_.cases.raise(text.case_id, command, c->version, &request));
}

Result<Taken, Refusal> RequestDesk::judge(const Submission& s) {
    const UtcTime now = deps_.now();
    SLUICE_TRY(envelope, open_envelope(s.message, s.content, !config_.providers.empty()));
    SLUICE_TRY(timely, check_time(envelope.signed_at, now, config_));
    static_cast<void>(timely);
    const LoadedRequestText read = read_request_text(envelope.content);
    if (!read.ok()) return refuse(Fault::bad_request, load::to_text(read.diagnostics.front()));
    const RequestText& text = read.value;
    const auto identifier = deps_.identifier(text.organisation);
    if (!identifier)
        return refuse(Fault::unknown_organisation,
                      text.organisation + ": organisations.yaml has its `identifier`");
    SLUICE_TRY(believed, check_signer(envelope, config_, now));
    static_cast<void>(believed);
    if (identifier_of(envelope.signer.get(), config_) != identifier)
        return refuse(Fault::wrong_organisation);
    RequestWrite request{row_of(envelope, text, s), {envelope.content, s.message}};
    request.row.received_at = now;
    const auto same = deps_.requests.find_request(request.row.id);
    const auto numbered = deps_.requests.request_numbered(text.organisation, text.number);
    if (!same || !numbered)
        return refuse(Fault::store, (same ? numbered.error() : same.error()).message);
    if (*same || *numbered)
        return refuse(Fault::taken_already, "it is in " + (*same ? *same : *numbered)->case_id);
    SLUICE_TRY(after, carry_out(text, request));
    request.row.case_id = after.id;
    request.row.case_version = after.version;
    return Taken{request.row, after};
}

Result<Taken, Refusal> RequestDesk::submit(const Submission& s) {
    auto done = judge(s);
    if (done) return done;
    AuditRecord record;
    record.at = deps_.now();
    record.actor = s.actor;
    record.action = "request.refused";
    record.subject = sha256_hex(s.message);
    record.reason = std::string(info(done.error().fault).word) + ": " + done.error().text();
    if (const auto kept = deps_.audit.add_audit(record); !kept)
        return refuse(Fault::store, kept.error().message);
    return done;
}

}  // namespace sluice::control::requests

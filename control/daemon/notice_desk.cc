#include "control/daemon/notice_desk.h"

#include <spdlog/spdlog.h>

#include "control/notices/ways.h"

namespace sluice::control {
namespace {

// Who has got a notice has got the case's: a deadline may wait for it (G13).
void tell_case(const std::optional<CaseParts>& parts, const NoticeRow& notice, UtcTime now) {
    spdlog::info("notice {} of {} is delivered to {} {}", notice.id, notice.case_id, notice.party,
                 notice.recipient);
    if (!parts || notice.party == name_of(Party::service)) return;
    Command command;
    command.event = "delivered";
    command.at = now;
    command.ground = "notice " + std::to_string(notice.id) + " was taken";
    // Most cases wait for no such event.
    const auto done = parts->desk->raise(notice.case_id, command);
    if (!done && done.error().failure != DeskFailure::refused)
        spdlog::error("{}: {}", notice.case_id, done.error().message);
}

void tell_audit(Store& store, const NoticeRow& notice, UtcTime now) {
    AuditRecord record;
    record.at = now;
    record.actor.person = "sluiced";
    record.action = "notice.given_up";
    record.subject = notice.case_id;
    record.reason = notice.party + " " + notice.recipient + ": " + notice.trouble;
    if (const auto kept = store.add_audit(record); !kept)
        spdlog::error("notices: {}", kept.error().message);
}

}  // namespace

Result<NoticeDesk, std::string> NoticeDesk::read(const std::string& file) {
    NoticeDesk desk;
    if (file.empty()) return desk;
    auto loaded = notices::load_notice_config_file(file);
    std::string all;
    for (const load::Diagnostic& diagnostic : loaded.diagnostics)
        all += to_text(diagnostic);
    if (!loaded.ok()) return Err{all};
    desk.config_ = std::move(loaded.value);
    return desk;
}

std::unique_ptr<notices::Courier> NoticeDesk::make_courier(Store& store, CaseStore& cases,
                                                           std::optional<CaseParts> parts,
                                                           std::function<UtcTime()> now) const {
    return std::make_unique<notices::Courier>(
        config_, notices::Courier::Deps{
                     cases, now,
                     [config = config_](const notices::Addressee& to, const NoticeRow& notice) {
                         return notices::send(*config, to, notice);
                     },
                     [parts, now](const NoticeRow& notice) { tell_case(parts, notice, now()); },
                     [&store, now](const NoticeRow& notice) { tell_audit(store, notice, now()); }});
}

}  // namespace sluice::control

#include "dataplane/inspect/http_judge.h"

#include "dataplane/inspect/block_page.h"
#include "dataplane/inspect/judge.h"
#include "rules/base/canonical_name.h"
#include "rules/lookup/decide_url.h"

namespace sluice::inspect {

using model::FailCase;
using model::FailMode;
using model::Reason;
using model::Verdict;

namespace {

constexpr unsigned kBadRequest = 400, kForbidden = 403, kMisdirected = 421;

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find_first_of("?#"));
}

// As much of a URL as the policy lets logs hold.
std::string logged(std::string_view target, LogPath policy) {
    if (policy == LogPath::none) return {};
    return std::string(policy == LogPath::path ? path_of(target) : target);
}

}  // namespace

std::string host_of(std::string_view authority) {
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return {};
        const auto address = parse_ip(authority.substr(1, end - 1));
        return address ? to_text(*address) : std::string{};
    }
    const std::string_view host = authority.substr(0, authority.find(':'));
    char buffer[kNameBufferBytes];
    std::size_t size = 0;
    if (canonical_name(host, buffer, size)) return {buffer, size};
    const auto address = parse_ip(host);
    return address ? to_text(*address) : std::string{};
}

std::string_view phrase_of(unsigned status) {
    switch (status) {
        case kBadRequest:
            return "Bad Request";
        case kMisdirected:
            return "Misdirected Request";
        default:
            return "Forbidden";
    }
}

bool HttpJudge::unread_is_open() const {
    const FailMode mode = shared_.bundle->view.fail_table()[FailCase::content_unread];
    shared_.counters.fail(FailCase::content_unread, mode);
    return mode == FailMode::open;
}

Ruling HttpJudge::judge(const RequestSeen& request) const {
    if (setting_.page) return {.pass = false, .status = kForbidden, .reason = *setting_.page};
    const std::string host = host_of(request.host);
    if (host.empty() && !request.host.empty())
        return {.pass = false, .status = kBadRequest, .reason = Reason::bad_http};
    if (setting_.leaf_name.empty() || host == setting_.leaf_name)
        return judge_inside(request, host);
    // HTTP/1.0 may leave the host out: the connection says it.
    if (host.empty()) return judge_inside(request, setting_.leaf_name);
    ++shared_.counters.misdirected;
    return {.pass = false, .status = kMisdirected, .reason = Reason::misdirected};
}

Ruling HttpJudge::judge_inside(const RequestSeen& request, const std::string& host) const {
    const auto& bundle = shared_.bundle->view;
    const bool plain = setting_.leaf_name.empty();
    Opening opening;
    opening.kind = plain ? Opening::Kind::http : Opening::Kind::tls;
    if (!parse_ip(host)) opening.name = host;
    lookup::Facts facts = facts_of(bundle, flow_, opening, shared_.loop.now().utc);
    if (request.method == "CONNECT")
        facts.protocol = model::Protocol::http_connect;
    else if (plain && request.through_proxy)
        facts.protocol = model::Protocol::http_proxy;
    const lookup::Decision decision = lookup::decide_url(bundle, facts, path_of(request.target));
    if (decision.verdict == Verdict::block)
        return {.pass = false, .status = kForbidden, .reason = decision.reason};
    return {.reason = decision.reason, .look_inside = decision.verdict == Verdict::inspect};
}

std::uint64_t HttpJudge::tell(const Told& told) const {
    Report report;
    report.kind = told.kind;
    report.reason = told.reason;
    report.reference = new_reference();
    report.flow = &flow_;
    const auto& view = shared_.bundle->view;
    report.organisation =
        view.organisation_id(lookup::find_user(view, flow_.operator_id, flow_.user));
    report.host = told.host.empty() ? setting_.leaf_name : told.host;
    report.path = logged(told.target, shared_.settings.log_path);
    report.detail = told.detail;
    if (told.kind == ReportKind::refused)
        ++shared_.counters.refused[static_cast<std::size_t>(told.reason)];
    shared_.reporter.report(report);
    return report.reference;
}

Refusal HttpJudge::refusal(unsigned status, Reason reason, std::string_view host,
                           std::uint64_t reference) const {
    ++shared_.counters.pages;
    return {status, block_page({reason, reference, host, shared_.settings.where_to_apply})};
}

Exchange::Exchange(const HttpJudge& judge, const RequestSeen& request)
    : judge_(judge),
      method_(request.method),
      host_(request.host),
      target_(request.target),
      ruling_(judge.judge(request)) {}

void Exchange::begin_body(Side from, std::string_view content_encoding) {
    if (judge_.rules() == nullptr || !ruling_.look_inside) return;
    scans_[static_cast<std::size_t>(from)] =
        std::make_unique<content::BodyScan>(*judge_.rules(), content_encoding);
}

bool Exchange::head_waits(std::string_view content_type) const {
    return scans_[static_cast<std::size_t>(Side::server)] != nullptr &&
           !content_type.starts_with("text/event-stream") &&
           !content_type.starts_with("application/grpc");
}

bool Exchange::body(Side from, Bytes bytes) {
    auto& scan = scans_[static_cast<std::size_t>(from)];
    if (!scan) return true;
    if (!judge_finding(scan->feed(bytes))) return false;
    return !scan->unread() || judge_unread(from);
}

bool Exchange::end_body(Side from) {
    auto& scan = scans_[static_cast<std::size_t>(from)];
    if (!scan) return true;
    const bool good = judge_finding(scan->finish());
    scan.reset();
    return good;
}

bool Exchange::judge_finding(const std::optional<content::Finding>& finding) {
    if (!finding) return true;
    if (finding->action == model::ContentAction::report) {
        ++judge_.counters().content_reported;
        judge_.tell({ReportKind::content, finding->reason, host_, target_, finding->what});
        return true;
    }
    ++judge_.counters().content_blocked;
    ruling_.pass = false;
    ruling_.status = kForbidden;
    ruling_.reason = finding->reason;
    detail_ = finding->what;
    return false;
}

// Told once a body: what follows passes unread, or nothing of it does.
bool Exchange::judge_unread(Side from) {
    auto& scan = scans_[static_cast<std::size_t>(from)];
    detail_ = content::kUnreadWords[static_cast<std::size_t>(*scan->unread())];
    ++judge_.counters().content_unread;
    scan.reset();
    if (judge_.unread_is_open()) return true;
    ruling_.pass = false;
    ruling_.status = kForbidden;
    ruling_.reason = Reason::content_unreadable;
    return false;
}

Refusal Exchange::refuse() {
    const std::uint64_t reference =
        judge_.tell({ReportKind::refused, ruling_.reason, host_of(host_), target_, detail_});
    return judge_.refusal(ruling_.status, ruling_.reason, host_, reference);
}

}  // namespace sluice::inspect

#include "dataplane/inspect/http1.h"

#include <utility>

namespace sluice::inspect {
namespace {

using model::Reason;

constexpr unsigned kBadRequest = 400;

// Where a request goes; false: two readers could disagree about it.
bool see(const Head& head, RequestSeen& seen) {
    std::size_t hosts = 0;
    seen.method = head.method;
    seen.host = head.field("host", hosts);
    seen.target = head.target;
    if (hosts > 1 || (hosts == 0 && head.minor == 1)) return false;
    if (head.method == "CONNECT") {
        seen.host = head.target;
        return true;
    }
    if (head.target.starts_with('/') || head.target == "*") return true;
    const std::size_t scheme = head.target.find("://");
    if (scheme == std::string_view::npos) return false;
    const std::string_view rest = head.target.substr(scheme + 3);
    const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
    const std::string_view authority = rest.substr(0, path);
    if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
    // The target counts (RFC 9112 3.2.2), and a Host that says otherwise is a trick.
    if (hosts == 1 && host_of(seen.host) != host_of(authority)) return false;
    seen.host = authority;
    seen.target = path == rest.size() ? std::string_view("/") : rest.substr(path);
    seen.through_proxy = true;
    return true;
}

// All Content-Encoding fields as one list.
std::string codings_of(const Head& head) {
    std::string list;
    for (std::size_t i = 0; i < head.field_count; ++i)
        if (same_text(head.fields[i].name, "content-encoding"))
            list.append(list.empty() ? "" : ",").append(head.fields[i].value);
    return list;
}

}  // namespace

bool Http1::wants(Side from) const {
    if (stopped_) return false;
    return from == Side::server || may_begin(from) || halves_[0].in_body;
}

bool Http1::may_begin(Side from) const {
    if (from == Side::server) return !exchanges_.empty();
    return !answer_ && !upgrade_asked_ && exchanges_.size() < kPipelineMax;
}

void Http1::on_bytes(Side from, Bytes bytes) {
    if (stopped_) return;
    if (tunnel_) return flow_.send(other(from), bytes);
    Half& h = half(from);
    if (!h.waiting.empty()) {
        h.waiting.append(as_text(bytes));
        return work_waiting(from);
    }
    Span span{bytes};
    work(from, span);
    if (span.at < bytes.size() && !stopped_ && !tunnel_)
        h.waiting = as_text(bytes.subspan(span.at));
    // Unasked for, or a head without end.
    if (h.waiting.size() > kHeadBytesMax) on_bad(from, span);
}

void Http1::work_waiting(Side from) {
    Half& h = half(from);
    const std::string bytes = std::exchange(h.waiting, {});
    Span span{as_bytes(bytes)};
    work(from, span);
    if (span.at < bytes.size() && !stopped_ && !tunnel_) h.waiting = bytes.substr(span.at);
    if (h.waiting.size() > kHeadBytesMax) on_bad(from, span);
}

// Works on whole heads and any piece of a body, until bytes are needed or nobody may go on. What is
// good goes out in one piece.
void Http1::work(Side from, Span& span) {
    while (span.at < span.bytes.size() && !stopped_ && !tunnel_) {
        const bool more = half(from).in_body ? work_body(from, span) : work_head(from, span);
        if (!more) break;
    }
    if (!stopped_) pass_on(from, span);
}

void Http1::pass_on(Side from, Span& span) {
    if (span.sent == span.at) return;
    const Bytes bytes = span.bytes.subspan(span.sent, span.at - span.sent);
    span.sent = span.at;
    if (from == Side::server && (head_waits_ || !head_.empty())) {
        head_.append(as_text(bytes));
        if (!head_waits_) return release_head();
        Loop& loop = judge_.loop();
        loop.timers().set(head_wait_, after_ms(loop.now().mono, kHeadWaitMs));
        return;
    }
    if (half(from).in_body) half(from).begun = true;
    flow_.send(other(from), bytes);
}

void Http1::on_head_wait(void* self) { static_cast<Http1*>(self)->release_head(); }

void Http1::release_head() {
    head_waits_ = false;
    head_wait_.stop();
    if (stopped_ || head_.empty()) return;
    half(Side::server).begun = half(Side::server).in_body;
    const std::string head = std::exchange(head_, {});
    flow_.send(Side::client, as_bytes(head));
}

bool Http1::work_head(Side from, Span& span) {
    if (!may_begin(from)) return false;
    pass_on(from, span);  // so that what is unsent later is of this message alone
    const Bytes rest = span.bytes.subspan(span.at);
    const auto head = from == Side::client ? parse_request_head(rest) : parse_response_head(rest);
    if (!head) {
        if (head.error() != HeadStop::need_more) on_bad(from, span);
        return false;
    }
    half(from).begun = false;
    return from == Side::client ? on_request(*head, span) : on_response(*head, span);
}

bool Http1::on_request(const Head& head, Span& span) {
    RequestSeen seen;
    const Body body = request_body(head);
    if (!see(head, seen) || body.framing == Framing::bad) {
        on_bad(Side::client, span);
        return false;
    }
    asking_ = std::make_shared<Exchange>(judge_, seen);
    if (!asking_->ruling().pass) {
        refuse_request(*asking_);
        return false;
    }
    ++judge_.counters().h1_requests;
    exchanges_.push_back(asking_);
    upgrade_asked_ = head.method == "CONNECT" || head.lists("connection", "upgrade");
    asking_->begin_body(Side::client, codings_of(head));
    half(Side::client).body = BodyReader(body);
    half(Side::client).in_body = true;
    span.at += head.size;
    // The server may have spoken before it was asked: now that is the answer.
    const bool whole = half(Side::client).body.done();
    const bool more = !whole || on_message_end(Side::client, span);
    return more && !stopped_;
}

bool Http1::on_response(const Head& head, Span& span) {
    constexpr unsigned kSwitching = 101;
    Exchange& exchange = *exchanges_.front();
    const Body body = response_body(head, exchange.method());
    if (body.framing == Framing::bad || (body.framing == Framing::tunnel && !upgrade_asked_)) {
        on_bad(Side::server, span);
        return false;
    }
    span.at += head.size;
    if (body.framing == Framing::tunnel) {
        become_tunnel(span);
        return false;
    }
    if (head.status / 100 == 1 && head.status != kSwitching) return true;  // the answer is to come
    exchange.begin_body(Side::server, codings_of(head));
    half(Side::server).body = BodyReader(body);
    half(Side::server).in_body = true;
    head_waits_ = body.framing != Framing::none && exchange.head_waits(head.field("content-type"));
    return !half(Side::server).body.done() || on_message_end(Side::server, span);
}

bool Http1::work_body(Side from, Span& span) {
    Half& h = half(from);
    Exchange& exchange = from == Side::client ? *asking_ : *exchanges_.front();
    bool good = true, any = false;
    const std::size_t taken = h.body.feed(span.bytes.subspan(span.at), [&](Bytes content) {
        any = true;
        good = good && exchange.body(from, content);
    });
    if (h.body.broken()) {
        on_bad(from, span);
        return false;
    }
    if (good && h.body.done()) good = exchange.end_body(from);
    if (!good) {
        from == Side::client ? refuse_request(exchange) : refuse_response(span);
        return false;
    }
    span.at += taken;
    if (from == Side::server && any) head_waits_ = false;
    return !h.body.done() || on_message_end(from, span);
}

bool Http1::on_message_end(Side from, Span& span) {
    half(from).in_body = false;
    if (from == Side::server) head_waits_ = false;
    if (from == Side::client) {
        if (half(Side::server).waiting.empty()) return true;
        pass_on(from, span);
        work_waiting(Side::server);
        return true;
    }
    pass_on(from, span);
    exchanges_.pop_front();
    upgrade_asked_ = false;
    show_waiting_answer();
    if (!stopped_ && !half(Side::client).waiting.empty()) work_waiting(Side::client);
    return !stopped_;
}

// WebSocket, mostly. What both have sent behind their heads belongs to it.
void Http1::become_tunnel(Span& span) {
    ++judge_.counters().tunnels;
    tunnel_ = true;
    span.at = span.bytes.size();
    const std::string early = std::exchange(half(Side::client).waiting, {});
    if (!early.empty()) flow_.send(Side::server, as_bytes(early));
}

// Before the server has seen the whole request. What was asked before is answered first.
void Http1::refuse_request(Exchange& exchange) {
    const bool passed = half(Side::client).in_body;  // a part of it has gone to the server
    const bool unanswered = !exchanges_.empty() && exchanges_.back().get() == &exchange;
    if (unanswered) exchanges_.pop_back();
    const bool answering = unanswered && exchanges_.empty() && half(Side::server).in_body;
    const Refusal refusal = exchange.refuse();
    if (answering || (passed && !unanswered)) {
        stopped_ = true;
        return flow_.abort();
    }
    answer(refusal, exchange.method() == "HEAD");
}

// A response that has begun can only be cut so that it shows; before that there is a page.
void Http1::refuse_response(Span& span) {
    Exchange& exchange = *exchanges_.front();
    const Refusal refusal = exchange.refuse();
    if (half(Side::server).begun) {
        stopped_ = true;
        return flow_.abort();
    }
    span.sent = span.at = span.bytes.size();
    head_ = {};
    const bool head_only = exchange.method() == "HEAD";
    exchanges_.clear();
    answer(refusal, head_only);
}

void Http1::on_bad(Side from, Span& span) {
    ++judge_.counters().bad_http;
    const std::uint64_t reference = judge_.tell({ReportKind::refused,
                                                 Reason::bad_http,
                                                 {},
                                                 {},
                                                 from == Side::client ? "request" : "response"});
    span.sent = span.at = span.bytes.size();
    if (from == Side::server || half(Side::server).in_body) {
        stopped_ = true;
        return flow_.abort();
    }
    answer(judge_.refusal(kBadRequest, Reason::bad_http, {}, reference), false);
}

void Http1::answer(const Refusal& refusal, bool head_only) {
    answer_ = Answer{refusal, head_only};
    half(Side::client).waiting = {};
    show_waiting_answer();
}

void Http1::show_waiting_answer() {
    if (!answer_ || !exchanges_.empty()) return;
    const Refusal& refusal = answer_->refusal;
    std::string text = "HTTP/1.1 " + std::to_string(refusal.status) + ' ';
    text.append(phrase_of(refusal.status));
    text.append(
        "\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
        "Connection: close\r\nContent-Length: ");
    text.append(std::to_string(refusal.html.size())).append("\r\n\r\n");
    if (!answer_->head_only) text.append(refusal.html);
    stopped_ = true;
    flow_.send(Side::client, as_bytes(text));
    flow_.leave();
}

void Http1::on_end(Side from, bool clean) {
    if (stopped_) return;
    Half& h = half(from);
    if (!tunnel_ && from == Side::server && h.in_body) {
        const bool whole = h.body.ends_here();
        if (whole && !exchanges_.front()->end_body(Side::server)) {
            Span none;
            return refuse_response(none);
        }
        clean = clean && whole;
    }
    if (from == Side::server) release_head();
    if (from == Side::client && !tunnel_ && exchanges_.empty()) {
        stopped_ = true;
        return flow_.finish();
    }
    flow_.end(other(from), clean);
}

}  // namespace sluice::inspect

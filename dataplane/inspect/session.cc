#include "dataplane/inspect/session.h"

#include <openssl/rand.h>
#include <unistd.h>

#include "dataplane/inspect/http1.h"
#include "dataplane/inspect/http_judge.h"

namespace sluice::inspect {

using model::FailCase;
using model::FailMode;
using model::Reason;
using model::Verdict;

std::uint64_t new_reference() {
    std::uint64_t number = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number);
    return number;
}

Session::Session(Shared& shared, const Flow& flow)
    : shared_(shared),
      flow_(flow),
      client_(shared.loop, *this),
      server_(shared.loop, *this),
      timer_(on_timer, this),
      more_(on_more, this),
      since_(shared.loop.now().mono),
      last_bytes_(since_) {
    ++shared_.counters.flows;
    ++shared_.counters.flows_live;
}

Session::~Session() { --shared_.counters.flows_live; }

void Session::start() {
    shared_.source.began(flow_.info, *this);
    const bool client = client_.take(flow_.client);
    const bool server = server_.take(flow_.server);
    if (!client || !server) return stop();
    limit(shared_.settings.opening_ms);
    turn();
}

void Session::on_leg(Leg& /*leg*/) { turn(); }

void Session::turn() {
    switch (state_) {
        case State::opening:
            return read_opening_bytes();
        case State::server_shake:
            return shake_server();
        case State::leaf:
        case State::splicing:
        case State::over:
            return;
        case State::client_shake:
            return shake_client();
        case State::open:
            return pump();
        case State::leaving:
            return drain();
    }
}

// The client's first bytes are looked at where they lie: whatever happens to the flow, they are
// still in the socket for who reads it next.
void Session::read_opening_bytes() {
    std::size_t size = 0;
    const Leg::Read read = client_.peek(shared_.scratch, size);
    if (read == Leg::Read::broken) return abort();
    if (read == Leg::Read::bytes) {
        auto opening = read_opening(Bytes(shared_.scratch).first(size), shared_.hello_scratch);
        // Nothing more fits: what it is will not be told.
        if (!opening && size == shared_.scratch.size()) opening.emplace();
        if (opening) return judge_opening(std::move(*opening));
    }
    if (read == Leg::Read::ended) return judge_opening({});
    // A server that speaks first: no protocol that is looked into.
    std::uint8_t byte = 0;
    if (server_.peek({&byte, 1}, size) == Leg::Read::bytes) judge_opening({});
}

lookup::Decision Session::decide_now() const {
    const auto& bundle = shared_.bundle->view;
    return lookup::decide(bundle, facts_of(bundle, flow_.info, opening_, shared_.loop.now().utc));
}

void Session::judge_opening(Opening opening) {
    opening_ = std::move(opening);
    if (!shared_.bundle) return refuse(Reason::inspect_unavailable, "no policy bundle is loaded");
    if (opening_.kind == Opening::Kind::http) {
        // Each request is judged by its own host.
        ++shared_.counters.plain_http;
        reason_ = Reason::under_inspection;
        Conduit& self = *this;
        return speak(std::make_unique<Http1>(self, HttpJudge(shared_, flow_.info, {})));
    }
    const lookup::Decision decision = decide_now();
    reason_ = decision.reason;
    if (decision.verdict == Verdict::block) {
        ++shared_.counters.blocked;
        return refuse(decision.reason, "judged again with the whole hello");
    }
    if (leaves_alone(decision)) {
        ++(is_exempt(decision.reason) ? shared_.counters.left_exempt : shared_.counters.left_alone);
        return relay();
    }
    if (opening_.kind != Opening::Kind::tls) {
        ++shared_.counters.not_tls;
        return relay();
    }
    const SpliceKey key{flow_.info.user, subject(), flow_.info.remote, flow_.info.remote_port};
    if (shared_.splices.use(key, shared_.loop.now().utc)) {
        ++shared_.counters.spliced;
        ++shared_.counters.spliced_again;
        return relay();
    }
    greet_server();
}

void Session::speak(std::unique_ptr<Protocol> inside) {
    inside_ = std::move(inside);
    state_ = State::open;
    limit(shared_.settings.idle_ms);
    pump();
}

// From here on nothing of the flow is read but passed on.
void Session::relay() {
    Conduit& self = *this;
    speak(std::make_unique<Relay>(self));
}

// A fresh connection to the server gets the client's own hello, which is still in the socket.
void Session::splice() {
    server_.close();
    state_ = State::splicing;
    limit(shared_.settings.handshake_ms);
    shared_.source.reconnect(flow_.info, *this);
}

void Session::on_fresh(int fd) {
    if (state_ != State::splicing) {
        if (fd >= 0) ::close(fd);
        return;
    }
    if (fd < 0 || !server_.take(fd))
        return refuse(Reason::splice_failed, "no fresh connection to the server");
    relay();
}

void Session::refuse(Reason reason, std::string detail) {
    Report what = report(ReportKind::refused);
    what.reason = reason;
    what.reference = new_reference();
    what.detail = std::move(detail);
    ++shared_.counters.refused[static_cast<std::size_t>(reason)];
    shared_.reporter.report(what);
    abort();
}

void Session::rejudge() {
    if (state_ == State::opening || state_ == State::splicing || state_ == State::leaving ||
        state_ == State::over || opening_.kind != Opening::Kind::tls)
        return;
    const lookup::Decision decision = decide_now();
    if (decision.verdict == Verdict::inspect) return;
    const bool alone = leaves_alone(decision);
    reason_ = decision.reason;
    if (alone && !opened_) {
        // Nothing has gone to the client: it need not notice.
        if (state_ == State::open) return;
        ++(is_exempt(decision.reason) ? shared_.counters.left_exempt : shared_.counters.left_alone);
        return splice();
    }
    ++(alone ? shared_.counters.exempted_meanwhile : shared_.counters.blocked_meanwhile);
    abort();
}

void Session::stop() { abort(); }

void Session::limit(std::uint32_t ms) {
    shared_.loop.timers().set(timer_, after_ms(shared_.loop.now().mono, ms));
}

void Session::on_more(void* self) { static_cast<Session*>(self)->turn(); }
void Session::on_timer(void* self) { static_cast<Session*>(self)->on_time_out(); }

void Session::on_time_out() {
    if (state_ == State::open) {
        const MonoTime due = after_ms(last_bytes_, shared_.settings.idle_ms);
        if (shared_.loop.now().mono < due) return shared_.loop.timers().set(timer_, due);
    }
    if (state_ == State::leaving) return over();
    ++shared_.counters.timeouts;
    if (state_ == State::opening) return judge_opening({});
    if (state_ == State::leaf) return on_no_leaf({});
    abort();
}

void Session::over() {
    if (state_ == State::over) return;
    state_ = State::over;
    timer_.stop();
    more_.stop();
    client_.close();
    server_.close();
    shared_.source.ended(flow_.info);
    shared_.keeper.ended(*this);
}

std::string Session::organisation() const {
    if (!shared_.bundle) return {};
    const auto& view = shared_.bundle->view;
    return std::string(
        view.organisation_id(lookup::find_user(view, flow_.info.operator_id, flow_.info.user)));
}

std::string Session::subject() const {
    return opening_.name.empty() ? to_text(flow_.info.remote) : opening_.name;
}

Report Session::report(ReportKind kind) const {
    Report report;
    report.kind = kind;
    report.reason = reason_;
    report.flow = &flow_.info;
    report.organisation = organisation();
    report.host = subject();
    return report;
}

}  // namespace sluice::inspect

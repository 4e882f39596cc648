// Bytes between the legs of an open session.
#include "dataplane/inspect/session.h"

namespace sluice::inspect {
namespace {

// Reads of one side before the other side, and of both before other flows get their turn.
constexpr unsigned kReadsInARow = 8;
constexpr unsigned kTurnsInARow = 4;

}  // namespace

void Session::pump() {
    for (const Side side : {Side::client, Side::server}) {
        const std::size_t before = leg(side).backlog();
        if (leg(side).open() && !leg(side).flush()) return abort();
        tell_room(side, before);
        if (state_ != State::open) return;
    }
    bool moved = true;
    for (unsigned turn = 0; moved && turn < kTurnsInARow && state_ == State::open; ++turn) {
        moved = pump_from(Side::client);
        if (state_ == State::open) moved = pump_from(Side::server) || moved;
    }
    if (state_ != State::open) return;
    if (moved) shared_.loop.timers().soon(more_);
    end_if_done();
}

void Session::tell_room(Side to, std::size_t before) {
    if (before != 0 && leg(to).backlog() < kBacklogMax) inside_->on_room(to);
    if (broken_) abort();
}

// False when there is nothing more to do for this side now.
bool Session::pump_from(Side side) {
    Leg& from = leg(side);
    for (unsigned i = 0; i < kReadsInARow; ++i) {
        if (state_ != State::open || !from.open() || !from.readable() ||
            ended_[static_cast<std::size_t>(side)] || !inside_->wants(side) ||
            leg(other(side)).backlog() >= kBacklogMax)
            return false;
        std::size_t size = 0;
        const Leg::Read read = from.read(shared_.scratch, size);
        if (read == Leg::Read::again) return false;
        if (read == Leg::Read::broken) {
            abort();
            return false;
        }
        last_bytes_ = shared_.loop.now().mono;
        if (read == Leg::Read::bytes) {
            inside_->on_bytes(side, Bytes(shared_.scratch).first(size));
        } else {
            ended_[static_cast<std::size_t>(side)] = true;
            inside_->on_end(side, read == Leg::Read::ended);
        }
        if (broken_) abort();
    }
    return state_ == State::open;
}

void Session::end_if_done() {
    if (ended_[0] && ended_[1] && client_.backlog() == 0 && server_.backlog() == 0) over();
}

void Session::send(Side to, Bytes bytes) {
    bytes_[static_cast<std::size_t>(to)] += bytes.size();
    (to == Side::client ? shared_.counters.bytes_to_client : shared_.counters.bytes_to_server) +=
        bytes.size();
    // Not ended here: the protocol that writes is in the middle of something.
    if (!leg(to).write(bytes)) broken_ = true;
}

void Session::end(Side to, bool clean) { leg(to).end_writing(clean); }

void Session::abort() {
    client_.abort();
    server_.abort();
    over();
}

void Session::leave() {
    if (state_ != State::open) return;
    server_.abort();
    finish();
}

void Session::finish() {
    if (state_ != State::open) return;
    client_.end_writing(true);
    server_.end_writing(true);
    state_ = State::leaving;
    limit(shared_.settings.linger_ms);
    // What is in the sockets already is not told again.
    shared_.loop.timers().soon(more_);
}

// What still comes is thrown away: closing with unread bytes would reset the connection, and a page
// with it.
void Session::drain() {
    const bool client = drain(client_);
    if (!drain(server_) && !client) over();
}

// False when that side is over.
bool Session::drain(Leg& leg) {
    if (!leg.open()) return false;
    bool alive = leg.flush();
    while (alive) {
        std::size_t size = 0;
        const Leg::Read read = leg.read(shared_.scratch, size);
        if (read == Leg::Read::again) return true;
        alive = read == Leg::Read::bytes;
    }
    leg.close();
    return false;
}

}  // namespace sluice::inspect

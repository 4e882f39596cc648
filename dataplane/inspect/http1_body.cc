#include "dataplane/inspect/http1_body.h"

#include <algorithm>

namespace sluice::inspect {
namespace {

constexpr unsigned kSizeDigitsMax = 15;  // below 2^60: no overflow

int hex(std::uint8_t byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

}  // namespace

BodyReader::BodyReader(Body body) : left_(body.size) {
    switch (body.framing) {
        case Framing::none:
            state_ = State::done;
            break;
        case Framing::sized:
            state_ = State::sized;
            break;
        case Framing::chunked:
            state_ = State::size;
            left_ = 0;
            break;
        case Framing::until_close:
            state_ = State::until_close;
            break;
        case Framing::tunnel:
        case Framing::bad:
            state_ = State::broken;
            break;
    }
}

std::size_t BodyReader::feed(Bytes bytes, const std::function<void(Bytes)>& content) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !done() && !broken()) {
        const Bytes rest = bytes.subspan(taken);
        if (state_ == State::until_close) {
            content(rest);
            return bytes.size();
        }
        if (state_ == State::sized || state_ == State::data) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
            content(rest.first(size));
            left_ -= size;
            taken += size;
            if (left_ == 0) state_ = state_ == State::sized ? State::done : State::data_cr;
            continue;
        }
        step(rest[0]);
        ++taken;
    }
    return taken;
}

BodyReader::State BodyReader::on_size(std::uint8_t byte) {
    if (const int digit = hex(byte); digit >= 0) {
        left_ = left_ << 4 | static_cast<unsigned>(digit);
        return ++digits_ > kSizeDigitsMax ? State::broken : State::size;
    }
    if (digits_ == 0) return State::broken;
    if (byte == '\r') return State::size_lf;
    return byte == ';' ? State::extension : State::broken;
}

BodyReader::State BodyReader::on_trailer_begin(std::uint8_t byte) {
    if (byte == '\r') return State::last_lf;
    return byte == '\n' || byte == ' ' || byte == '\t' ? State::broken : State::trailer;
}

void BodyReader::step(std::uint8_t byte) {
    const auto only = [byte](char wanted, State next) {
        return byte == static_cast<std::uint8_t>(wanted) ? next : State::broken;
    };
    switch (state_) {
        case State::size:
            state_ = on_size(byte);
            break;
        case State::extension:
            if (byte == '\n' || ++line_ > kLineMax)
                state_ = State::broken;
            else if (byte == '\r')
                state_ = State::size_lf;
            break;
        case State::size_lf:
            state_ = only('\n', left_ == 0 ? State::trailer_begin : State::data);
            digits_ = line_ = 0;
            break;
        case State::data_cr:
            state_ = only('\r', State::data_lf);
            break;
        case State::data_lf:
            state_ = only('\n', State::size);
            break;
        case State::trailer_begin:
            state_ = on_trailer_begin(byte);
            break;
        case State::trailer:
            if (byte == '\n' || ++line_ > kTrailerMax)
                state_ = State::broken;
            else if (byte == '\r')
                state_ = State::trailer_lf;
            break;
        case State::trailer_lf:
            state_ = only('\n', State::trailer_begin);
            break;
        case State::last_lf:
            state_ = only('\n', State::done);
            break;
        default:
            break;
    }
}

}  // namespace sluice::inspect

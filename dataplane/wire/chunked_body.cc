// ChunkedBody: where a chunked request body ends, over any cuts.
//
//   size --;/space--> extension --LF--+--> data --> data_cr --CR--> data_lf --LF--> size
//     '-----CR--> size_lf --LF--------+--> trailer_start (after the chunk of size 0)
//   trailer_start --LF, or CR and LF in trailer_lf--> done; else trailer_line --LF--> trailer_start
#include <algorithm>

#include "dataplane/wire/http_request.h"

namespace sluice::wire {
namespace {

// Value of a hexadecimal digit, or 16.
constexpr unsigned hex_value(std::uint8_t byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10u;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10u;
    return 16;
}

}  // namespace

ChunkedBody::State ChunkedBody::after_size() const noexcept {
    return left_ == 0 ? State::trailer_start : State::data;
}

ChunkedBody::State ChunkedBody::step_size(std::uint8_t byte) noexcept {
    const unsigned digit = hex_value(byte);
    if (digit < 16) {
        if (left_ >> 60 != 0) return State::broken;
        left_ = left_ << 4 | digit;
        any_digit_ = true;
        return State::size;
    }
    if (!any_digit_) return State::broken;
    if (byte == '\r') return State::size_lf;
    if (byte == '\n') return after_size();
    return byte == ';' || byte == ' ' || byte == '\t' ? State::extension : State::broken;
}

void ChunkedBody::step(std::uint8_t byte) noexcept {
    const auto lf_or_broken = [byte](State next) { return byte == '\n' ? next : State::broken; };
    switch (state_) {
        case State::size:
            state_ = step_size(byte);
            break;
        case State::extension:
            if (byte == '\n') state_ = after_size();
            break;
        case State::size_lf:
            state_ = lf_or_broken(after_size());
            break;
        case State::data_cr:
            state_ = byte == '\r' ? State::data_lf : lf_or_broken(State::size);
            break;
        case State::data_lf:
            state_ = lf_or_broken(State::size);
            break;
        case State::trailer_start:
            state_ = byte == '\n'   ? State::done
                     : byte == '\r' ? State::trailer_lf
                                    : State::trailer_line;
            break;
        case State::trailer_line:
            if (byte == '\n') state_ = State::trailer_start;
            break;
        case State::trailer_lf:
            state_ = lf_or_broken(State::done);
            break;
        case State::data:
        case State::done:
        case State::broken:
            break;
    }
}

std::size_t ChunkedBody::feed(Bytes bytes) noexcept {
    std::size_t at = 0;
    while (at < bytes.size() && !done() && !broken()) {
        if (state_ == State::data) {
            const std::uint64_t size = std::min<std::uint64_t>(left_, bytes.size() - at);
            at += static_cast<std::size_t>(size);
            left_ -= size;
            if (left_ == 0) state_ = State::data_cr;
            continue;
        }
        const State before = state_;
        step(bytes[at]);
        if (broken()) break;
        if (state_ == State::size && before != State::size) any_digit_ = false;
        ++at;
    }
    return at;
}

}  // namespace sluice::wire

// BodyReader: which bytes of a stream belong to an HTTP/1 message's body, and which of those are
// its content.
#pragma once
#include <cstdint>
#include <functional>

#include "dataplane/inspect/http1_head.h"
#include "rules/base/bytes.h"

namespace sluice::inspect {

class BodyReader {
  public:
    explicit BodyReader(Body body = {});

    // Takes bytes from the front; returns how many belong to the body. Content goes to `content`
    // in order. Less than all: done() or broken().
    std::size_t feed(Bytes bytes, const std::function<void(Bytes)>& content);
    bool done() const { return state_ == State::done; }
    // A chunk size, an extension or a trailer that readers might read differently, or one that is
    // longer than kLineMax (RFC 9112 7.1).
    bool broken() const { return state_ == State::broken; }
    // The peer will send no more; whether the body is complete with that.
    bool ends_here() const { return done() || state_ == State::until_close; }

  private:
    static constexpr std::uint32_t kLineMax = 8 * 1024;      // chunk extensions
    static constexpr std::uint32_t kTrailerMax = 16 * 1024;  // all lines of it
    enum class State : std::uint8_t {
        sized,
        until_close,
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_begin,
        trailer,
        trailer_lf,
        last_lf,
        done,
        broken
    };
    void step(std::uint8_t byte);
    State on_size(std::uint8_t byte);
    State on_trailer_begin(std::uint8_t byte);

    State state_ = State::done;
    std::uint64_t left_ = 0;
    unsigned digits_ = 0;
    std::uint32_t line_ = 0;
};

}  // namespace sluice::inspect

// Applies fates to frames and keeps those that are delayed.
#include "tools/impair/bump.h"

#include <fmt/format.h>

#include <utility>

namespace sluice::impair {

void Bump::transform(Direction direction, const Fate& fate, Frame& frame) {
    BumpCounters& count = counters_[index_of(direction)];
    if (fate.corrupt_bit && !frame.empty()) {
        const std::uint64_t bit = *fate.corrupt_bit % (frame.size() * 8);
        frame[bit / 8] = static_cast<std::uint8_t>(frame[bit / 8] ^ 1u << bit % 8);
        ++count.corrupted;
    }
    if (direction == Direction::a_to_b) {
        count.pushed += push(options_.push, frame) ? 1 : 0;
    } else if (options_.pop) {
        count.popped += pop(options_.push, frame) ? 1 : 0;
    }
}

void Bump::emit(Direction direction, const Frame& frame) {
    BumpCounters& count = counters_[index_of(direction)];
    ++(send_(direction, frame) ? count.sent : count.refused);
}

void Bump::accept(Direction direction, Frame frame, std::uint64_t now_ns) {
    BumpCounters& count = counters_[index_of(direction)];
    ++count.received;
    const Fate fate = fate_of(options_.impairment, direction, next_index_[index_of(direction)]++);
    if (fate.lost) {
        ++count.lost;
        return;
    }
    transform(direction, fate, frame);
    count.reordered += fate.reordered ? 1 : 0;
    count.duplicated += fate.duplicated ? 1 : 0;
    for (int copies = fate.duplicated ? 2 : 1; copies > 0; --copies) {
        if (fate.delay_ns == 0) {
            emit(direction, frame);
        } else {
            waiting_.push({now_ns + fate.delay_ns, next_order_++, direction, frame});
        }
    }
}

std::optional<std::uint64_t> Bump::send_due(std::uint64_t now_ns) {
    while (!waiting_.empty() && waiting_.top().due_ns <= now_ns) {
        emit(waiting_.top().direction, waiting_.top().frame);
        waiting_.pop();
    }
    if (waiting_.empty()) return {};
    return waiting_.top().due_ns;
}

std::string Bump::counters_json() const {
    const auto row = [](const BumpCounters& c) {
        return fmt::format(
            R"({{"received":{},"sent":{},"lost":{},"duplicated":{},"reordered":{},"corrupted":{},)"
            R"("pushed":{},"popped":{},"refused":{}}})",
            c.received, c.sent, c.lost, c.duplicated, c.reordered, c.corrupted, c.pushed, c.popped,
            c.refused);
    };
    return fmt::format(R"({{"seed":{},"a_to_b":{},"b_to_a":{},"waiting":{}}})",
                       options_.impairment.seed, row(counters_[0]), row(counters_[1]), waiting());
}

}  // namespace sluice::impair

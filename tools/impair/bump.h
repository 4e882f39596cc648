// The bump itself: takes frames from each port, asks the schedule what becomes of them, and sends
// them by the other port when they are due. One thread; time comes in as a parameter.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "tools/impair/encap.h"
#include "tools/impair/schedule.h"

namespace sluice::impair {

struct BumpOptions {
    Impairment impairment{};
    Encap push{};      // around frames from A to B
    bool pop = false;  // off frames from B to A
};

// One a direction. received = lost + sent + refused + waiting, less the duplicates made.
struct BumpCounters {
    std::uint64_t received = 0, sent = 0, lost = 0, duplicated = 0, reordered = 0, corrupted = 0;
    std::uint64_t pushed = 0, popped = 0;
    std::uint64_t refused = 0;  // the interface did not take it
};

class Bump {
  public:
    // Sends one frame by the far port of `direction`; false when it was refused.
    using Send = std::function<bool(Direction, const Frame&)>;

    Bump(const BumpOptions& options, Send send) : options_(options), send_(std::move(send)) {}

    // A frame has come in. Sent at once when it is due at once.
    void accept(Direction direction, Frame frame, std::uint64_t now_ns);

    // Sends what is due. Returns when the next frame will be, nothing when none waits.
    std::optional<std::uint64_t> send_due(std::uint64_t now_ns);

    std::size_t waiting() const { return waiting_.size(); }
    const BumpCounters& counters(Direction d) const { return counters_[index_of(d)]; }
    std::string counters_json() const;

  private:
    struct Waiting {
        std::uint64_t due_ns, order;
        Direction direction;
        Frame frame;
        bool operator<(const Waiting& other) const {  // the queue's top is the earliest
            return due_ns != other.due_ns ? due_ns > other.due_ns : order > other.order;
        }
    };
    static std::size_t index_of(Direction d) { return static_cast<std::size_t>(d); }
    void transform(Direction direction, const Fate& fate, Frame& frame);
    void emit(Direction direction, const Frame& frame);

    BumpOptions options_;
    Send send_;
    std::array<BumpCounters, 2> counters_{};
    std::array<std::uint64_t, 2> next_index_{};
    std::uint64_t next_order_ = 0;
    std::priority_queue<Waiting> waiting_;
};

}  // namespace sluice::impair

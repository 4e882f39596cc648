// TimerWheel: time limits of thousands of flows. Setting, moving and stopping one is O(1); a tick
// looks at one slot. Time comes in as a parameter.
#pragma once
#include <array>
#include <cstdint>

#include "rules/base/time.h"

namespace sluice::inspect {

// A place in a ring of timers.
struct TimerLink {
    TimerLink* next = nullptr;
    TimerLink* back = nullptr;
};

// One time limit, a member of what it limits. Stops itself when destroyed.
class Timer : private TimerLink {
  public:
    using Fire = void (*)(void* owner);
    Timer(Fire fire, void* owner) : fire_(fire), owner_(owner) {}
    ~Timer() { stop(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void stop();
    bool armed() const { return next != nullptr; }

  private:
    friend class TimerWheel;
    MonoTime due_;
    Fire fire_;
    void* owner_;
};

class TimerWheel {
  public:
    static constexpr std::int64_t kTickMs = 50;
    static constexpr std::size_t kSlots = 1024;  // a turn is 51.2 s; longer limits stay for turns

    explicit TimerWheel(MonoTime start);
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    // `timer` fires at the first advance() to `due` or later, at most a tick late. One that runs
    // already is moved.
    void set(Timer& timer, MonoTime due);
    // `timer` fires at the next advance(), whatever the time.
    void soon(Timer& timer);
    bool has_soon() const { return soon_.next != &soon_; }
    // Fires what is due. A timer may set or stop any timer, itself included, while it fires.
    void advance(MonoTime now);

  private:
    static std::int64_t tick_of(MonoTime t) { return t.raw() / (kTickMs * kNsPerMs); }
    void fire_slot(TimerLink& slot, MonoTime now);

    std::array<TimerLink, kSlots> slots_;
    TimerLink soon_;
    std::int64_t tick_;
};

}  // namespace sluice::inspect

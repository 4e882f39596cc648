// Loop: epoll and time limits of one worker. Edge-triggered: whoever is told reads or writes until
// the kernel says "again".
#pragma once
#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "dataplane/inspect/timer_wheel.h"

namespace sluice::inspect {

// Who is told about a descriptor.
class Watcher {
  public:
    virtual void on_events(std::uint32_t events) = 0;  // EPOLLIN | EPOLLOUT | ...

  protected:
    ~Watcher() = default;
};

// What ends while events are told lives on until the round is over: its events may still come.
class Mortal {
  public:
    virtual ~Mortal() = default;
};

using ReadClock = std::function<Now()>;
Now read_clocks();

class Loop {
  public:
    explicit Loop(ReadClock clock = read_clocks);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // False when the kernel refuses (no memory, too many watches).
    [[nodiscard]] bool watch(int fd, Watcher& watcher,
                             std::uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    void forget(int fd);

    // Waits at most `wait_ms` for events, tells them, then fires time limits.
    void run_once(int wait_ms);
    // As of the beginning of the round.
    Now now() const { return now_; }
    TimerWheel& timers() { return timers_; }
    void bury(std::unique_ptr<Mortal> dead) { dead_.push_back(std::move(dead)); }

  private:
    ReadClock clock_;
    Now now_;
    int epoll_;
    TimerWheel timers_;
    std::vector<std::unique_ptr<Mortal>> dead_;
};

}  // namespace sluice::inspect

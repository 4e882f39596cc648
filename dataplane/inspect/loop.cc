#include "dataplane/inspect/loop.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

#include "rules/base/assert.h"

namespace sluice::inspect {

Now read_clocks() {
    using namespace std::chrono;
    return {MonoTime{duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count()},
            UtcTime{duration_cast<seconds>(system_clock::now().time_since_epoch()).count()}};
}

Loop::Loop(ReadClock clock)
    : clock_(std::move(clock)),
      now_(clock_()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timers_(now_.mono) {
    SLUICE_ASSERT(epoll_ >= 0);
}

Loop::~Loop() {
    dead_.clear();
    close(epoll_);
}

bool Loop::watch(int fd, Watcher& watcher, std::uint32_t events) {
    epoll_event event{};
    event.events = events | EPOLLET;
    event.data.ptr = &watcher;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Loop::forget(int fd) { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

void Loop::run_once(int wait_ms) {
    std::array<epoll_event, 256> events;
    if (timers_.has_soon()) wait_ms = 0;
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
    now_ = clock_();
    for (int i = 0; i < count; ++i)
        static_cast<Watcher*>(events[static_cast<std::size_t>(i)].data.ptr)
            ->on_events(events[static_cast<std::size_t>(i)].events);
    timers_.advance(now_.mono);
    // What dies may bury others.
    while (!dead_.empty())
        std::exchange(dead_, {}).clear();
}

}  // namespace sluice::inspect

#include "dataplane/inspect/timer_wheel.h"

#include <algorithm>
#include <limits>

namespace sluice::inspect {
namespace {

void link_before(TimerLink& ring, TimerLink& link) {
    link.next = &ring;
    link.back = ring.back;
    ring.back->next = &link;
    ring.back = &link;
}
void unlink(TimerLink& link) {
    link.back->next = link.next;
    link.next->back = link.back;
    link.next = link.back = nullptr;
}

}  // namespace

void Timer::stop() {
    if (armed()) unlink(*this);
}

TimerWheel::TimerWheel(MonoTime start) : tick_(tick_of(start)) {
    for (TimerLink& slot : slots_)
        slot.next = slot.back = &slot;
    soon_.next = soon_.back = &soon_;
}

void TimerWheel::soon(Timer& timer) {
    timer.stop();
    timer.due_ = MonoTime{std::numeric_limits<std::int64_t>::min()};
    link_before(soon_, timer);
}

void TimerWheel::set(Timer& timer, MonoTime due) {
    timer.stop();
    timer.due_ = due;
    // The tick after `due`: when that slot is looked at, `due` has passed for certain.
    const std::int64_t tick = std::max(tick_of(due) + 1, tick_ + 1);
    link_before(slots_[static_cast<std::size_t>(tick) % kSlots], timer);
}

void TimerWheel::advance(MonoTime now) {
    fire_slot(soon_, now);
    const std::int64_t target = tick_of(now);
    // After a long pause one turn sees every slot.
    if (target - tick_ > static_cast<std::int64_t>(kSlots))
        tick_ = target - static_cast<std::int64_t>(kSlots);
    while (tick_ < target) {
        ++tick_;
        fire_slot(slots_[static_cast<std::size_t>(tick_) % kSlots], now);
    }
}

// The slot's timers move to a ring of their own first, so that what is set while they fire is not
// met twice.
void TimerWheel::fire_slot(TimerLink& slot, MonoTime now) {
    TimerLink due;
    due.next = due.back = &due;
    while (slot.next != &slot) {
        TimerLink& link = *slot.next;
        unlink(link);
        link_before(due, link);
    }
    while (due.next != &due) {
        Timer& timer = static_cast<Timer&>(*due.next);
        unlink(timer);
        if (timer.due_ > now)
            link_before(slot, timer);  // of a later turn
        else
            timer.fire_(timer.owner_);
    }
}

}  // namespace sluice::inspect

#include "control/notices/courier.h"

#include <algorithm>
#include <chrono>

namespace sluice::control::notices {
namespace {

constexpr std::int64_t kFirstWaitS = 60, kLongestWaitS = 6 * 3'600, kHourS = 3'600;
constexpr auto kTurnEvery = std::chrono::seconds(2);
constexpr unsigned kLookedBack = 1'000;

std::string named(const NoticeRow& n) {
    return "notice " + std::to_string(n.id) + " of " + n.case_id + " to " + n.party +
           (n.recipient.empty() ? "" : " " + n.recipient);
}

}  // namespace

std::int64_t seconds_until_try(unsigned tries) {
    if (tries == 0) return 0;
    const unsigned doublings = std::min(tries - 1, 20u);
    return std::min(kFirstWaitS << doublings, kLongestWaitS);
}

std::int64_t seconds_tried(unsigned tries) {
    std::int64_t seconds = 0;
    for (unsigned i = 1; i < tries; ++i)
        seconds += seconds_until_try(i);
    return seconds;
}

Courier::Courier(std::optional<NoticeConfig> config, Deps deps)
    : config_(std::move(config)), deps_(std::move(deps)) {}

Courier::~Courier() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    wake_.notify_all();
}

void Courier::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Courier::run(const std::stop_token& stop) {
    std::unique_lock lock(sleep_mutex_);
    while (!stop.stop_requested()) {
        turn(deps_.now());
        wake_.wait_for(lock, stop, kTurnEvery, [] { return false; });
    }
}

void Courier::turn(UtcTime now) {
    if (config_)
        if (auto due = deps_.store.due_notices(now, kNoticesATurn))
            for (NoticeRow& notice : *due)
                carry(std::move(notice), now);
    look_back();
}

void Courier::carry(NoticeRow notice, UtcTime now) {
    notice.trouble.clear();
    const auto all = addressees_of(*config_, notice.party, notice.recipient);
    if (all.empty()) notice.trouble = "the file of notices names nobody for it";
    for (const Addressee* to : all)
        if (const auto done = deps_.send(*to, notice); !done) notice.trouble = done.error();
    ++notice.tries;
    if (notice.trouble.empty()) {
        // What lies in a spool has not reached anybody: a person says when it has.
        const bool taken = std::ranges::any_of(all, [](const Addressee* a) { return !a->spool; });
        if (taken) deps_.delivered(notice);
        notice.state = taken ? "delivered" : "spooled";
    } else if (seconds_tried(notice.tries) >= config_->give_up_hours * kHourS) {
        deps_.given_up(notice);
        notice.state = "failed";
    }
    notice.next_try = UtcTime{now.raw() + seconds_until_try(notice.tries)};
    // Not stored: it stays due, and is sent again under the same message id.
    static_cast<void>(deps_.store.keep_notice(notice));
}

void Courier::look_back() {
    std::vector<std::string> found;
    const auto pending = deps_.store.notices("pending", kLookedBack);
    const auto failed = deps_.store.notices("failed", kLookedBack);
    if (!pending || !failed) {
        found.push_back("notices: the store cannot be read");
    } else if (!config_ && !pending->empty()) {
        found.push_back("notices: " + std::to_string(pending->size()) +
                        " wait: sluiced was started without --notices");
    } else {
        const auto refused =
            std::ranges::find_if(*pending, [](const NoticeRow& n) { return !n.trouble.empty(); });
        if (refused != pending->end())
            found.push_back("notices: " + named(*refused) +
                            " is not delivered: " + refused->trouble);
    }
    if (failed && !failed->empty())
        found.push_back("notices: " + std::to_string(failed->size()) + " were given up, " +
                        named(failed->back()) + " last; sluicectl notice retry ID");
    const std::lock_guard lock(mutex_);
    troubles_ = std::move(found);
}

std::vector<std::string> Courier::troubles() const {
    const std::lock_guard lock(mutex_);
    return troubles_;
}

}  // namespace sluice::control::notices

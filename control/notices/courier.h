// Courier: carries pending notices to whom they are for, again and again until they are taken. A
// thread of its own: no mail server, however slow, delays the daemon.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "control/notices/addressees.h"
#include "control/store/case_store.h"

namespace sluice::control::notices {

class Courier {
  public:
    struct Deps {
        CaseStore& store;
        std::function<UtcTime()> now;
        // One try; the error is one line.
        std::function<Result<Done, std::string>(const Addressee& to, const NoticeRow& notice)> send;
        // Every addressee has it, and one of them by another way than a spool. Called before that is stored, so possibly twice.
        std::function<void(const NoticeRow& notice)> delivered;
        std::function<void(const NoticeRow& notice)> given_up;
    };
    // `config` empty: nothing is sent, and troubles() says so while notices wait.
    Courier(std::optional<NoticeConfig> config, Deps deps);
    ~Courier();
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    void start();
    // Tries what is due at `now`: at most kNoticesATurn, oldest first.
    void turn(UtcTime now);
    // For `status`; empty when all that was due has been taken.
    std::vector<std::string> troubles() const;

  private:
    void run(const std::stop_token& stop);
    void carry(NoticeRow notice, UtcTime now);
    void look_back();

    std::optional<NoticeConfig> config_;
    Deps deps_;
    mutable std::mutex mutex_;  // of troubles_
    std::vector<std::string> troubles_;
    std::mutex sleep_mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

inline constexpr unsigned kNoticesATurn = 100;
// Seconds until the next try: a minute after the first, twice as long each time, at most six hours.
std::int64_t seconds_until_try(unsigned tries);
// From the first to the last of so many tries. What decides when a notice is given up: a daemon
// that was down has not tried.
std::int64_t seconds_tried(unsigned tries);

}  // namespace sluice::control::notices

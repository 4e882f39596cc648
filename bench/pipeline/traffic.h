// What the bench sends: IPv4 UDP flows of catalogued users, in an order no cache can guess.
#pragma once
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace sluice::bench {

// Host order; the user's end first, whoever sends.
struct Tuple {
    std::uint32_t user = 0, remote = 0;
    std::uint16_t user_port = 0, remote_port = 0;
};

// Remote ends lie here, where no catalogued prefix does.
inline constexpr std::uint32_t kRemoteBase = 16u << 24, kRemoteSize = 1u << 28;

// Every tuple is another one than all before (the next 2^44 of them): its number, mixed, is the
// remote address, and the rest of it the port. Users come from `users` in turn.
class NewTuples {
  public:
    explicit NewTuples(std::span<const std::uint32_t> users) : users_(users) {}

    Tuple next() noexcept {
        const std::uint64_t n = number_++;
        const auto low = static_cast<std::uint32_t>(n % kRemoteSize);
        Tuple t;
        t.user = users_[at_];
        at_ = at_ + 1 == users_.size() ? 0 : at_ + 1;
        t.remote = kRemoteBase | low * 0x9e37'79b1u % kRemoteSize;  // odd: a permutation
        t.user_port = static_cast<std::uint16_t>(32'768 + n % 16'384);
        t.remote_port = static_cast<std::uint16_t>(10'000 + n / kRemoteSize);
        return t;
    }

  private:
    std::span<const std::uint32_t> users_;
    std::size_t at_ = 0;
    std::uint64_t number_ = 0;
};

// `count` flows in random order: sent round and round, each is as far from its last packet as can
// be.
std::vector<Tuple> random_flows(std::uint32_t count, std::span<const std::uint32_t> users,
                                std::uint64_t seed);

}  // namespace sluice::bench

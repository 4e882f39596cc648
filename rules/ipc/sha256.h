// SHA-256 (FIPS 180-4), by libcrypto.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::ipc {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::span<const std::byte> bytes);

// The same in pieces.
class Sha256Stream {
  public:
    Sha256Stream();
    ~Sha256Stream();
    void add(std::span<const std::byte> bytes);
    void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
    // Ends the message; nothing may be added afterwards.
    Sha256 result();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// 64 lower-case hexadecimal digits, and back (nothing for any other text).
std::string to_hex(const Sha256& hash);
std::optional<Sha256> sha256_from_hex(std::string_view text);

}  // namespace sluice::ipc

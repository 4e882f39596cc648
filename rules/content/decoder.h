// Content codings (RFC 9110 8.4) decoded as the bytes come. Output goes to a sink in pieces;
// nothing is kept but what the coding itself needs.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "rules/base/bytes.h"

namespace sluice::content {

// Memory that decoders of one thread hold together; what does not fit is refused, not waited for.
class MemoryBudget {
  public:
    explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    [[nodiscard]] bool take(std::size_t bytes) {
        if (bytes > bytes_max_ - used_) return false;
        used_ += bytes;
        return true;
    }
    void give_back(std::size_t bytes) { used_ -= bytes; }
    std::size_t used() const { return used_; }

  private:
    std::size_t bytes_max_;
    std::size_t used_ = 0;
};

// Takes decoded bytes; false: no more of them are wanted.
using Sink = std::function<bool(Bytes)>;

enum class Decoded : std::uint8_t {
    more,     // all input was taken
    done,     // the coded data ended (what follows it is ignored)
    damaged,  // not this coding
    stopped,  // the sink wants no more
    memory,   // the budget does not have what it needs
};

class Decoder {
  public:
    virtual ~Decoder() = default;
    // Cost: as the library's; pieces of at most 16 KiB go to `sink`.
    virtual Decoded feed(Bytes in, const Sink& sink) = 0;
};

inline constexpr std::size_t kPieceBytes = 16 * 1024;

// `coding`: a token of Content-Encoding, any case. nullptr: not known here, or no memory for it.
// gzip, x-gzip; deflate (zlib, and the bare form that some servers send); br; zstd with windows up
// to 8 MiB (RFC 9659); identity passes bytes on.
std::unique_ptr<Decoder> make_decoder(std::string_view coding, MemoryBudget& budget);

std::unique_ptr<Decoder> make_zlib_decoder(bool gzip, MemoryBudget& budget);
std::unique_ptr<Decoder> make_brotli_decoder(MemoryBudget& budget);
std::unique_ptr<Decoder> make_zstd_decoder(MemoryBudget& budget);

}  // namespace sluice::content

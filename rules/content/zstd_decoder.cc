// zstd (RFC 8878) by libzstd.
#include <zstd.h>

#include <array>

#include "rules/content/decoder.h"

namespace sluice::content {
namespace {

constexpr int kWindowLogMax = 23;  // RFC 9659: 8 MiB is what a decoder of HTTP must take

class ZstdDecoder final : public Decoder {
  public:
    explicit ZstdDecoder(MemoryBudget& budget) : budget_(budget), state_(ZSTD_createDCtx()) {
        if (state_ != nullptr) ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, kWindowLogMax);
    }
    ~ZstdDecoder() override {
        ZSTD_freeDCtx(state_);
        budget_.give_back(charged_);
    }

    Decoded feed(Bytes in, const Sink& sink) override {
        if (state_ == nullptr || !charge()) return Decoded::memory;
        std::array<std::uint8_t, kPieceBytes> buffer;
        ZSTD_inBuffer source{in.data(), in.size(), 0};
        for (bool filled = true; source.pos < source.size || filled;) {
            ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
            const std::size_t result = ZSTD_decompressStream(state_, &out, &source);
            if (ZSTD_isError(result) != 0) return Decoded::damaged;
            if (!charge()) return Decoded::memory;
            if (out.pos != 0 && !sink(Bytes(buffer).first(out.pos))) return Decoded::stopped;
            filled = out.pos == out.size;
        }
        return Decoded::more;
    }

  private:
    // The library takes its window when it has read a frame's head; it is counted then.
    bool charge() {
        const std::size_t now = ZSTD_sizeof_DCtx(state_);
        if (now <= charged_) return true;
        if (!budget_.take(now - charged_)) return false;
        charged_ = now;
        return true;
    }

    MemoryBudget& budget_;
    ZSTD_DCtx* state_;
    std::size_t charged_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder(MemoryBudget& budget) {
    return std::make_unique<ZstdDecoder>(budget);
}

}  // namespace sluice::content

// br (RFC 7932) by libbrotlidec, whose memory is counted as it is taken.
#include <brotli/decode.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "rules/content/decoder.h"

namespace sluice::content {
namespace {

// In front of each block: its size, and room that keeps the block aligned.
constexpr std::size_t kBlockHead = alignof(std::max_align_t);

class BrotliDecoder final : public Decoder {
  public:
    explicit BrotliDecoder(MemoryBudget& budget)
        : budget_(budget), state_(BrotliDecoderCreateInstance(take, give, this)) {}
    ~BrotliDecoder() override {
        if (state_ != nullptr) BrotliDecoderDestroyInstance(state_);
    }

    Decoded feed(Bytes in, const Sink& sink) override {
        if (state_ == nullptr) return Decoded::memory;
        std::array<std::uint8_t, kPieceBytes> out;
        const std::uint8_t* next_in = in.data();
        std::size_t left = in.size();
        for (;;) {
            std::uint8_t* next_out = out.data();
            std::size_t room = out.size();
            const BrotliDecoderResult result =
                BrotliDecoderDecompressStream(state_, &left, &next_in, &room, &next_out, nullptr);
            const std::size_t made = out.size() - room;
            if (made != 0 && !sink(Bytes(out).first(made))) return Decoded::stopped;
            if (result == BROTLI_DECODER_RESULT_ERROR)
                return refused_ ? Decoded::memory : Decoded::damaged;
            if (result == BROTLI_DECODER_RESULT_SUCCESS) return Decoded::done;
            if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return Decoded::more;
        }
    }

  private:
    static void* take(void* self, std::size_t size) {
        auto* decoder = static_cast<BrotliDecoder*>(self);
        if (!decoder->budget_.take(size)) {
            decoder->refused_ = true;
            return nullptr;
        }
        auto* block = static_cast<unsigned char*>(std::malloc(size + kBlockHead));
        if (block == nullptr) {
            decoder->budget_.give_back(size);
            return nullptr;
        }
        std::memcpy(block, &size, sizeof size);
        return block + kBlockHead;
    }
    static void give(void* self, void* address) {
        if (address == nullptr) return;
        unsigned char* block = static_cast<unsigned char*>(address) - kBlockHead;
        std::size_t size = 0;
        std::memcpy(&size, block, sizeof size);
        static_cast<BrotliDecoder*>(self)->budget_.give_back(size);
        std::free(block);
    }

    MemoryBudget& budget_;
    bool refused_ = false;
    BrotliDecoderState* state_;
};

}  // namespace

std::unique_ptr<Decoder> make_brotli_decoder(MemoryBudget& budget) {
    return std::make_unique<BrotliDecoder>(budget);
}

}  // namespace sluice::content

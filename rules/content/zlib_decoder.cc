// gzip (RFC 1952) and deflate (RFC 1950, or RFC 1951 bare) by zlib.
#include <zlib.h>

#include <array>

#include "rules/content/decoder.h"

namespace sluice::content {
namespace {

// zlib.h: inflate needs 32 KiB of window and about 7 KiB besides.
constexpr std::size_t kInflateBytes = 40 * 1024;
constexpr int kWindowBits = 15;
constexpr int kGzip = 16;  // added to window bits: a gzip head is expected

class ZlibDecoder final : public Decoder {
  public:
    ZlibDecoder(bool gzip, MemoryBudget& budget) : budget_(budget), gzip_(gzip) {}
    ~ZlibDecoder() override {
        if (!begun_) return;
        inflateEnd(&stream_);
        budget_.give_back(kInflateBytes);
    }

    Decoded feed(Bytes in, const Sink& sink) override {
        if (ended_ && !gzip_) return Decoded::done;
        if (!begun_ && !in.empty()) {
            if (!budget_.take(kInflateBytes)) return Decoded::memory;
            if (inflateInit2(&stream_, window_bits(in[0])) != Z_OK) {
                budget_.give_back(kInflateBytes);
                return Decoded::memory;
            }
            begun_ = true;
        }
        stream_.next_in = const_cast<Bytef*>(in.data());
        stream_.avail_in = static_cast<uInt>(in.size());
        return inflate_all(sink);
    }

  private:
    // Some servers send deflate without the zlib head: its first byte's low half is 8 (RFC
    // 1950 2.2).
    int window_bits(std::uint8_t first) const {
        if (gzip_) return kWindowBits + kGzip;
        return (first & 0x0f) == 8 ? kWindowBits : -kWindowBits;
    }
    Decoded inflate_all(const Sink& sink) {
        while (stream_.avail_in != 0) {
            if (ended_) {  // gzip members may follow one another (RFC 1952 2.2)
                if (inflateReset(&stream_) != Z_OK) return Decoded::damaged;
                ended_ = false;
            }
            const Decoded step = inflate_some(sink);
            if (step != Decoded::more) return step;
            if (ended_ && !gzip_) return Decoded::done;
        }
        return Decoded::more;
    }
    Decoded inflate_some(const Sink& sink) {
        std::array<std::uint8_t, kPieceBytes> out;
        do {
            stream_.next_out = out.data();
            stream_.avail_out = static_cast<uInt>(out.size());
            const int result = inflate(&stream_, Z_NO_FLUSH);
            if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
                return gzip_ && at_border_ ? Decoded::done : Decoded::damaged;
            const std::size_t made = out.size() - stream_.avail_out;
            if (made != 0 && !sink(Bytes(out).first(made))) return Decoded::stopped;
            at_border_ = result == Z_STREAM_END;
            if (result == Z_STREAM_END) {
                ended_ = true;
                return Decoded::more;
            }
        } while (stream_.avail_out == 0);
        return Decoded::more;
    }

    MemoryBudget& budget_;
    bool gzip_;
    bool begun_ = false;
    bool ended_ = false;
    bool at_border_ = false;  // a member has just ended: what follows may be padding
    z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder(bool gzip, MemoryBudget& budget) {
    return std::make_unique<ZlibDecoder>(gzip, budget);
}

}  // namespace sluice::content

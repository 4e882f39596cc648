#include "dataplane/wire/http2_start.h"

#include <algorithm>
#include <optional>

namespace sluice::wire {
namespace {

enum FrameType : std::uint8_t { kHeaders = 1, kSettings = 4, kContinuation = 9 };
constexpr std::uint8_t kEndHeaders = 0x04, kPadded = 0x08, kPriority = 0x20;
constexpr std::size_t kPrioritySize = 5;

struct Frame {
    std::uint8_t type = 0, flags = 0;
    std::uint32_t stream = 0;
    Bytes payload;
};

// Padding and priority taken off a HEADERS frame.
std::optional<Bytes> block_of(const Frame& frame) {
    Bytes block = frame.payload;
    std::size_t padding = 0;
    if ((frame.flags & kPadded) != 0) {
        if (block.empty()) return std::nullopt;
        padding = block[0];
        block = block.subspan(1);
    }
    const std::size_t priority = (frame.flags & kPriority) != 0 ? kPrioritySize : 0;
    if (block.size() < priority + padding) return std::nullopt;
    return block.subspan(priority, block.size() - priority - padding);
}

// Joins the pieces of the first header block.
class Joiner {
  public:
    explicit Joiner(std::span<std::uint8_t> scratch) : scratch_(scratch) {}

    // False: the frame cannot stand here.
    bool take(const Frame& frame) {
        if (stream_ == 0 && frame.type == kHeaders && frame.stream != 0) {
            stream_ = frame.stream;
            const auto block = block_of(frame);
            return block && add(*block, frame.flags);
        }
        if (stream_ != 0)
            return frame.type == kContinuation && frame.stream == stream_ &&
                   add(frame.payload, frame.flags);
        return frame.type != kContinuation && frame.type != kHeaders;
    }
    bool done() const { return done_; }
    Bytes block() const { return scratch_.first(size_); }

  private:
    bool add(Bytes piece, std::uint8_t flags) {
        if (piece.size() > scratch_.size() - size_) return false;
        std::copy(piece.begin(), piece.end(),
                  scratch_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += piece.size();
        done_ = (flags & kEndHeaders) != 0;
        return true;
    }

    std::span<std::uint8_t> scratch_;
    std::size_t size_ = 0;
    std::uint32_t stream_ = 0;
    bool done_ = false;
};

bool read_frame(ByteReader& reader, Frame& out) {
    std::uint32_t size = 0;
    if (!reader.u24(size) || !reader.u8(out.type) || !reader.u8(out.flags) ||
        !reader.u32(out.stream))
        return false;
    out.stream &= 0x7fffffff;
    return reader.take(size, out.payload);
}

}  // namespace

Result<Authority, Stop> parse_http2_start(Bytes stream, std::span<std::uint8_t> scratch) noexcept {
    const std::size_t seen = std::min(stream.size(), kHttp2Preface.size());
    if (as_text(stream.first(seen)) != kHttp2Preface.substr(0, seen)) return Err{Stop::other};
    if (seen < kHttp2Preface.size()) return Err{Stop::need_more};
    ByteReader reader(stream.first(std::min(stream.size(), kHttp2StartMax)).subspan(seen));
    const Stop cut = stream.size() >= kHttp2StartMax ? Stop::too_large : Stop::need_more;
    Joiner joiner(scratch);
    for (unsigned frames = 0; frames < kHttp2FramesMax; ++frames) {
        Frame frame;
        if (!read_frame(reader, frame)) return Err{cut};
        if (frames == 0 && frame.type != kSettings) return Err{Stop::malformed};
        if (!joiner.take(frame)) return Err{Stop::malformed};
        if (joiner.done()) return find_authority(joiner.block());
    }
    return Err{Stop::too_large};
}

}  // namespace sluice::wire

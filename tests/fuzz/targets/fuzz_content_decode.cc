// Fuzzes the decoders of content codings: whatever comes, memory stays within the budget and is all
// given back, and how the bytes were cut makes no difference to what is decoded.
#include <string>

#include "rules/base/assert.h"
#include "rules/content/decoder.h"

using namespace sluice;
using namespace sluice::content;

namespace {

constexpr std::size_t kBudget = 64u << 20;
constexpr std::size_t kOutputMax = 4u << 20;  // a bomb is stopped as the limits stop it

std::string decode(std::string_view coding, Bytes in, std::size_t piece, Decoded& last) {
    MemoryBudget budget(kBudget);
    std::string out;
    {
        const auto decoder = make_decoder(coding, budget);
        last = Decoded::more;
        for (std::size_t at = 0; at < in.size() && last == Decoded::more; at += piece)
            last = decoder->feed(in.subspan(at, std::min(piece, in.size() - at)), [&](Bytes bytes) {
                SLUICE_ASSERT(bytes.size() <= kPieceBytes || coding == "identity");
                out.append(as_text(bytes));
                return out.size() < kOutputMax;
            });
        SLUICE_ASSERT(budget.used() <= kBudget);
    }
    SLUICE_ASSERT(budget.used() == 0);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kCodings[] = {"gzip", "deflate", "br", "zstd", "identity"};
    if (size == 0) return 0;
    const std::string_view coding = kCodings[data[0] % std::size(kCodings)];
    const Bytes in{data + 1, size - 1};
    Decoded whole = Decoded::more, cut = Decoded::more;
    const std::string all = decode(coding, in, in.size() + 1, whole);
    const std::string pieces = decode(coding, in, 3, cut);
    // A damaged stream may give up earlier or later within a piece; what both gave is the same.
    if (whole == Decoded::more && cut == Decoded::more) SLUICE_ASSERT(all == pieces);
    const std::size_t common = std::min(all.size(), pieces.size());
    SLUICE_ASSERT(all.compare(0, common, pieces, 0, common) == 0);
    return 0;
}

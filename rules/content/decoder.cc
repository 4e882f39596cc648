#include "rules/content/decoder.h"

#include <array>

namespace sluice::content {
namespace {

class Identity final : public Decoder {
  public:
    Decoded feed(Bytes in, const Sink& sink) override {
        return in.empty() || sink(in) ? Decoded::more : Decoded::stopped;
    }
};

bool same_word(std::string_view a, std::string_view lower) {
    if (a.size() != lower.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] + 32) : a[i];
        if (c != lower[i]) return false;
    }
    return true;
}

}  // namespace

std::unique_ptr<Decoder> make_decoder(std::string_view coding, MemoryBudget& budget) {
    if (same_word(coding, "identity")) return std::make_unique<Identity>();
    if (same_word(coding, "gzip") || same_word(coding, "x-gzip"))
        return make_zlib_decoder(true, budget);
    if (same_word(coding, "deflate")) return make_zlib_decoder(false, budget);
    if (same_word(coding, "br")) return make_brotli_decoder(budget);
    if (same_word(coding, "zstd")) return make_zstd_decoder(budget);
    return nullptr;
}

}  // namespace sluice::content

// ByteReader: walks untrusted bytes left to right and never past the end. Every read says whether
// it could; a false leaves the reader where it was. Big-endian, as on the wire.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace sluice {

using Bytes = std::span<const std::uint8_t>;

// The same bytes seen as text; nothing is checked or copied.
inline std::string_view as_text(Bytes b) {
    return {reinterpret_cast<const char*>(b.data()), b.size()};
}
inline Bytes as_bytes(std::string_view s) {
    return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}

namespace detail {
// The bytes at `at` as a big-endian number. One load and a swap at run time: gcc 12 does not make
// that of the byte-wise form.
template <class Int>
constexpr Int load_be(const std::uint8_t* at) {
    static_assert(std::endian::native == std::endian::little);
    Int value = 0;
    if (std::is_constant_evaluated()) {
        for (std::size_t i = 0; i < sizeof(Int); ++i)
            value = static_cast<Int>(value << 8 | at[i]);
        return value;
    }
    __builtin_memcpy(&value, at, sizeof value);
    if constexpr (sizeof(Int) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(Int) == 4) return __builtin_bswap32(value);
    return __builtin_bswap64(value);
}
}  // namespace detail

// Big-endian loads; the caller has checked that at + width is inside b.
constexpr std::uint16_t be16(Bytes b, std::size_t at) {
    return detail::load_be<std::uint16_t>(b.data() + at);
}
constexpr std::uint32_t be32(Bytes b, std::size_t at) {
    return detail::load_be<std::uint32_t>(b.data() + at);
}

class ByteReader {
  public:
    explicit constexpr ByteReader(Bytes bytes) : rest_(bytes) {}

    constexpr std::size_t left() const { return rest_.size(); }
    constexpr Bytes rest() const { return rest_; }

    [[nodiscard]] constexpr bool u8(std::uint8_t& out) { return number<1>(out); }
    [[nodiscard]] constexpr bool u16(std::uint16_t& out) { return number<2>(out); }
    [[nodiscard]] constexpr bool u24(std::uint32_t& out) { return number<3>(out); }
    [[nodiscard]] constexpr bool u32(std::uint32_t& out) { return number<4>(out); }

    [[nodiscard]] constexpr bool take(std::size_t size, Bytes& out) {
        if (size > rest_.size()) return false;
        out = rest_.first(size);
        rest_ = rest_.subspan(size);
        return true;
    }
    [[nodiscard]] constexpr bool skip(std::size_t size) {
        Bytes ignored;
        return take(size, ignored);
    }
    // A block behind its own length, as TLS writes vectors: <length><that many bytes>.
    [[nodiscard]] constexpr bool block8(Bytes& out) { return block<1>(out); }
    [[nodiscard]] constexpr bool block16(Bytes& out) { return block<2>(out); }

  private:
    template <std::size_t Size, class Int>
    constexpr bool number(Int& out) {
        static_assert(Size <= sizeof(Int));
        Bytes raw;
        if (!take(Size, raw)) return false;
        std::uint32_t value = 0;
        for (std::uint8_t byte : raw)
            value = (value << 8) | byte;
        out = static_cast<Int>(value);
        return true;
    }
    template <std::size_t LengthSize>
    constexpr bool block(Bytes& out) {
        const ByteReader start = *this;
        std::uint32_t length = 0;
        if (number<LengthSize>(length) && take(length, out)) return true;
        *this = start;
        return false;
    }

    Bytes rest_;
};

}  // namespace sluice

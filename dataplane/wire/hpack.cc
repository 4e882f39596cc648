// Fields are walked, not kept: of what a block adds to the dynamic table only where :authority and
// host are is remembered.
#include "dataplane/wire/hpack.h"

#include <algorithm>
#include <array>

namespace sluice::wire {
namespace {

// Bits of each byte's code, then of EOS (RFC 7541 appendix B). The code is canonical: codes of one
// length are consecutive in the order of their bytes, so the lengths are all of it.
constexpr unsigned kSymbols = 257, kEos = 256, kCodeBitsMax = 30;
constexpr std::array<std::uint8_t, kSymbols> kCodeBits = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,
    5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8,  15, 6,  12, 10, 13, 6,  7,  7,  7,  7,  7,  7,
    7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8,  13, 19, 13, 14, 6,
    15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,  5,  6,  7,  7,
    7,  7,  7,  15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
    23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
    21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30};

struct Huffman {
    std::array<std::uint32_t, kCodeBitsMax + 2> first_code{};   // of each length
    std::array<std::uint16_t, kCodeBitsMax + 2> first_place{};  // in `symbols`
    std::array<std::uint16_t, kSymbols> symbols{};              // by length, then value
};
constexpr Huffman make_huffman() {
    Huffman h;
    std::uint32_t code = 0;
    std::uint16_t place = 0;
    for (unsigned bits = 1; bits <= kCodeBitsMax; ++bits) {
        h.first_code[bits] = code;
        h.first_place[bits] = place;
        for (unsigned symbol = 0; symbol < kSymbols; ++symbol)
            if (kCodeBits[symbol] == bits) h.symbols[place++] = static_cast<std::uint16_t>(symbol);
        code = (code + place - h.first_place[bits]) << 1;
    }
    h.first_place[kCodeBitsMax + 1] = place;
    return h;
}
constexpr Huffman kHuffman = make_huffman();

// Which of the fields we look for a field is.
enum class Field : std::uint8_t { other, authority, host };

// Static table (RFC 7541 appendix A): 1 is :authority, 38 is host, 62 the first dynamic entry.
constexpr std::uint32_t kAuthorityIndex = 1, kHostIndex = 38, kDynamicFirst = 62;

// A string as it is in the block.
struct Text {
    Bytes bytes;
    bool coded = false;
};

class Block {
  public:
    explicit Block(Bytes block) : rest_(block) {}

    Result<Authority, Stop> find() {
        for (unsigned fields = 0; !rest_.empty(); ++fields) {
            if (fields == kHeaderFieldsMax) return Err{Stop::too_large};
            if (!read_field()) return Err{stop_};
        }
        return authority_.size != 0 ? authority_ : host_;
    }

  private:
    struct Entry {
        Field field = Field::other;
        Text value;
    };

    bool fail(Stop stop) {
        stop_ = stop;
        return false;
    }

    // An integer behind a prefix of `bits` bits (RFC 7541 5.1), below 2^28.
    bool read_number(unsigned bits, std::uint32_t& out) {
        if (rest_.empty()) return false;
        const std::uint32_t most = (1u << bits) - 1;
        out = rest_[0] & most;
        rest_ = rest_.subspan(1);
        if (out < most) return true;
        for (unsigned shift = 0; shift < 28; shift += 7) {
            if (rest_.empty()) return false;
            const std::uint8_t byte = rest_[0];
            rest_ = rest_.subspan(1);
            out += (byte & 0x7fu) << shift;
            if ((byte & 0x80) == 0) return true;
        }
        return false;
    }
    bool read_text(Text& out) {
        if (rest_.empty()) return false;
        out.coded = (rest_[0] & 0x80) != 0;
        std::uint32_t size = 0;
        if (!read_number(7, size) || size > rest_.size()) return false;
        out.bytes = rest_.first(size);
        rest_ = rest_.subspan(size);
        return true;
    }

    bool read_field() {
        const std::uint8_t first = rest_[0];
        std::uint32_t index = 0;
        if ((first & 0x80) != 0)
            return read_number(7, index) ? indexed(index) : fail(Stop::malformed);
        if ((first & 0xe0) == 0x20)  // the table's size changes: what it holds is kept all the same
            return read_number(5, index) || fail(Stop::malformed);
        const bool adds = (first & 0x40) != 0;
        Entry entry;
        if (!read_number(adds ? 6 : 4, index) || !read_name(index, entry.field) ||
            !read_text(entry.value))
            return fail(Stop::malformed);
        if (adds) {
            if (entries_ == kDynamicEntriesMax) return fail(Stop::too_large);
            table_[entries_++] = entry;
        }
        return take(entry);
    }
    bool indexed(std::uint32_t index) {
        if (index == 0) return fail(Stop::malformed);
        if (index < kDynamicFirst) return true;  // static values: never the ones looked for
        const Entry* entry = dynamic(index);
        return entry != nullptr ? take(*entry) : fail(Stop::malformed);
    }
    // The newest entry comes first.
    const Entry* dynamic(std::uint32_t index) const {
        const std::uint32_t back = index - kDynamicFirst;
        return back < entries_ ? &table_[entries_ - 1 - back] : nullptr;
    }
    bool read_name(std::uint32_t index, Field& out) {
        if (index == kAuthorityIndex) out = Field::authority;
        if (index == kHostIndex) out = Field::host;
        if (index >= kDynamicFirst) {
            const Entry* entry = dynamic(index);
            if (entry == nullptr) return false;
            out = entry->field;
        }
        if (index != 0) return true;
        Text name;
        if (!read_text(name)) return false;
        std::array<char, 16> buffer;  // both names looked for fit; a longer one is neither
        std::string_view text = as_text(name.bytes);
        if (name.coded) {
            const auto size = decode_huffman(name.bytes, buffer);
            text = size ? std::string_view(buffer.data(), *size) : std::string_view();
        }
        if (text == ":authority") out = Field::authority;
        if (text == "host") out = Field::host;
        return true;
    }

    bool take(const Entry& entry) {
        if (entry.field == Field::other) return true;
        Authority found;
        if (!copy(entry.value, found)) return fail(Stop::malformed);
        Authority& known = entry.field == Field::authority ? authority_ : host_;
        const std::string_view before(known.bytes, known.size), now(found.bytes, found.size);
        if (known.size != 0 && before != now) return fail(Stop::malformed);
        known = found;
        return true;
    }
    static bool copy(const Text& value, Authority& out) {
        if (value.coded) {
            const auto size = decode_huffman(value.bytes, std::span(out.bytes, kAuthorityMax));
            if (size) out.size = static_cast<std::uint16_t>(*size);
            return size.ok();
        }
        if (value.bytes.size() > kAuthorityMax) return false;
        std::copy(value.bytes.begin(), value.bytes.end(), out.bytes);
        out.size = static_cast<std::uint16_t>(value.bytes.size());
        return true;
    }

    Bytes rest_;
    Stop stop_ = Stop::malformed;
    std::array<Entry, kDynamicEntriesMax> table_;
    std::size_t entries_ = 0;
    Authority authority_, host_;
};

}  // namespace

Result<std::size_t, Stop> decode_huffman(Bytes coded, std::span<char> out) noexcept {
    std::size_t size = 0;
    std::uint32_t code = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : coded) {
        for (int at = 7; at >= 0; --at) {
            code = code << 1 | (byte >> at & 1u);
            if (++bits > kCodeBitsMax) return Err{Stop::malformed};
            const std::uint32_t offset = code - kHuffman.first_code[bits];
            const unsigned place = kHuffman.first_place[bits] + offset;
            if (code < kHuffman.first_code[bits] || place >= kHuffman.first_place[bits + 1])
                continue;
            if (kHuffman.symbols[place] == kEos || size == out.size()) return Err{Stop::malformed};
            out[size++] = static_cast<char>(kHuffman.symbols[place]);
            code = 0;
            bits = 0;
        }
    }
    const bool padded = bits <= 7 && code == (1u << bits) - 1;
    return padded ? Result<std::size_t, Stop>(size) : Err{Stop::malformed};
}

Result<Authority, Stop> find_authority(Bytes block) noexcept { return Block(block).find(); }

}  // namespace sluice::wire

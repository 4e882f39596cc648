// IndexTable: finds equal elements of a growing vector. It holds hashes and indexes only, so a
// million rows are checked for duplicates in tens of milliseconds and 16 MB.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/base/ip.h"

namespace sluice::load {

inline constexpr std::uint32_t kNoIndex = 0xffffffff;

class IndexTable {
  public:
    // The index of the first element for which same(index) holds; kNoIndex = none.
    template <class Same>
    std::uint32_t find(std::uint64_t hash, Same same) const {
        if (cells_.empty()) return kNoIndex;
        for (std::size_t i = start(hash);; i = (i + 1) & (cells_.size() - 1)) {
            const Cell& cell = cells_[i];
            if (cell.index == kNoIndex) return kNoIndex;
            if (cell.tag == tag(hash) && same(cell.index)) return cell.index;
        }
    }
    // `index` is not in the table; equal elements are looked for with find() first.
    void add(std::uint64_t hash, std::uint32_t index) {
        if ((size_ + 1) * 2 > cells_.size()) grow();
        ++size_;
        put({tag(hash), static_cast<std::uint32_t>(hash), index});
    }

  private:
    struct Cell {
        std::uint32_t tag = 0;
        std::uint32_t low = 0;  // with the tag: the whole hash, for growing
        std::uint32_t index = kNoIndex;
    };
    static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
    std::size_t start(std::uint64_t hash) const {
        return static_cast<std::uint32_t>(hash) & (cells_.size() - 1);
    }
    void put(const Cell& cell) {
        std::size_t i = cell.low & (cells_.size() - 1);
        while (cells_[i].index != kNoIndex)
            i = (i + 1) & (cells_.size() - 1);
        cells_[i] = cell;
    }
    void grow() {
        std::vector<Cell> old(cells_.empty() ? 64 : cells_.size() * 2);
        old.swap(cells_);
        for (const Cell& cell : old)
            if (cell.index != kNoIndex) put(cell);
    }

    std::vector<Cell> cells_;  // a power of two, at most half full
    std::size_t size_ = 0;
};

// Spreads 64 bits over 64 bits (the finaliser of MurmurHash3).
constexpr std::uint64_t mix64(std::uint64_t x) {
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 33);
}

// For tables keyed by (a small number, prefix) and (a small number, text).
std::uint64_t hash_of(std::uint64_t number, const Prefix& prefix);
std::uint64_t hash_of(std::uint64_t number, std::string_view text);

}  // namespace sluice::load

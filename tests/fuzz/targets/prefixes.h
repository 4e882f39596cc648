// For fuzz targets of stream parsers: tries prefixes of an input, each in a buffer of its own size.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "rules/base/bytes.h"

namespace sluice::test {

// Calls `check(prefix)` for every prefix of a small input, and for about 64 evenly spread ones (the
// last few always) of a larger one. Copies, so that a sanitizer sees a read past the prefix.
template <class Check>
void for_prefixes(Bytes input, Check check) {
    const std::size_t stride = std::max<std::size_t>(1, input.size() / 64);
    for (std::size_t size = 0; size <= input.size();
         size += size + stride + 3 < input.size() ? stride : 1) {
        const std::vector<std::uint8_t> prefix(input.begin(),
                                               input.begin() + static_cast<std::ptrdiff_t>(size));
        check(Bytes(prefix));
    }
}

}  // namespace sluice::test

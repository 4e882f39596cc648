// HPACK (RFC 7541), as much as it takes to read one field out of a connection's first header block.
#pragma once
#include <cstdint>
#include <span>

#include "dataplane/wire/stop.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"

namespace sluice::wire {

inline constexpr std::size_t kAuthorityMax = 253;       // bytes, port and brackets included
inline constexpr std::size_t kHeaderFieldsMax = 256;    // of a block
inline constexpr std::size_t kDynamicEntriesMax = 128;  // added by the block itself

struct Authority {
    std::uint16_t size = 0;  // 0: the block names none
    char bytes[kAuthorityMax + 1] = {};
};

// Decodes a Huffman-coded string (RFC 7541 5.2) into `out`.
//   returns  its size; nothing written counts when it does not fit, the padding is wrong (longer
//            than 7 bits, or not ones), or EOS is in it: Stop::malformed
//   cost     O(bits)
Result<std::size_t, Stop> decode_huffman(Bytes coded, std::span<char> out) noexcept;

// Finds :authority, else host, in the first header block of a connection.
//   block    whole: padding and priority taken off, CONTINUATION frames joined
//   returns  the first :authority (RFC 9113 8.3.1), else the first host field, as sent; size 0 when
//            there is neither; malformed for a cut field, an index that means nothing, a value over
//            kAuthorityMax, two different authorities; too_large for more fields than the limits.
//   cost     O(block); no allocation. The dynamic table begins empty, as it does on a connection.
Result<Authority, Stop> find_authority(Bytes block) noexcept;

}  // namespace sluice::wire

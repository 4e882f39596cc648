// Why a parser of a byte stream has no answer. Only `need_more` can turn into one by waiting.
#pragma once
#include <cstdint>

namespace sluice::wire {

enum class Stop : std::uint8_t {
    need_more,     // a true prefix of something this parser reads
    other,         // cannot be this protocol, whatever follows
    malformed,     // is this protocol, and broken
    too_large,     // is this protocol, and longer than its limit
};

}  // namespace sluice::wire

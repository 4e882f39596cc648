// The words behind "FROM > TO": what each does to a PacketSpec.
#pragma once
#include "tests/support/packet_spec.h"
#include "tests/support/words.h"

namespace sluice::testing {

// False for a word nobody knows; throws std::invalid_argument for a known one with a bad value.
bool apply_word(PacketSpec& spec, const Word& word);

}  // namespace sluice::testing

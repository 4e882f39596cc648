// Values of fields: what people and other programs put into requests, checked by their type.
#pragma once
#include "control/lifecycle/life_cycle.h"

namespace sluice::control {

inline constexpr std::size_t kFieldValuesMax = 10'000;  // of one field
inline constexpr std::size_t kFieldBytesMax = 4'096;    // of one value

// What is wrong with the values of a field; empty when they are right. Values are made canonical
// in place (addresses, names).
std::string check_field(const FieldRule& rule, std::vector<std::string>& values);

}  // namespace sluice::control

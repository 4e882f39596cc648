// References of blocked flows as this folder keeps them: text.
#pragma once
#include <cstdint>
#include <string>

#include "rules/ipc/reference.h"

namespace sluice::control {

inline std::string reference_as_text(std::uint64_t reference) {
    return std::string(ipc::reference_text(reference).view());
}

}  // namespace sluice::control

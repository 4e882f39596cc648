#include "control/store/sha256.h"

#include "rules/ipc/sha256.h"

namespace sluice::control {

std::string sha256_hex(std::string_view bytes) {
    return ipc::to_hex(ipc::sha256(std::as_bytes(std::span(bytes))));
}

}  // namespace sluice::control

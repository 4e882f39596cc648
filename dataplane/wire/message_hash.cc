// The plain functions, deprecated in OpenSSL 3: the ones it wants instead fetch and allocate.
#include "dataplane/wire/message_hash.h"

#include <openssl/sha.h>

namespace sluice::wire {

std::array<std::uint8_t, 32> message_hash(Bytes message) noexcept {
    static_assert(SHA256_DIGEST_LENGTH == 32);
    std::array<std::uint8_t, 32> hash;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, message.data(), message.size());
    SHA256_Final(hash.data(), &context);
    return hash;
}

}  // namespace sluice::wire

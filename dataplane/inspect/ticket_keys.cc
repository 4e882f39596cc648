#include "dataplane/inspect/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/mman.h>

#include <cstring>
#include <new>

#include "rules/base/assert.h"

namespace sluice::inspect {
namespace {

int context_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

bool set_keys(const TicketKey& key, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
              EVP_MAC_CTX* mac, bool encrypt) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(
            OSSL_MAC_PARAM_KEY, const_cast<std::uint8_t*>(key.mac.data()), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END};
    return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv,
                             encrypt ? 1 : 0) == 1 &&
           EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

}  // namespace

TicketKeys* TicketKeys::make_shared() {
    void* memory = mmap(nullptr, sizeof(TicketKeys), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    SLUICE_ASSERT(memory != MAP_FAILED);
    // Best effort: a key in swap or in a core outlives its hour.
    static_cast<void>(mlock(memory, sizeof(TicketKeys)));
    static_cast<void>(madvise(memory, sizeof(TicketKeys), MADV_DONTDUMP));
    return new (memory) TicketKeys;
}

bool TicketKeys::rotate(UtcTime now) {
    const std::int64_t last = rotated_.load();
    // A clock that was set back renews too: better early than never.
    if (last != 0 && now.raw() >= last && now.raw() - last < kRotateSeconds) return true;
    TicketKey key;
    if (RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) != 1 ||
        RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) != 1 ||
        RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) != 1)
        return false;
    const std::uint32_t sequence = sequence_.load();
    sequence_.store(sequence + 1);
    std::atomic_thread_fence(std::memory_order_release);
    keys_.before = last == 0 ? key : keys_.newest;
    keys_.newest = key;
    sequence_.store(sequence + 2, std::memory_order_release);
    rotated_.store(now.raw());
    OPENSSL_cleanse(&key, sizeof key);
    return true;
}

TicketKeys::Pair TicketKeys::read() const {
    for (;;) {
        const std::uint32_t before = sequence_.load(std::memory_order_acquire);
        const Pair copy = keys_;
        std::atomic_thread_fence(std::memory_order_acquire);
        if ((before & 1) == 0 && sequence_.load() == before) return copy;
    }
}

void TicketKeys::serve(SSL_CTX* context) {
    SSL_CTX_set_ex_data(context, context_index(), this);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

// 1: the key is set; 2: set, and the client should get a newer ticket; 0: no such key, a full
// handshake follows; -1: failed.
int TicketKeys::on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                          EVP_MAC_CTX* mac, int encrypt) {
    const auto* self =
        static_cast<const TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index()));
    Pair keys = self->read();
    int answer = 0;
    if (encrypt != 0) {
        std::memcpy(name, keys.newest.name.data(), keys.newest.name.size());
        const bool good =
            RAND_bytes(iv, EVP_MAX_IV_LENGTH) == 1 && set_keys(keys.newest, iv, cipher, mac, true);
        answer = good ? 1 : -1;
    } else if (CRYPTO_memcmp(name, keys.newest.name.data(), keys.newest.name.size()) == 0) {
        answer = set_keys(keys.newest, iv, cipher, mac, false) ? 1 : -1;
    } else if (CRYPTO_memcmp(name, keys.before.name.data(), keys.before.name.size()) == 0) {
        answer = set_keys(keys.before, iv, cipher, mac, false) ? 2 : -1;
    }
    OPENSSL_cleanse(&keys, sizeof keys);
    return answer;
}

}  // namespace sluice::inspect

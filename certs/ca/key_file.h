// Private keys at rest: PKCS#8 under a passphrase (PBES2: scrypt, AES-256-CBC; RFC 5958, 7914), as
// `openssl pkey -in FILE` reads them. In memory they lie in OpenSSL's secure heap where there is
// one (secure_heap.h): locked, never swapped, wiped when freed.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "certs/x509/handles.h"
#include "rules/base/result.h"

namespace sluice::certs {

// Wiped when it goes. At most 1,024 bytes: it lies in the secure heap too.
class Passphrase {
  public:
    Passphrase() = default;
    explicit Passphrase(std::string_view text);
    Passphrase(Passphrase&& other) noexcept;
    Passphrase& operator=(Passphrase&& other) noexcept;
    ~Passphrase();

    const char* data() const { return data_; }
    std::size_t size() const { return size_; }

  private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
};
inline constexpr std::size_t kPassphraseBytesMax = 1'024;
inline constexpr std::size_t kPassphraseBytesMin = 12;

struct KeyFileError {
    std::string message;  // which file, what is wrong, what to do
};

// The first line of a file that nobody but its owner (us or root) may read.
Result<Passphrase, KeyFileError> read_passphrase(const std::filesystem::path& file);

// A new key of P-256, or Ed25519. Asserts that OpenSSL has memory and randomness.
KeyPtr make_p256_key();
KeyPtr make_ed25519_key();

// What a guess at a passphrase costs, and what opening the key does: scrypt (RFC 7914). The default
// is OWASP's second choice, the largest that OpenSSL opens without being told a limit: about 0.2 s
// and 16 MiB.
struct ScryptCost {
    std::uint64_t n = 1u << 14, r = 8, p = 5;
};

// Writes the key, mode 0400, where no file is yet.
Result<Done, KeyFileError> write_key(const std::filesystem::path& file, const EVP_PKEY* key,
                                     const Passphrase& passphrase, const ScryptCost& cost = {});
// Reads a key; a file without a passphrase on it, or that others may read, is refused.
Result<KeyPtr, KeyFileError> read_key(const std::filesystem::path& file,
                                      const Passphrase& passphrase);

// Gives OpenSSL a locked heap for private keys. Once a process, before the first key.
//   returns  false when memory cannot be locked (RLIMIT_MEMLOCK): keys would be swappable.
bool make_secure_heap();

}  // namespace sluice::certs

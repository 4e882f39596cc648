#include "certs/ca/key_file.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

namespace fs = std::filesystem;

using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;
using SealedPtr = std::unique_ptr<X509_SIG, Freed<X509_SIG_free>>;

constexpr std::size_t kSecureHeapBytes = 1u << 17;
constexpr std::size_t kKeyFileBytesMax = 16'384;

Err<KeyFileError> fail(const fs::path& file, const std::string& what) {
    return Err{KeyFileError{file.string() + ": " + what}};
}

// The content of a file that only its owner can read, and that is ours or root's.
Result<std::string, KeyFileError> read_private(const fs::path& file, std::size_t bytes_max) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail(file, std::string("cannot be opened: ") + std::strerror(errno));
    struct stat info {};
    std::string text(bytes_max + 1, '\0');
    const bool good = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    const ssize_t size = good ? ::read(fd, text.data(), text.size()) : -1;
    ::close(fd);
    if (size < 0) return fail(file, "is no regular file, or cannot be read");
    if ((info.st_mode & 077) != 0)
        return fail(file, "others may read it; say `chmod 0400` and think about who has read it");
    if (info.st_uid != 0 && info.st_uid != ::geteuid())
        return fail(file, "belongs to another user; it must be root's or the reader's own");
    if (static_cast<std::size_t>(size) > bytes_max) return fail(file, "is too large");
    text.resize(static_cast<std::size_t>(size));
    return text;
}

SealedPtr seal(const EVP_PKEY* key, const Passphrase& passphrase, const ScryptCost& cost) {
    std::array<unsigned char, 16> salt;
    SLUICE_ASSERT(RAND_bytes(salt.data(), static_cast<int>(salt.size())) == 1);
    const Pkcs8Ptr plain(EVP_PKEY2PKCS8(key));
    X509_ALGOR* scheme =
        PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt.data(), static_cast<int>(salt.size()),
                              nullptr, cost.n, cost.r, cost.p);
    SLUICE_ASSERT(plain && scheme != nullptr);
    SealedPtr sealed(PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()),
                                    plain.get(), scheme));
    SLUICE_ASSERT(sealed != nullptr);
    return sealed;
}

}  // namespace

Passphrase::Passphrase(std::string_view text)
    : data_(static_cast<char*>(OPENSSL_secure_zalloc(text.size() + 1))), size_(text.size()) {
    SLUICE_ASSERT(data_ != nullptr);
    std::memcpy(data_, text.data(), text.size());
}
Passphrase::Passphrase(Passphrase&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
Passphrase& Passphrase::operator=(Passphrase&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}
Passphrase::~Passphrase() { OPENSSL_secure_clear_free(data_, size_ + 1); }

Result<Passphrase, KeyFileError> read_passphrase(const fs::path& file) {
    auto text = read_private(file, kPassphraseBytesMax);
    if (!text) return Err{text.error()};
    std::string& all = text.value();
    Passphrase passphrase(std::string_view(all).substr(0, all.find_first_of("\r\n")));
    OPENSSL_cleanse(all.data(), all.size());
    if (passphrase.size() < kPassphraseBytesMin)
        return fail(file, "holds a passphrase of fewer than 12 characters");
    return passphrase;
}

KeyPtr make_p256_key() {
    KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    SLUICE_ASSERT(key != nullptr);
    return key;
}
KeyPtr make_ed25519_key() {
    KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    SLUICE_ASSERT(key != nullptr);
    return key;
}

Result<Done, KeyFileError> write_key(const fs::path& file, const EVP_PKEY* key,
                                     const Passphrase& passphrase, const ScryptCost& cost) {
    const SealedPtr sealed = seal(key, passphrase, cost);
    const BioPtr pem(BIO_new(BIO_s_mem()));
    SLUICE_ASSERT(PEM_write_bio_PKCS8(pem.get(), sealed.get()) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(pem.get(), &text);
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    if (fd < 0) return fail(file, std::string("cannot be made: ") + std::strerror(errno));
    const bool written =
        ::write(fd, text, static_cast<std::size_t>(size)) == size && ::fsync(fd) == 0;
    ::close(fd);
    if (!written) return fail(file, "could not be written whole; make room and begin again");
    return Done{};
}

Result<KeyPtr, KeyFileError> read_key(const fs::path& file, const Passphrase& passphrase) {
    SLUICE_TRY(text, read_private(file, kKeyFileBytesMax));
    const BioPtr pem(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const SealedPtr sealed(PEM_read_bio_PKCS8(pem.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!sealed)
        return fail(file,
                    "holds no encrypted key (PEM, ENCRYPTED PRIVATE KEY); keys lie encrypted");
    const Pkcs8Ptr plain(
        PKCS8_decrypt(sealed.get(), passphrase.data(), static_cast<int>(passphrase.size())));
    KeyPtr key(plain ? EVP_PKCS82PKEY(plain.get()) : nullptr);
    ERR_clear_error();
    if (!key) return fail(file, "does not open with this passphrase");
    return key;
}

bool make_secure_heap() {
    // 1: made, locked; 2: made, but could not be locked or guarded.
    return CRYPTO_secure_malloc_initialized() != 0 ||
           CRYPTO_secure_malloc_init(kSecureHeapBytes, 16) == 1;
}

}  // namespace sluice::certs

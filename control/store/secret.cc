// Secrets of the installation, drawn once.
#include <sys/random.h>

#include <array>

#include "control/store/guarded.h"

namespace sluice::control {
namespace {

std::string random_hex() {
    std::array<std::uint8_t, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw SqliteError("the system gives no random bytes");
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t byte : bytes) {
        hex += kDigits[byte >> 4];
        hex += kDigits[byte & 15];
    }
    return hex;
}

}  // namespace

Result<std::string, StoreError> SqliteStore::secret(const std::string& name) {
    return guarded<std::string>([&]() -> Result<std::string, StoreError> {
        const std::string key = "secret_" + name;
        Transaction whole(db_);
        {
            Statement known(db_, "SELECT value FROM meta WHERE key = ?");
            if (known.bind(key).step()) return known.text(0);
        }
        const std::string drawn = random_hex();
        Statement insert(db_, "INSERT INTO meta (key, value) VALUES (?, ?)");
        insert.bind(key, drawn).run();
        whole.commit();
        return drawn;
    });
}

}  // namespace sluice::control

// An internet of our own for tests: a public root, an intermediate, origins' certificates; and the
// gateway's CA, made once a test program.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "certs/ca/ceremony.h"
#include "certs/x509/certificate.h"

namespace sluice::certs::test {

inline constexpr std::int64_t kNoon = 1'780'315'200;  // 2026-06-01T12:00:00Z
inline constexpr std::int64_t kDay = 86'400;

// One certificate to be made; everything else about it is ordinary.
struct Wanted {
    std::vector<std::string> names;  // alternative names; addresses are taken for such
    bool ca = false;
    int path_length = 0;
    std::int64_t not_before = kNoon - 10 * kDay;
    std::int64_t not_after = kNoon + 80 * kDay;
    std::string common_name = "test";
};
struct Identity {
    X509Ptr certificate;
    KeyPtr key;
    Der der() const { return der_of(certificate.get()); }
};
// `issuer` null: self-signed.
Identity make_identity(const Wanted& wanted, const Identity* issuer = nullptr);

// The origins' side: root and intermediate.
struct Internet {
    Identity root, intermediate;
    explicit Internet(std::int64_t now);
    // leaf, intermediate, root
    std::vector<Der> chain_for(const Wanted& wanted) const;
};
const Internet& internet();

// A directory that goes away with it.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// The ceremony's result, made once: OUT/gateway with generation "g1" that excludes gov.example.
struct Gateway {
    TemporaryDirectory home;
    CeremonyRecord record;
    std::shared_ptr<const Generation> generation;
    explicit Gateway(std::int64_t now);
    std::filesystem::path ca_directory() const { return home.path() / "out" / "gateway"; }
    std::filesystem::path offline() const { return home.path() / "out" / "offline"; }
};
Gateway& gateway();
inline constexpr ScryptCost kCheap{16, 8, 1};  // guessing is not what is tested
inline constexpr char kRootPassphrase[] = "the root's passphrase";
inline constexpr char kOnlinePassphrase[] = "the gateway's passphrase";

std::vector<Bytes> views(const std::vector<Der>& chain);
std::string contents(const std::filesystem::path& file);
void overwrite(const std::filesystem::path& file, std::string_view text);

}  // namespace sluice::certs::test

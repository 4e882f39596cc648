// One generation of the CA: the certificates and keys that leaves are signed with, as one
// directory.
//
//   DIR/current                     the name of the generation in force
//   DIR/<generation>/root.pem       what workstations install (G21, G23)
//                   /issuing.pem    signed by the root: path length 0, name constraints
//                   /issuing.key    encrypted (key_file.h)
//                   /untrusted.pem  the CA whose certificate nobody installs, self-signed
//                   /untrusted.key
//
// A generation is never changed: a new one is a new directory, put in force by `current`. Leaves of
// the old one stay valid as long as their own dates.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "certs/ca/key_file.h"
#include "certs/x509/certificate.h"
#include "rules/base/result.h"
#include "rules/ipc/signer.h"

namespace sluice::certs {

struct CaError {
    std::string message;  // which file, what is wrong, what to do
};

// A CA that can sign, with what is asked of it for every leaf worked out once.
struct Issuer {
    X509Ptr certificate;
    KeyPtr key;
    Der der, spki;
    Validity validity{};
    std::vector<std::string> excluded;  // DNS suffixes of its name constraints, canonical
};

struct Generation {
    std::string id;  // of the directory: letters, digits, '-', '.', at most 63 bytes
    Der root, root_spki;
    Issuer trusted, untrusted;
    const Issuer& issuer(ipc::SignerIssuer which) const {
        return which == ipc::SignerIssuer::trusted ? trusted : untrusted;
    }
};

inline constexpr std::size_t kExcludedMax = 20;  // design section 6
inline constexpr std::size_t kIssuingCertificateBytesMax = 1'536;

bool is_generation_id(std::string_view text);

// The generation in force, or a named one. Checks that keys and certificates belong together, that
// the issuing CA is a CA of path length 0 under the root, and the limits above.
Result<std::string, CaError> current_generation(const std::filesystem::path& ca_directory);
Result<std::shared_ptr<const Generation>, CaError> load_generation(
    const std::filesystem::path& ca_directory, const std::string& id, const Passphrase& passphrase);

// The same without keys (they stay null): for whoever may read certificates only.
Result<std::shared_ptr<const Generation>, CaError> load_certificates(
    const std::filesystem::path& ca_directory, const std::string& id);

// Puts a generation in force, durably.
Result<Done, CaError> set_current(const std::filesystem::path& ca_directory, const std::string& id);

// Do the constraints exclude the name? "gov.kz" excludes gov.kz and all below it (RFC 5280
// 4.2.1.10). Addresses are never excluded.
bool is_excluded(const Issuer& issuer, const Subject& subject);

}  // namespace sluice::certs

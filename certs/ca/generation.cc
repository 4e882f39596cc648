#include "certs/ca/generation.h"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "certs/log/log_files.h"
#include "rules/base/canonical_name.h"
#include "rules/ipc/durable_file.h"

namespace sluice::certs {
namespace {

namespace fs = std::filesystem;

using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, Freed<NAME_CONSTRAINTS_free>>;

constexpr std::size_t kPemBytesMax = 16'384;

Err<CaError> fail(const fs::path& file, const std::string& what) {
    return Err{CaError{file.string() + ": " + what}};
}

Result<X509Ptr, CaError> read_certificate(const fs::path& file) {
    const auto pem = read_file(file, kPemBytesMax);
    X509Ptr certificate = pem ? certificate_from_pem(as_text(*pem)) : nullptr;
    if (!certificate) return fail(file, "cannot be read as a PEM certificate");
    return certificate;
}

// DNS suffixes that the certificate excludes; nothing when its constraints are of another kind.
std::optional<std::vector<std::string>> excluded_by(const X509* certificate) {
    int critical = 0;
    const ConstraintsPtr constraints(static_cast<NAME_CONSTRAINTS*>(
        X509_get_ext_d2i(certificate, NID_name_constraints, &critical, nullptr)));
    ERR_clear_error();
    std::vector<std::string> suffixes;
    if (!constraints) {
        if (critical != -1) return std::nullopt;  // it is there, but cannot be read
        return suffixes;
    }
    if (sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees) > 0) return std::nullopt;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees); ++i) {
        const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(constraints->excludedSubtrees, i)->base;
        if (base->type != GEN_DNS) return std::nullopt;
        const Bytes text(ASN1_STRING_get0_data(base->d.dNSName),
                         static_cast<std::size_t>(ASN1_STRING_length(base->d.dNSName)));
        char canonical[kNameBufferBytes];
        std::size_t size = 0;
        if (!canonical_name(as_text(text), canonical, size)) return std::nullopt;
        suffixes.emplace_back(canonical, size);
    }
    return suffixes;
}

Result<Issuer, CaError> read_issuer(const fs::path& file) {
    Issuer issuer;
    SLUICE_TRY(certificate, read_certificate(file));
    issuer.certificate = std::move(certificate);
    X509* x = issuer.certificate.get();
    issuer.der = der_of(x);
    issuer.spki = spki_of(X509_get0_pubkey(x));
    const auto validity = validity_of(x);
    const auto excluded = excluded_by(x);
    if (X509_check_ca(x) != 1 || (X509_get_key_usage(x) & KU_KEY_CERT_SIGN) == 0 ||
        X509_get_pathlen(x) != 0)
        return fail(file, "is no CA of path length 0 that may sign certificates");
    if (EVP_PKEY_get_base_id(X509_get0_pubkey(x)) != EVP_PKEY_EC ||
        EVP_PKEY_get_bits(X509_get0_pubkey(x)) != 256)
        return fail(file, "its key is not P-256");
    if (!validity || X509_get0_subject_key_id(x) == nullptr)
        return fail(file, "has no readable dates, or no subject key id");
    if (!excluded || excluded->size() > kExcludedMax)
        return fail(file, "its name constraints are more than 20, or not excluded DNS suffixes");
    if (issuer.der.size() > kIssuingCertificateBytesMax)
        return fail(file, "is larger than 1,536 bytes: every inspected handshake would carry it");
    issuer.validity = *validity;
    issuer.excluded = *excluded;
    return issuer;
}

Result<Done, CaError> read_issuer_key(const fs::path& file, const Passphrase& passphrase,
                                      Issuer& issuer) {
    auto key = read_key(file, passphrase);
    if (!key) return Err{CaError{key.error().message}};
    issuer.key = std::move(key).value();
    if (X509_check_private_key(issuer.certificate.get(), issuer.key.get()) == 1) return Done{};
    ERR_clear_error();
    return fail(file, "is not the key of the certificate beside it");
}

Result<std::shared_ptr<Generation>, CaError> read_generation(const fs::path& ca_directory,
                                                             const std::string& id) {
    if (!is_generation_id(id)) return fail(ca_directory / "current", "names no generation");
    const fs::path dir = ca_directory / id;
    auto generation = std::make_shared<Generation>();
    generation->id = id;
    SLUICE_TRY(root, read_certificate(dir / "root.pem"));
    generation->root = der_of(root.get());
    EVP_PKEY* const root_key = X509_get0_pubkey(root.get());
    generation->root_spki = spki_of(root_key);
    SLUICE_TRY(trusted, read_issuer(dir / "issuing.pem"));
    SLUICE_TRY(untrusted, read_issuer(dir / "untrusted.pem"));
    const bool under_root = X509_check_issued(root.get(), trusted.certificate.get()) == X509_V_OK &&
                            X509_verify(trusted.certificate.get(), root_key) == 1;
    const bool apart = X509_verify(untrusted.certificate.get(), root_key) != 1 &&
                       untrusted.spki != trusted.spki && untrusted.spki != generation->root_spki;
    ERR_clear_error();
    if (!under_root) return fail(dir / "issuing.pem", "is not signed by the root beside it");
    if (!apart)
        return fail(dir / "untrusted.pem", "hangs together with the root: it would be trusted");
    generation->trusted = std::move(trusted);
    generation->untrusted = std::move(untrusted);
    return generation;
}

}  // namespace

bool is_generation_id(std::string_view text) {
    return !text.empty() && text.size() < ipc::kSignerIdBytes && text[0] != '.' && text[0] != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.';
           });
}

Result<std::string, CaError> current_generation(const fs::path& ca_directory) {
    const fs::path file = ca_directory / "current";
    const auto bytes = read_file(file, ipc::kSignerIdBytes + 1);
    if (!bytes) return fail(file, "cannot be read; `sluicectl ca ceremony` makes the first one");
    std::string_view text = as_text(*bytes);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (!is_generation_id(text)) return fail(file, "does not hold the name of a generation");
    return std::string(text);
}

Result<std::shared_ptr<const Generation>, CaError> load_generation(const fs::path& ca_directory,
                                                                   const std::string& id,
                                                                   const Passphrase& passphrase) {
    SLUICE_TRY(generation, read_generation(ca_directory, id));
    const fs::path dir = ca_directory / id;
    SLUICE_TRY(one, read_issuer_key(dir / "issuing.key", passphrase, generation->trusted));
    SLUICE_TRY(two, read_issuer_key(dir / "untrusted.key", passphrase, generation->untrusted));
    static_cast<void>(one);
    static_cast<void>(two);
    return std::shared_ptr<const Generation>(std::move(generation));
}

Result<std::shared_ptr<const Generation>, CaError> load_certificates(const fs::path& ca_directory,
                                                                     const std::string& id) {
    SLUICE_TRY(generation, read_generation(ca_directory, id));
    return std::shared_ptr<const Generation>(std::move(generation));
}

Result<Done, CaError> set_current(const fs::path& ca_directory, const std::string& id) {
    const std::string line = id + "\n";
    if (!ipc::write_durably(ca_directory / "current", std::as_bytes(std::span(line))))
        return fail(ca_directory / "current", std::strerror(errno));
    return Done{};
}

bool is_excluded(const Issuer& issuer, const Subject& subject) {
    const std::string_view name = subject.name;
    return std::any_of(issuer.excluded.begin(), issuer.excluded.end(), [&](const std::string& s) {
        return name == s || (name.size() > s.size() && name.ends_with(s) &&
                             name[name.size() - s.size() - 1] == '.');
    });
}

}  // namespace sluice::certs

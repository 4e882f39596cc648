#include "certs/ca/ceremony.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "certs/log/log_files.h"
#include "certs/log/note.h"
#include "certs/x509/extension.h"
#include "rules/base/assert.h"
#include "rules/ipc/durable_file.h"

namespace sluice::certs {
namespace {

namespace fs = std::filesystem;

using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, Freed<NAME_CONSTRAINTS_free>>;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kBackdateSeconds = 3'600;  // clients' clocks that are behind

Err<CaError> fail(const fs::path& at, const std::string& what) {
    return Err{CaError{at.string() + ": " + what}};
}

// How keys are written.
struct Sealing {
    const Passphrase& passphrase;
    const ScryptCost& cost;
};

// A CA to be made.
struct Draft {
    std::string common_name;
    int path_length = 0;
    std::int64_t not_before = 0, not_after = 0;
};

void set_subject(X509_NAME* name, const std::string& organisation, const std::string& common_name) {
    const auto add = [&](const char* field, const std::string& text) {
        SLUICE_ASSERT(X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, as_bytes(text).data(),
                                                 static_cast<int>(text.size()), -1, 0) == 1);
    };
    add("O", organisation);
    add("CN", common_name);
}

void add_excluded(X509* certificate, const std::vector<std::string>& suffixes) {
    if (suffixes.empty()) return;
    const ConstraintsPtr constraints(NAME_CONSTRAINTS_new());
    constraints->excludedSubtrees = sk_GENERAL_SUBTREE_new_null();
    for (const std::string& suffix : suffixes) {
        GENERAL_SUBTREE* subtree = GENERAL_SUBTREE_new();
        subtree->base->type = GEN_DNS;
        subtree->base->d.dNSName = ASN1_IA5STRING_new();
        SLUICE_ASSERT(ASN1_STRING_set(subtree->base->d.dNSName, suffix.data(),
                                      static_cast<int>(suffix.size())) == 1 &&
                      sk_GENERAL_SUBTREE_push(constraints->excludedSubtrees, subtree) > 0);
    }
    add_extension(certificate, NID_name_constraints, constraints.get(), true);
}

// `issuer` null: self-signed.
X509Ptr make_ca(const CeremonyPlan& plan, const Draft& draft, EVP_PKEY* key, const X509* issuer,
                EVP_PKEY* issuer_key) {
    X509Ptr certificate(X509_new());
    X509* x = certificate.get();
    SLUICE_ASSERT(X509_set_version(x, X509_VERSION_3) == 1 && X509_set_pubkey(x, key) == 1);
    set_random_serial(x);
    set_validity(x, draft.not_before, draft.not_after);
    set_subject(X509_get_subject_name(x), plan.organisation, draft.common_name);
    X509_set_issuer_name(x, X509_get_subject_name(issuer == nullptr ? x : issuer));
    add_basic_constraints(x, true, draft.path_length);
    add_key_usage(x, KU_KEY_CERT_SIGN | KU_CRL_SIGN);
    add_subject_key_id(x);
    if (issuer != nullptr) add_authority_key_id(x, issuer);
    if (draft.path_length == 0) add_excluded(x, plan.excluded);
    SLUICE_ASSERT(sign_certificate(x, issuer_key));
    return certificate;
}

struct Root {
    X509Ptr certificate;
    KeyPtr key;
};

Result<Root, CaError> make_root(const CeremonyPlan& plan, const Passphrase& passphrase) {
    const fs::path dir = plan.out / "offline";
    Root root{nullptr, make_p256_key()};
    const Draft draft{"Sluice root " + plan.generation, 1, plan.now.raw() - kBackdateSeconds,
                      plan.now.raw() + plan.root_days * kDay};
    root.certificate = make_ca(plan, draft, root.key.get(), nullptr, root.key.get());
    if (::mkdir(dir.c_str(), 0700) != 0) return fail(dir, std::strerror(errno));
    const std::string pem = pem_of(root.certificate.get());
    if (!ipc::write_durably(dir / "root.pem", std::as_bytes(std::span(pem))))
        return fail(dir / "root.pem", std::strerror(errno));
    const auto written = write_key(dir / "root.key", root.key.get(), passphrase, plan.cost);
    if (!written) return Err{CaError{written.error().message}};
    return root;
}

Result<Root, CaError> read_root(const fs::path& dir, const Passphrase& passphrase) {
    Root root;
    const auto pem = read_file(dir / "root.pem", 16'384);
    root.certificate = pem ? certificate_from_pem(as_text(*pem)) : nullptr;
    if (!root.certificate) return fail(dir / "root.pem", "cannot be read as a PEM certificate");
    auto key = read_key(dir / "root.key", passphrase);
    if (!key) return Err{CaError{key.error().message}};
    root.key = std::move(key).value();
    if (X509_check_private_key(root.certificate.get(), root.key.get()) != 1)
        return fail(dir / "root.key", "is not the key of the root.pem beside it");
    return root;
}

// `file` without its ending: <file>.pem, and <file>.key unless `key` is null.
Result<Done, CaError> put(const fs::path& file, X509* certificate, const EVP_PKEY* key,
                          const Sealing& sealing) {
    const std::string pem = pem_of(certificate);
    if (!ipc::write_durably(fs::path(file.string() + ".pem"), std::as_bytes(std::span(pem))))
        return fail(file, std::strerror(errno));
    if (key == nullptr) return Done{};
    const auto written =
        write_key(fs::path(file.string() + ".key"), key, sealing.passphrase, sealing.cost);
    if (!written) return Err{CaError{written.error().message}};
    return Done{};
}

Result<Done, CaError> make_generation(const CeremonyPlan& plan, const Root& root,
                                      const Passphrase& passphrase, CeremonyRecord& record) {
    const fs::path dir = plan.out / "gateway" / plan.generation;
    if (::mkdir(dir.c_str(), 0750) != 0) return fail(dir, std::strerror(errno));
    const std::int64_t until =
        std::min(plan.now.raw() + plan.issuing_days * kDay, record.root_validity.not_after.raw());
    const Draft issuing{"Sluice issuing " + plan.generation, 0, plan.now.raw() - kBackdateSeconds,
                        until};
    Draft untrusted = issuing;
    untrusted.common_name = "Sluice UNTRUSTED, do not install";
    const Sealing sealing{passphrase, plan.cost};
    const KeyPtr issuing_key = make_p256_key(), untrusted_key = make_p256_key();
    const X509Ptr a =
        make_ca(plan, issuing, issuing_key.get(), root.certificate.get(), root.key.get());
    const X509Ptr b = make_ca(plan, untrusted, untrusted_key.get(), nullptr, untrusted_key.get());
    SLUICE_TRY(one, put(dir / "root", root.certificate.get(), nullptr, sealing));
    SLUICE_TRY(two, put(dir / "issuing", a.get(), issuing_key.get(), sealing));
    SLUICE_TRY(three, put(dir / "untrusted", b.get(), untrusted_key.get(), sealing));
    static_cast<void>(one);
    static_cast<void>(two);
    static_cast<void>(three);
    const Der issuing_der = der_of(a.get());
    record.issuing = fingerprint(issuing_der);
    record.issuing_bytes = issuing_der.size();
    record.untrusted = fingerprint(der_of(b.get()));
    record.issuing_validity = validity_of(a.get()).value();
    return Done{};
}

Result<Done, CaError> make_log_key(const CeremonyPlan& plan, const Passphrase& passphrase,
                                   CeremonyRecord& record) {
    const fs::path dir = plan.out / "gateway";
    const KeyPtr key = make_ed25519_key();
    const auto verifier = verifier_of(key.get(), plan.log_name);
    SLUICE_ASSERT(verifier.has_value());
    record.log_verifier = verifier->text();
    const std::string line = record.log_verifier + "\n";
    if (!ipc::write_durably(dir / "log.vkey", std::as_bytes(std::span(line))))
        return fail(dir / "log.vkey", std::strerror(errno));
    const auto written = write_key(dir / "log.key", key.get(), passphrase, plan.cost);
    if (!written) return Err{CaError{written.error().message}};
    return Done{};
}

std::string what_is_wrong(const CeremonyPlan& plan) {
    const auto printable = [](char c) { return c >= 0x20 && c < 0x7f; };
    if (!is_generation_id(plan.generation))
        return "a generation is named by letters, digits, '-' and '.', such as 2026-1";
    if (plan.organisation.empty() || plan.organisation.size() > 64 ||
        !std::all_of(plan.organisation.begin(), plan.organisation.end(), printable))
        return "the organisation is 1 to 64 characters of printable ASCII";
    if (!is_log_name(plan.log_name)) return "the log's name has no blanks and no '+'";
    if (plan.excluded.size() > kExcludedMax)
        return "more than 20 excluded suffixes: name only those the law names";
    if (plan.root_days == 0 || plan.issuing_days == 0) return "a CA is valid for at least one day";
    return {};
}

}  // namespace

Result<CeremonyRecord, CaError> hold_ceremony(const CeremonyPlan& plan,
                                              const Passphrase& root_passphrase,
                                              const Passphrase& online_passphrase) {
    if (const std::string wrong = what_is_wrong(plan); !wrong.empty()) return Err{CaError{wrong}};
    std::error_code failure;
    fs::create_directories(plan.out / "gateway", failure);
    if (failure) return fail(plan.out, "cannot be made: " + failure.message());
    if (fs::exists(plan.out / "offline") || !fs::is_empty(plan.out / "gateway"))
        return fail(plan.out, "holds a ceremony already; name a new directory");
    CeremonyRecord record;
    auto root = plan.root_from ? read_root(*plan.root_from, root_passphrase)
                               : make_root(plan, root_passphrase);
    if (!root) return Err{root.error()};
    record.root = fingerprint(der_of(root->certificate.get()));
    record.root_validity = validity_of(root->certificate.get()).value();
    if (record.root_validity.not_after <= plan.now)
        return fail(*plan.root_from, "the root has expired; make a new one");
    SLUICE_TRY(made, make_generation(plan, root.value(), online_passphrase, record));
    static_cast<void>(made);
    if (!plan.root_from) {
        SLUICE_TRY(key, make_log_key(plan, online_passphrase, record));
        static_cast<void>(key);
    }
    if (record.issuing_bytes > kIssuingCertificateBytesMax)
        return fail(plan.out,
                    "the issuing certificate came out larger than 1,536 bytes; exclude "
                    "fewer or shorter suffixes and begin again in a new directory");
    const auto checked = load_generation(plan.out / "gateway", plan.generation, online_passphrase);
    if (!checked) return Err{checked.error()};
    SLUICE_TRY(current, set_current(plan.out / "gateway", plan.generation));
    static_cast<void>(current);
    return record;
}

}  // namespace sluice::certs

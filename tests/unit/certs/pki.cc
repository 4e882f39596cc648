#include "tests/unit/certs/pki.h"

#include <fstream>
#include <iterator>

#include "certs/x509/extension.h"
#include "rules/base/assert.h"

namespace sluice::certs::test {

namespace fs = std::filesystem;

namespace {

void add_names(X509* x, const std::vector<std::string>& names) {
    if (names.empty()) return;
    const NamesPtr all(GENERAL_NAMES_new());
    for (const std::string& text : names) {
        GENERAL_NAME* name = GENERAL_NAME_new();
        if (const auto address = parse_ip(text)) {
            name->type = GEN_IPADD;
            name->d.iPAddress = ASN1_OCTET_STRING_new();
            const int skip = address->is_v4() ? 12 : 0;
            ASN1_OCTET_STRING_set(name->d.iPAddress, address->bytes.data() + skip, 16 - skip);
        } else {
            name->type = GEN_DNS;
            name->d.dNSName = ASN1_IA5STRING_new();
            ASN1_STRING_set(name->d.dNSName, text.data(), static_cast<int>(text.size()));
        }
        sk_GENERAL_NAME_push(all.get(), name);
    }
    add_extension(x, NID_subject_alt_name, all.get(), false);
}

}  // namespace

Identity make_identity(const Wanted& wanted, const Identity* issuer) {
    Identity made{X509Ptr(X509_new()), make_p256_key()};
    X509* x = made.certificate.get();
    X509_set_version(x, X509_VERSION_3);
    X509_set_pubkey(x, made.key.get());
    set_random_serial(x);
    set_validity(x, wanted.not_before, wanted.not_after);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               as_bytes(wanted.common_name).data(),
                               static_cast<int>(wanted.common_name.size()), -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer->certificate.get() : x));
    add_names(x, wanted.names);
    add_basic_constraints(x, wanted.ca, wanted.path_length);
    if (wanted.ca) add_key_usage(x, KU_KEY_CERT_SIGN);
    add_subject_key_id(x);
    if (issuer != nullptr) add_authority_key_id(x, issuer->certificate.get());
    SLUICE_ASSERT(sign_certificate(x, issuer ? issuer->key.get() : made.key.get()));
    return made;
}

Internet::Internet(std::int64_t now)
    : root(make_identity({{}, true, 1, now - 900 * kDay, now + 900 * kDay, "public root"})),
      intermediate(
          make_identity({{}, true, 0, now - 400 * kDay, now + 400 * kDay, "public ca"}, &root)) {}

std::vector<Der> Internet::chain_for(const Wanted& wanted) const {
    return {make_identity(wanted, &intermediate).der(), intermediate.der(), root.der()};
}

const Internet& internet() {
    static const Internet the_internet(kNoon);
    return the_internet;
}

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "sluice-certs-XXXXXX").string();
    SLUICE_ASSERT(mkdtemp(name.data()) != nullptr);
    path_ = name;
}
TemporaryDirectory::~TemporaryDirectory() { fs::remove_all(path_); }

Gateway::Gateway(std::int64_t now) {
    CeremonyPlan plan;
    plan.out = home.path() / "out";
    plan.generation = "g1";
    plan.organisation = "Test Gateway";
    plan.log_name = "gateway.example/issuance";
    plan.excluded = {"gov.example"};
    plan.now = UtcTime{now};
    plan.cost = kCheap;
    auto held = hold_ceremony(plan, Passphrase(kRootPassphrase), Passphrase(kOnlinePassphrase));
    SLUICE_ASSERT(held.ok());
    record = std::move(held).value();
    auto loaded = load_generation(ca_directory(), "g1", Passphrase(kOnlinePassphrase));
    SLUICE_ASSERT(loaded.ok());
    generation = std::move(loaded).value();
}
Gateway& gateway() {
    static Gateway the_gateway(kNoon);
    return the_gateway;
}

std::vector<Bytes> views(const std::vector<Der>& chain) { return {chain.begin(), chain.end()}; }

std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void overwrite(const fs::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace sluice::certs::test

#include "control/requests/signer_check.h"

#include <filesystem>

#include "certs/verify/crl_store.h"
#include "certs/verify/parsed.h"
#include "certs/verify/pem_file.h"
#include "certs/verify/trust_store.h"
#include "certs/verify/verify_chain.h"

namespace sluice::control::requests {
namespace {

namespace verify = certs::verify;
namespace fs = std::filesystem;

constexpr std::size_t kAnchorFileBytesMax = 1u << 20;

Result<std::shared_ptr<const verify::TrustStore>, std::string> read_anchors(
    const std::string& directory) {
    std::vector<verify::CertificateHandle> owned;
    std::vector<X509*> borrowed;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
        if (entry.path().extension() != ".pem") continue;
        const std::string file = entry.path().string();
        SLUICE_TRY(bytes, verify::read_small_file(file, kAnchorFileBytesMax));
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const auto blocks = verify::pem_blocks(text, "CERTIFICATE");
        if (!blocks) return Err{file + ": " + blocks.error()};
        for (const auto& der : *blocks) {
            verify::CertificateHandle x = verify::certificate_from_der(der);
            if (x == nullptr) return Err{file + ": a certificate in it cannot be read"};
            borrowed.push_back(x.get());
            owned.push_back(std::move(x));
        }
    }
    if (error) return Err{directory + ": " + error.message()};
    if (borrowed.empty()) return Err{directory + ": holds no *.pem with a certificate"};
    return verify::TrustStore::of(borrowed);
}

verify::VerifyPolicy policy_of(const RequestConfig& config) {
    verify::VerifyPolicy policy;
    policy.profile = verify::Profile::rfc5280;
    policy.signature_algorithms |= verify::kEd25519;
    if (!config.providers.empty()) policy.signature_algorithms |= verify::kForeign;
    policy.crl_scope = verify::CrlScope::chain;
    policy.revocation_unknown =
        config.revocation_required ? verify::OnUnknown::refuse : verify::OnUnknown::accept;
    return policy;
}

}  // namespace

Result<Done, Refusal> check_signer(const Envelope& envelope, const RequestConfig& config,
                                   UtcTime now) {
    auto anchors = read_anchors(config.trust);
    if (!anchors) return Err{Refusal{Fault::pki, anchors.error()}};
    auto lists = verify::CrlStore::load(config.crls);
    if (!lists) return Err{Refusal{Fault::pki, lists.error()}};
    verify::ChainVerifier verifier(*anchors, *lists, policy_of(config), 0);
    std::vector<X509*> others;
    for (const auto& x : envelope.others)
        others.push_back(x.get());
    verify::VerifyRequest question;
    question.leaf = envelope.signer.get();
    question.intermediates = others;
    question.now = envelope.signed_at;
    question.revocation_at = now;
    question.purpose = verify::Purpose::signer;
    const verify::Verdict verdict = verifier.verify(question);
    if (verdict.ok()) return Done{};
    const verify::FaultInfo& why = verify::info(verdict.fault);
    return Err{Refusal{
        Fault::certificate,
        std::string(why.word) + ": " + std::string(why.sentence) + " (" + verdict.detail + ")"}};
}

std::optional<std::string> identifier_of(const X509* certificate, const RequestConfig& config) {
    const std::unique_ptr<ASN1_OBJECT, verify::FreedBy<ASN1_OBJECT_free>> wanted(
        OBJ_txt2obj(config.identifier.c_str(), 0));
    const X509_NAME* subject = X509_get_subject_name(certificate);
    std::optional<std::string> found;
    for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
        const X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, i);
        if (OBJ_cmp(X509_NAME_ENTRY_get_object(entry), wanted.get()) != 0) continue;
        unsigned char* utf8 = nullptr;
        const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
        if (size < 0) return std::nullopt;
        std::string value(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
        OPENSSL_free(utf8);
        if (!value.starts_with(config.identifier_prefix)) continue;
        if (found) return std::nullopt;
        found = value.substr(config.identifier_prefix.size());
    }
    return found;
}

}  // namespace sluice::control::requests

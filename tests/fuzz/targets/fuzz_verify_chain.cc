// Fuzzes verification: whatever comes, an accepted chain is signed from end to end, ends in trust
// and is of now; and the same question gets the same answer again.
//
// Input: elements of kind (1 byte), length (2 bytes), content. Kinds: 0 anchor, 1 certificate sent
// (the first is the leaf), 2 staple, 3 CRL, 4 name asked for, 5 profile (first byte odd: rfc5280).
#include <openssl/err.h>

#include "certs/verify/crl_store.h"
#include "certs/verify/parsed.h"
#include "certs/verify/trust_store.h"
#include "certs/verify/verify_chain.h"
#include "rules/base/assert.h"

using namespace sluice;
using namespace sluice::certs::verify;

namespace {

constexpr UtcTime kNow{1'780'315'200};  // 2026-06-01T12:00:00Z, as in the corpus

struct Input {
    std::vector<CertificateHandle> anchors;
    std::vector<Bytes> sent, lists;
    Bytes staple;
    std::string_view name = "host.example.org";
    VerifyPolicy policy;
};

void add(Input& input, std::uint8_t kind, Bytes content) {
    if (kind == 0 && input.anchors.size() < 8)
        if (auto anchor = certificate_from_der(content)) input.anchors.push_back(std::move(anchor));
    if (kind == 1) input.sent.push_back(content);
    if (kind == 2) input.staple = content;
    if (kind == 3 && input.lists.size() < 8) input.lists.push_back(content);
    if (kind == 4) input.name = as_text(content);
    if (kind == 5 && !content.empty())
        input.policy.profile = content[0] % 2 != 0 ? Profile::rfc5280 : Profile::web;
}

Input read(Bytes bytes) {
    Input input;
    ByteReader reader(bytes);
    std::uint8_t kind = 0;
    std::uint16_t length = 0;
    while (reader.u8(kind) && reader.u16(length)) {
        const std::size_t size = std::min<std::size_t>(length, reader.left());
        add(input, kind, reader.rest().first(size));
        reader = ByteReader(reader.rest().subspan(size));
    }
    return input;
}

void check_accepted(const Verdict& verdict, const TrustStore& trust) {
    SLUICE_ASSERT(!verdict.chain.empty() && verdict.good_until >= kNow);
    SLUICE_ASSERT(trust.contains(parse(verdict.chain.back().get())->fingerprint));
    for (std::size_t i = 0; i + 1 < verdict.chain.size(); ++i)
        SLUICE_ASSERT(
            X509_verify(verdict.chain[i].get(), X509_get0_pubkey(verdict.chain[i + 1].get())) == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Input input = read({data, size});
    std::vector<X509*> anchors;
    for (const CertificateHandle& anchor : input.anchors)
        anchors.push_back(anchor.get());
    const auto trust = TrustStore::of(anchors);
    ChainVerifier verifier(trust, CrlStore::of(input.lists), input.policy, 4);
    VerifyRequest request;
    request.name = input.name;
    request.staple = input.staple;
    request.now = kNow;
    const Verdict first = verifier.verify_der(input.sent, request);
    const Verdict again = verifier.verify_der(input.sent, request);
    SLUICE_ASSERT(first.fault == again.fault && again.from_cache == first.ok());
    SLUICE_ASSERT(first.chain.size() == again.chain.size());
    if (first.ok()) check_accepted(first, *trust);
    SLUICE_ASSERT(first.ok() || first.chain.empty());
    SLUICE_ASSERT(ERR_peek_error() == 0);  // nothing is left for the next user of this thread
    return 0;
}

// Any message of the signer's socket, read by either end: views lie inside it, texts end, no prefix
// of a message is one.
#include <cstring>

#include "rules/base/assert.h"
#include "rules/ipc/signer_check.h"

using namespace sluice;

namespace {

template <std::size_t Size>
bool ends(const char (&text)[Size]) {
    return std::memchr(text, 0, Size) != nullptr;
}

void check_chain(const ipc::ChainView& chain, Bytes message) {
    SLUICE_ASSERT(chain.count <= ipc::kSignerChainCertificatesMax);
    std::vector<std::uint8_t> again;
    for (Bytes certificate : chain.all()) {
        SLUICE_ASSERT(!certificate.empty() && certificate.data() >= message.data() &&
                      certificate.data() + certificate.size() <= message.data() + message.size());
        ipc::add_to_chain(again, certificate);
    }
    // A chain is written in one way only, and stands at the end of its message.
    SLUICE_ASSERT(again.size() <= message.size() &&
                  std::equal(again.begin(), again.end(),
                             message.end() - static_cast<std::ptrdiff_t>(again.size())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes message{data, size};
    if (const auto request = ipc::check_leaf_request(message)) {
        const ipc::LeafRequest& r = request->request;
        SLUICE_ASSERT(ends(r.operator_id) && ends(r.organisation) && ends(r.name));
        SLUICE_ASSERT(r.issuer <= ipc::SignerIssuer::untrusted);
        SLUICE_ASSERT(request->spki.size() == r.spki_bytes &&
                      request->chain.count == r.chain_certificates);
        check_chain(request->chain, message);
        SLUICE_ASSERT(!ipc::check_leaf_request(message.first(size - 1)).ok());
    }
    if (const auto reply = ipc::check_leaf_reply(message)) {
        SLUICE_ASSERT(ends(reply->reply.generation) && reply->chain.count > 0);
        check_chain(reply->chain, message);
        SLUICE_ASSERT(!ipc::check_leaf_reply(message.first(size - 1)).ok());
    }
    if (const auto record = ipc::check_record_request(message)) {
        SLUICE_ASSERT(record->count > 0 && record->count <= ipc::kEvidenceBatchMax);
        for (Bytes line : record->all())
            SLUICE_ASSERT(!line.empty() && line.data() > message.data() &&
                          line.data() + line.size() <= message.data() + message.size());
        SLUICE_ASSERT(!ipc::check_record_request(message.first(size - 1)).ok());
    }
    if (const auto refused = ipc::check_refused_reply(message))
        SLUICE_ASSERT(!ipc::info_of(refused->refusal).word.empty());
    if (const auto status = ipc::check_status_reply(message))
        SLUICE_ASSERT(ends(status->generation) && ends(status->message));
    if (const auto notice = ipc::check_generation_notice(message))
        SLUICE_ASSERT(ends(notice->generation));
    return 0;
}

// An origin's chain made of any bytes, as the signer looks at it: never accepted, since none of its
// certificates is an anchor; each refused for a reason of the list.
#include <vector>

#include "certs/signer/origin.h"
#include "rules/base/assert.h"
#include "rules/ipc/signer_check.h"

using namespace sluice;
using namespace sluice::certs;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto chain = ipc::split_chain({data + 1, size - 1}, data[0] % 12);
    if (!chain) return 0;
    const Subject subject{"www.news.example", std::nullopt};
    const TrustAnchors none;
    Authorities authorities;
    const auto origin =
        check_origin({chain->all(), subject, UtcTime{1'780'315'200}}, none, authorities);
    SLUICE_ASSERT(!origin.ok());
    SLUICE_ASSERT(origin.error() == ipc::SignerRefusal::no_origin_chain ||
                  origin.error() == ipc::SignerRefusal::bad_origin_chain ||
                  origin.error() == ipc::SignerRefusal::origin_untrusted);
    // What stands behind the anchor's check, asked of each certificate by itself.
    for (Bytes der : chain->all()) {
        const X509Ptr x = parse_certificate(der);
        if (!x) continue;
        SLUICE_ASSERT(der_of(x.get()).size() <= der.size());
        validity_of(x.get());
        says_ca(x.get());
        only_subject(x.get());
        covers(x.get(), subject);
        covers(x.get(), {{}, IpAddress::v4(0xc0000201)});
    }
    return 0;
}

// Fuzzes parse_server_hello: the first byte says whether the certificate is wanted. An answer that has
// been given stays with more bytes; a DTLS hello out of the same bytes lies inside them.
#include <vector>

#include "dataplane/wire/dtls.h"
#include "dataplane/wire/tls_server_hello.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

void check_pieces(Bytes datagram) {
    const Bytes whole = datagram;
    while (const auto piece = wire::next_hello_piece(datagram)) {
        SLUICE_ASSERT(piece->at + piece->bytes.size() <= piece->size);
        SLUICE_ASSERT(piece->size <= wire::kHelloSizeMax && datagram.size() < whole.size());
        (void)wire::parse_dtls_hello(piece->bytes);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static std::vector<std::uint8_t> scratch(wire::kServerFlightMax);
    static std::vector<std::uint8_t> other(wire::kServerFlightMax);
    const bool want = data[0] % 2 != 0;
    const Bytes stream{data + 1, size - 1};
    const auto last = wire::parse_server_hello(stream, scratch, want);
    test::for_prefixes(stream, [&](Bytes prefix) {
        check_pieces(prefix);
        const auto early = wire::parse_server_hello(prefix, other, want);
        if (!early && early.error() == wire::Stop::need_more) return;
        SLUICE_ASSERT(early.ok() == last.ok());
        if (early)
            SLUICE_ASSERT(early->version == last->version && early->cipher == last->cipher &&
                          early->certificate_name == last->certificate_name);
    });
    return 0;
}

// Fuzzes parse_http2_start: answers never change with more bytes, and what is found is bounded.
#include <array>

#include "dataplane/wire/http2_start.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::array<std::uint8_t, wire::kHttp2StartMax> scratch;
    const auto whole = wire::parse_http2_start({data, size}, scratch);
    SLUICE_ASSERT(!whole.ok() || whole->size <= wire::kAuthorityMax);
    test::for_prefixes({data, size}, [&](Bytes prefix) {
        const auto early = wire::parse_http2_start(prefix, scratch);
        if (!early && early.error() == wire::Stop::need_more) return;
        SLUICE_ASSERT(early.ok() == whole.ok());
        if (!early) {
            SLUICE_ASSERT(early.error() == whole.error());
            return;
        }
        SLUICE_ASSERT(early->size == whole->size &&
                      std::equal(early->bytes, early->bytes + early->size, whole->bytes));
    });
    return 0;
}

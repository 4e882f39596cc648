// Fuzzes what organisations send: the CMS message (first byte 0 or 1), the text (any other).
#include "control/requests/envelope.h"
#include "control/requests/request_text.h"
#include "rules/base/assert.h"
#include "rules/base/bytes.h"

using namespace sluice;
using namespace sluice::control::requests;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string rest(as_text(Bytes{data + 1, size - 1}));
    if (data[0] > 1) {
        const auto read = read_request_text(rest);
        if (!read.ok()) {
            SLUICE_ASSERT(read.value == RequestText{});
            return 0;
        }
        SLUICE_ASSERT(!read.value.number.empty() && !read.value.organisation.empty());
        SLUICE_ASSERT(read.value.life_cycle.empty() != read.value.case_id.empty());
        return 0;
    }
    const auto content = data[0] == 1 ? std::optional<std::string>("request: 1\n") : std::nullopt;
    const auto opened = open_envelope(rest, content, false);
    if (opened)
        SLUICE_ASSERT(opened->signer != nullptr && (!content || opened->content == *content));
    return 0;
}

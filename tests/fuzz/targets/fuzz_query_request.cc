// A question from a client of the data plane's socket. A checked request is exactly the bytes that
// came, every field holds a value of its type, and no prefix of it is a request.
#include <cstring>

#include "rules/base/assert.h"
#include "rules/ipc/query_check.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes message{data, size};
    const auto checked = ipc::check_request(message);
    if (!checked) {
        SLUICE_ASSERT(!ipc::text_of(checked.error()).empty());
        return 0;
    }
    const ipc::Request& request = *checked;
    SLUICE_ASSERT(size == sizeof(request) && request.version == ipc::kQueryVersion);
    SLUICE_ASSERT(request.kind <= ipc::QueryKind::capture_stop);
    SLUICE_ASSERT(!model::name_of(request.filter.verdict).empty());
    SLUICE_ASSERT(!model::name_of(request.filter.reason).empty());
    const std::size_t path = strnlen(request.path, sizeof(request.path));
    SLUICE_ASSERT(path < sizeof(request.path) && (path == 0 || request.path[0] == '/'));
    SLUICE_ASSERT(
        std::memcmp(&request.filter.tuple,
                    data + offsetof(ipc::Request, filter) + offsetof(ipc::FlowFilter, tuple),
                    sizeof(ipc::FlowTuple)) == 0);
    SLUICE_ASSERT(!ipc::check_request(message.first(size - 1)).ok());
    return 0;
}

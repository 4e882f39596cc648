// Fuzzes questions to a worker of inspect: what is believed is one of them.
#include "rules/base/assert.h"
#include "rules/ipc/inspect_query.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto request = ipc::check_inspect_request({data, size});
    if (!request) return 0;
    SLUICE_ASSERT(size == sizeof(ipc::InspectRequest));
    SLUICE_ASSERT(request->version == ipc::kInspectVersion);
    SLUICE_ASSERT(request->kind <= ipc::InspectKind::spliced);
    return 0;
}

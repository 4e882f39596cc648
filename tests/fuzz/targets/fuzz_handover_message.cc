// A handover message from another process. A checked one is exactly the bytes that came, everything
// a receiver indexes or shifts by is in range, and no prefix of it is a message.
#include <cstring>

#include "rules/base/assert.h"
#include "rules/ipc/handover_check.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes{data, size};
    const auto checked = ipc::check_handover(bytes);
    if (!checked) {
        SLUICE_ASSERT(!ipc::text_of(checked.error()).empty());
        return 0;
    }
    const ipc::HandoverMessage& message = *checked;
    SLUICE_ASSERT(size == sizeof message && message.version == ipc::kHandoverVersion);
    SLUICE_ASSERT(std::memcmp(&message, data, size) == 0);
    SLUICE_ASSERT(!name_of(message.how).empty());
    SLUICE_ASSERT(!model::name_of(message.flow.reason).empty());
    SLUICE_ASSERT(!model::name_of(message.flow.protocol).empty());
    SLUICE_ASSERT(message.flow.name().size() <= ipc::kNameSizeMax);
    if (message.kind == ipc::HandoverKind::take_over)
        for (const ipc::HandoverEnd& end : message.flow.ends)
            SLUICE_ASSERT(end.link_size <= ipc::kLinkHeaderMax &&
                          (end.window_scale <= ipc::kWindowScaleMax ||
                           end.window_scale == ipc::kNoWindowScale));
    SLUICE_ASSERT(!ipc::check_handover(bytes.first(size - 1)).ok());
    return 0;
}

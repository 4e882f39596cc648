// Fuzzes PcapngFile: packets lie inside what was read, times are of this age, and it ends.
#include <cstdio>

#include "rules/base/assert.h"
#include "tools/replay/pcapng.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    // fmemopen only reads what it is given in mode "r", so the cast takes nothing away.
    replay::PcapngFile::File stream(fmemopen(const_cast<std::uint8_t*>(data), size, "rb"));
    SLUICE_ASSERT(stream != nullptr);
    replay::PcapngFile file(std::move(stream));
    std::size_t bytes = 0;
    unsigned sum = 0;
    while (const auto packet = file.next()) {
        SLUICE_ASSERT(packet->time_ns >= 0);
        bytes += packet->bytes.size();
        SLUICE_ASSERT(bytes <= size);
        for (const std::uint8_t byte : packet->bytes)
            sum += byte;  // touches every byte, for the sanitizers
    }
    static_cast<void>(sum);
    return 0;
}

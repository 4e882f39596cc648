// A geo database of any bytes: refused in words, or intervals in order that cover the address
// space.
#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/compile/mmdb_reader.h"

using namespace sluice;

// libmaxminddb 1.7.1 forgets some kilobytes of a file whose metadata it refuses: not ours to free.
extern "C" const char* __lsan_default_suppressions() { return "leak:libmaxminddb"; }

namespace {

template <class Start>
void check(const std::vector<compile::GeoInterval<Start>>& intervals) {
    SLUICE_ASSERT(!intervals.empty() && intervals[0].start == Start{});
    for (std::size_t i = 1; i < intervals.size(); ++i)
        SLUICE_ASSERT(intervals[i - 1].start < intervals[i].start);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto map = compile::read_mmdb(as_text({data, size}));
    if (!map) {
        SLUICE_ASSERT(!map.error().empty());
        return 0;
    }
    check(map->v4);
    check(map->v6);
    const auto both = compile::combine(*map, *map);
    check(both.v4);
    check(both.v6);
    return 0;
}

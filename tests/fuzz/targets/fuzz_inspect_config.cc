// Fuzzes the configuration of sluice-inspect: what is refused leaves the defaults.
#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/load/inspect_config.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto loaded = load::load_inspect_config(as_text(Bytes{data, size}), "i.yaml");
    if (!loaded.ok()) SLUICE_ASSERT(loaded.value == load::InspectConfig{});
    if (loaded.ok() && loaded.value.source == load::InspectConfig::Source::tproxy)
        SLUICE_ASSERT(loaded.value.tproxy_port != 0 && !loaded.value.tproxy_operator.empty());
    SLUICE_ASSERT(loaded.value.workers >= 1 && loaded.value.workers <= load::kInspectWorkersMax);
    return 0;
}

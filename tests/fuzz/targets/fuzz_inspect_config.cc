// Fuzzes the configuration of sluice-inspect: what is refused leaves the defaults.
#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/load/inspect_config.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto loaded = load::load_inspect_config(as_text(Bytes{data, size}), "i.yaml");
    if (!loaded.ok()) SLUICE_ASSERT(loaded.config == load::InspectConfig{});
    if (loaded.ok() && loaded.config.source == load::InspectConfig::Source::tproxy)
        SLUICE_ASSERT(loaded.config.tproxy_port != 0 && !loaded.config.tproxy_operator.empty());
    SLUICE_ASSERT(loaded.config.workers >= 1 && loaded.config.workers <= load::kInspectWorkersMax);
    return 0;
}

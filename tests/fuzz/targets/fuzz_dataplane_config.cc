// The data plane's configuration made of any bytes: what loads keeps the promises of its header.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/base/plain_text.h"
#include "rules/load/dataplane_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    using namespace sluice::load;
    const LoadedDataplaneConfig loaded =
        load_dataplane_config(sluice::as_text({data, bytes}), "c.yaml");
    for (const Diagnostic& d : loaded.diagnostics)
        SLUICE_ASSERT(sluice::is_printable(d.message) && sluice::is_printable(d.hint));
    if (!loaded.ok()) {
        SLUICE_ASSERT(loaded.value == DataplaneConfig{});
        return 0;
    }
    const DataplaneConfig& c = loaded.value;
    SLUICE_ASSERT(!c.wires.empty() && c.wires.size() <= kDataplaneWiresMax);
    SLUICE_ASSERT(!c.worker_cpus.empty() && c.worker_cpus.size() <= kWorkerCpusMax);
    SLUICE_ASSERT(c.eal_options.size() <= kEalOptionsMax);
    SLUICE_ASSERT(c.runtime_dir[0] == '/' && c.bundle_dir[0] == '/');
    SLUICE_ASSERT(std::has_single_bit(c.rx_descriptors) && std::has_single_bit(c.tx_descriptors));
    SLUICE_ASSERT(c.limits.flows_max >= 1'024 && c.limits.sweep_ms >= 100);
    for (const DataplaneConfig::Wire& wire : c.wires)
        SLUICE_ASSERT(!wire.id.empty() && !wire.user.device.empty() &&
                      !wire.internet.device.empty() && wire.user.device != wire.internet.device);
    return 0;
}

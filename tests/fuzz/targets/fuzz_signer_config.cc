// The signer's configuration made of any bytes: what loads keeps the promises of its header.
#include <cstdint>

#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/base/plain_text.h"
#include "rules/load/signer_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    using namespace sluice::load;
    const LoadedSignerConfig loaded = load_signer_config(sluice::as_text({data, bytes}), "s.yaml");
    for (const Diagnostic& d : loaded.diagnostics)
        SLUICE_ASSERT(sluice::is_printable(d.message) && sluice::is_printable(d.hint));
    if (!loaded.ok()) {
        SLUICE_ASSERT(loaded.value == SignerConfig{});
        return 0;
    }
    const SignerConfig& c = loaded.value;
    for (const std::string* path : {&c.socket, &c.bundle_dir, &c.ca_dir, &c.passphrase_file,
                                    &c.trust_anchors, &c.log_dir, &c.log_key})
        SLUICE_ASSERT(path->at(0) == '/');
    SLUICE_ASSERT(!c.log_name.empty() && c.log_name.find('+') == std::string::npos);
    SLUICE_ASSERT(!c.clients.empty() && c.clients.size() <= kSignerUsersMax);
    SLUICE_ASSERT(!c.admins.empty() && c.admins.size() <= kSignerUsersMax);
    SLUICE_ASSERT(c.log_mib_max > 0 && c.checkpoint_seconds > 0 && c.leaves_per_minute > 0);
    return 0;
}

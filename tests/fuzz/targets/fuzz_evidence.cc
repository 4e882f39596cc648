// Lines of the evidence log and exports of it, as an auditor's tool reads them: whatever the bytes,
// an answer; what is written is read back.
#include <string_view>

#include "control/evidence/line.h"
#include "control/evidence/verify.h"
#include "rules/base/assert.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto line = control::parse_line(text)) SLUICE_ASSERT(!line->serial.empty());
    const auto sealed = control::parse_export(text);
    if (!sealed) {
        SLUICE_ASSERT(!sealed.error().empty());
        return 0;
    }
    const auto again = control::parse_export(control::export_text(*sealed));
    SLUICE_ASSERT(again.ok() && again->lines == sealed->lines && again->peaks == sealed->peaks &&
                  again->first == sealed->first && again->note == sealed->note);
    const certs::LogVerifier verifier{"gateway.example/issuance/evidence", {}};
    SLUICE_ASSERT(control::audit_evidence(*sealed, verifier, {}).lines <= sealed->lines.size());
    return 0;
}

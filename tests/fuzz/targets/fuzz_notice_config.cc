// Fuzzes the file of notices: what is refused leaves the defaults, what is read can be sent by.
#include "control/notices/addressees.h"
#include "rules/base/assert.h"
#include "rules/base/bytes.h"

using namespace sluice;
using namespace sluice::control::notices;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto loaded = load_notice_config(as_text(Bytes{data, size}), "n.yaml");
    if (!loaded.ok()) {
        SLUICE_ASSERT(loaded.value == NoticeConfig{});
        return 0;
    }
    for (const Addressee& a : loaded.value.addressees) {
        SLUICE_ASSERT(!a.mail.empty() + !a.webhook.empty() + a.spool == 1);
        for (const std::string& address : a.mail)
            SLUICE_ASSERT(address.find_first_of("\r\n <>") == std::string::npos);
        SLUICE_ASSERT(a.mail.empty() || !loaded.value.smtp.url.empty());
    }
    return 0;
}

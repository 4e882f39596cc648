// Fuzzes parse_dns: what it gives is canonical and bounded, and it never waits for more.
#include "dataplane/wire/dns.h"
#include "rules/base/assert.h"
#include "rules/base/plain_text.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

void check_message(Bytes whole, const wire::DnsMessage& message) {
    const std::string_view name = message.name();
    SLUICE_ASSERT(name.size() <= 253 && message.address_count <= wire::kDnsAddressesMax);
    char before = '.';  // no empty label: not first, not twice, not last
    for (char c : name) {
        SLUICE_ASSERT(c != ' ' && !(c >= 'A' && c <= 'Z'));
        SLUICE_ASSERT(c != '.' || before != '.');
        before = c;
    }
    SLUICE_ASSERT(name.empty() || before != '.');
    SLUICE_ASSERT(is_printable(name));
    if (!message.ech_public_name.empty()) {
        const auto* at = reinterpret_cast<const std::uint8_t*>(message.ech_public_name.data());
        SLUICE_ASSERT(message.response && at >= whole.data() &&
                      at + message.ech_public_name.size() <= whole.data() + whole.size());
    }
    SLUICE_ASSERT(message.response || message.address_count == 0);
    for (unsigned i = 0; i < message.address_count; ++i)
        SLUICE_ASSERT(message.answers[i].ttl_s <= 0x7fffffff);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto whole = wire::parse_dns({data, size});
    if (whole) check_message({data, size}, *whole);
    SLUICE_ASSERT(whole.ok() || whole.error() == wire::Stop::other ||
                  whole.error() == wire::Stop::malformed);
    const auto asked = wire::parse_dns_question({data, size});
    SLUICE_ASSERT(!whole.ok() || (asked.ok() && asked->name() == whole->name()));
    if (asked) check_message({data, size}, *asked);
    test::for_prefixes({data, size}, [](Bytes prefix) {
        if (const auto cut = wire::parse_dns(prefix); cut) check_message(prefix, *cut);
    });
    return 0;
}

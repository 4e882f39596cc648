// Fuzzes the loader of content policies: what loads is within its limits and compiles or is refused
// with words; what does not load says where.
#include "rules/base/assert.h"
#include "rules/content/rules.h"
#include "rules/load/content_policy.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto loaded = load::load_content_policy(as_text(Bytes{data, size}), "c.yaml");
    if (!loaded.ok()) {
        SLUICE_ASSERT(loaded.value == model::ContentPolicy{});
        for (const load::Diagnostic& diagnostic : loaded.diagnostics)
            SLUICE_ASSERT(!diagnostic.code.empty() && !diagnostic.message.empty());
        return 0;
    }
    for (const model::ContentSignature& signature : loaded.value.signatures) {
        SLUICE_ASSERT(signature.bytes.empty() != signature.pattern.empty());
        SLUICE_ASSERT(signature.bytes.size() <= load::kSignatureBytesMax);
    }
    // Compiling is slow; a few signatures show as much as many.
    if (loaded.value.signatures.size() > 4) return 0;
    const auto rules = content::Rules::compile(std::move(loaded.value));
    SLUICE_ASSERT(rules || !rules.error().why.empty());
    return 0;
}

// canonical_name over any bytes: what it accepts has the promised shape, and is its own canonical
// form; a name that differs in case or by the final dot alone gets the same answer.
#include <algorithm>
#include <cstdint>
#include <string>

#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/base/canonical_name.h"

namespace {
using sluice::canonical_name;
using sluice::kNameBufferBytes;

void check_shape(std::string_view name) {
    SLUICE_ASSERT(!name.empty() && name.size() <= sluice::kNameBytesMax);
    std::size_t label = 0;
    for (char c : name) {
        if (c == '.') {
            SLUICE_ASSERT(label > 0);
            label = 0;
            continue;
        }
        SLUICE_ASSERT((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
        SLUICE_ASSERT(++label <= sluice::kLabelBytesMax);
    }
    SLUICE_ASSERT(label > 0);
    const std::string_view last = name.substr(name.rfind('.') + 1);
    SLUICE_ASSERT(
        !std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

void check_same(std::string_view in, bool expected, std::string_view name) {
    char out[kNameBufferBytes];
    std::size_t size = 0;
    SLUICE_ASSERT(canonical_name(in, out, size) == expected);
    if (expected) SLUICE_ASSERT(std::string_view(out, size) == name);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    const std::string_view in = sluice::as_text({data, bytes});
    char out[kNameBufferBytes];
    std::size_t size = 0;
    const bool ok = canonical_name(in, out, size);
    const std::string_view name(out, ok ? size : 0);
    if (ok) {
        check_shape(name);
        check_same(name, true, name);
    }
    std::string shouted(in);
    for (char& c : shouted)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    check_same(shouted, ok, name);
    if (!in.empty() && in.back() != '.') check_same(std::string(in) + ".", ok, name);
    return 0;
}

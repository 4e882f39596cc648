// Fuzzes everything an operator's feed is read from. The first byte chooses the reader.
#include <nlohmann/json.hpp>

#include "control/catalog/plain_record.h"
#include "control/catalog/replica_files.h"
#include "rules/base/assert.h"

using namespace sluice;
using namespace sluice::control::catalog;

namespace {

void check_notification(std::string_view text) {
    const auto parsed = parse_notification(text);
    if (!parsed) return SLUICE_ASSERT(!parsed.error().empty());
    const auto again = parse_notification(write_notification(*parsed));
    SLUICE_ASSERT(again.ok() && write_notification(*again) == write_notification(*parsed));
}
void check_snapshot(std::string_view text) {
    const auto parsed = parse_snapshot(text);
    if (!parsed) return SLUICE_ASSERT(!parsed.error().empty());
    const auto again = parse_snapshot(write_snapshot(*parsed));
    SLUICE_ASSERT(again.ok() && again->rows == parsed->rows);
}
void check_delta(std::string_view text) {
    const auto parsed = parse_delta(text);
    if (!parsed) return SLUICE_ASSERT(!parsed.error().empty());
    SLUICE_ASSERT(parse_delta(write_delta(*parsed)).ok());
}

// What is read as plain is what the JSON library reads.
void check_plain_record(std::string_view text) {
    const auto plain = read_plain_record(text);
    if (!plain) return;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    SLUICE_ASSERT(json.is_object() && json.size() == plain->size);
    for (std::size_t i = 0; i < plain->size; ++i)
        SLUICE_ASSERT(json.at(std::string(plain->fields[i].name)) == plain->fields[i].text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text = as_text({data + 1, size - 1});
    constexpr certs::Ed25519Public kKey = {1, 2, 3};
    switch (data[0] % 6) {
        case 0:
            check_notification(text);
            break;
        case 1:
            check_snapshot(text);
            break;
        case 2:
            check_delta(text);
            break;
        case 3:
            static_cast<void>(parse_csv(text).ok());
            break;
        case 4:
            SLUICE_ASSERT(!certs::open_jws(text, {&kKey, 1}).ok());
            break;
        default:
            check_plain_record(text);
            static_cast<void>(parse_rows(text).ok());
    }
    return 0;
}

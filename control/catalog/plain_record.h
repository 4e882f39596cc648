// The record that nearly every row of a feed is: a flat JSON object of short texts without escapes,
// {"organisation":"ministry","prefix":"192.0.2.0/24"}. Read in one pass without a tree; whatever is
// not quite so is left to the JSON library, which says what is wrong with it.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice::control::catalog {

struct PlainRecord {
    struct Field {
        std::string_view name, text;
    };
    std::array<Field, 3> fields;
    std::size_t size = 0;

    // Nothing when there is no such field.
    std::optional<std::string_view> find(std::string_view name) const;
};

// Nothing for any other text, well-formed or not: no claim is made about it.
std::optional<PlainRecord> read_plain_record(std::string_view json);

}  // namespace sluice::control::catalog

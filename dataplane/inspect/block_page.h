// The page a person sees instead of what was refused: in Kazakh, Russian and English, with the
// reason's number, a reference and where to apply.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/model/reason.h"

namespace sluice::inspect {

struct PageText {
    model::Reason reason = model::Reason::not_granted;
    std::uint64_t reference = 0;
    std::string_view host;   // as asked for; escaped here
    std::string_view where;  // to apply; empty: not said
};

// HTML in UTF-8, at most some 2 KiB plus host and where.
std::string block_page(const PageText& text);

// `text` with what HTML gives a meaning written as references.
std::string html_escaped(std::string_view text);

}  // namespace sluice::inspect

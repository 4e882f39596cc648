// One request of a flow that is looked into, judged by its whole URL. The flow's own verdict was by
// name; what the lists say of a URL is more specific, and only inside can it be seen. Pure,
// noexcept, no allocation, no clock.
#pragma once
#include <string_view>

#include "rules/lookup/decide.h"

namespace sluice::lookup {

// Judges a request.
//   facts    of the flow, `name` the host that the request is for (known).
//   path     from its '/' to before '?' or '#'.
//   returns  decide() where no list has an entry for the URL, or a local override speaks for the
//            name; else the same order of decisions with the URL's categories from step 7 on.
//   cost     decide() and find_url().
//   source   design section 4, issue "URL categories on the full URL"; G15.
Decision decide_url(const BundleView& bundle, const Facts& facts, std::string_view path) noexcept;

}  // namespace sluice::lookup

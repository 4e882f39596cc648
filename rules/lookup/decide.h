// From what is known about a flow to what happens to it: design section 4, step by step. Pure,
// noexcept, no allocation, no clock. This is the page an auditor reads.
#pragma once
#include "rules/lookup/bundle_view.h"
#include "rules/lookup/facts.h"

namespace sluice::lookup {

// Judges one flow.
//   returns  the first of steps 2..11 that matches (step 1 is the packet path's). With
//            name_state pending: a block that holds whatever the name may be, else
//            {forward, learning}.
//   cost     a few cache lines of the policy section; one hash probe per label of the name.
//   source   design section 4; G2, G13, G15, G15-1, G15-2, G17, G20, M, P, H, W, K.
Decision decide(const BundleView& bundle, const Facts& facts) noexcept;

// Is the web traffic of this flow's user inspected, whatever else its name may say? (G20; pilot
// organisations and users in no catalog are not.)
bool inspects_user(const BundleView& bundle, const Facts& facts) noexcept;

// May this be a protocol the policy blocks, but not surely enough to block it? Counted and reported.
bool unsure_of_protocol(const BundleView& bundle, const Facts& facts) noexcept;

}  // namespace sluice::lookup

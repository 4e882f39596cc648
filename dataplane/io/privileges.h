// Gives away what a running data plane does not need.
#pragma once

namespace sluice::io {

// The calling thread loses every capability but CAP_DAC_READ_SEARCH (bundle directories may belong
// to sluiced), for good: the bounding set goes too, and no program it could start gains any.
// Opening ports needs more, so it is called after that. EAL's own interrupt thread is not reached
// (Linux capabilities belong to threads); run as an unprivileged user with only the capabilities
// that the ports need to be free of that. A process without privileges passes through unchanged.
void drop_privileges();

}  // namespace sluice::io

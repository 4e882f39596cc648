// Capabilities of the broker's threads.
#pragma once

namespace sluice::broker {

// The calling thread keeps CAP_NET_ADMIN and nothing else, for good.
void keep_net_admin_only();

}  // namespace sluice::broker

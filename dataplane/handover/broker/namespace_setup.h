// What a network namespace of the broker's needs, done in the calling thread's own.
#pragma once
#include <string>

#include "rules/base/result.h"

namespace sluice::broker {

// The tun device, routes and kernel settings; all of it may be there already.
//   returns  an error in words.
Result<Done, std::string> set_up_namespace(unsigned mtu);
// One more queue of the device, non-blocking. -1 with errno.
int open_tun_queue();

}  // namespace sluice::broker

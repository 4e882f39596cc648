// A parsed packet on one line, for tables and failure messages. Fields that are 0 are left out.
#pragma once
#include <string>

#include "dataplane/wire/packet_view.h"

namespace sluice::testing {

// "flow 0800 6 10.1.0.5:1 > 10.1.0.6:2 l3=14 l4=34 data=54+5 flags=18 seq=1001 ack=1001 win=65535"
// data=OFFSET+SIZE; flags and EtherType in hexadecimal; a fragment adds frag=ID@OFFSET and + for
// more.
std::string to_text(const wire::PacketView& view);
// The same, or "drop ip_short".
std::string to_text(const Result<wire::PacketView, model::DropReason>& parsed);

}  // namespace sluice::testing

// Where flows to be inspected come from: the handover of the packet path, or sockets that the
// kernel's TPROXY rule redirects here. The rest of inspect does not know which.
#pragma once
#include <cstdint>

#include "rules/base/ip.h"
#include "rules/base/strong.h"
#include "rules/model/name_evidence.h"
#include "rules/model/protocol.h"

namespace sluice::inspect {

// What is known of a flow before a byte of it was read here.
struct FlowInfo {
    OperatorId operator_id;
    IpAddress user, remote;
    std::uint16_t user_port = 0, remote_port = 0;
    bool from_internet = false;  // opened from the internet side
    model::NameEvidence evidence = model::NameEvidence::none;
    std::uint16_t generation = 0;  // of the bundle it was judged by; 0 = unknown
    std::uint64_t id = 0;          // the source's own
};

// Both descriptors are connected or connecting, non-blocking, and belong to who takes them.
struct Flow {
    FlowInfo info;
    int client = -1, server = -1;
};

class FlowTaker {
  public:
    virtual void take(const Flow& flow) = 0;

  protected:
    ~FlowTaker() = default;
};

// Who has a flow and is told about it by its source.
class FlowKeeper {
  public:
    // The answer to reconnect(): a connected or connecting descriptor, -1: none to be had.
    virtual void on_fresh(int fd) = 0;
    // The packet path wants the flow ended.
    virtual void on_stop() = 0;

  protected:
    ~FlowKeeper() = default;
};

class FlowSource {
  public:
    virtual ~FlowSource() = default;
    // Tells of the flow from now on until ended().
    virtual void began(const FlowInfo& flow, FlowKeeper& keeper) = 0;
    // A fresh connection to the flow's server from the flow's client; answered once, during this
    // call or later.
    virtual void reconnect(const FlowInfo& flow, FlowKeeper& keeper) = 0;
    // The flow is over: its descriptors are closed.
    virtual void ended(const FlowInfo& flow) = 0;
};

}  // namespace sluice::inspect

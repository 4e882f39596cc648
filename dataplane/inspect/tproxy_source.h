// Flows from the kernel: a listening socket that a TPROXY rule of the firewall redirects to. The
// fallback for machines without the packet path, and what tests use. The client sees its connection
// accepted before the server is reached; nothing else differs.
#pragma once
#include <cstdint>
#include <string>

#include "dataplane/inspect/flow_source.h"
#include "dataplane/inspect/loop.h"
#include "rules/base/result.h"

namespace sluice::inspect {

class TproxySource final : public FlowSource, private Watcher {
  public:
    // Listens on all addresses of both families (needs CAP_NET_ADMIN: IP_TRANSPARENT). Several
    // processes may listen on one port: the kernel spreads flows over them. The error is for
    // people.
    static Result<int, std::string> listen(std::uint16_t port);

    // `listening` is this object's. `operator_id`: whose users come this way; may be set again.
    TproxySource(Loop& loop, int listening, FlowTaker& taker);
    ~TproxySource() override;
    void set_operator(OperatorId operator_id) { operator_id_ = operator_id; }

    void began(const FlowInfo& flow, FlowKeeper& keeper) override;
    void reconnect(const FlowInfo& flow, FlowKeeper& keeper) override;
    void ended(const FlowInfo& flow) override;

  private:
    void on_events(std::uint32_t events) override;
    bool accept_one();

    Loop& loop_;
    int listening_;
    FlowTaker& taker_;
    OperatorId operator_id_;
    std::uint64_t next_id_ = 1;
};

}  // namespace sluice::inspect

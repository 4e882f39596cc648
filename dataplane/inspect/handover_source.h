// Flows that the packet path hands over, through sluice-broker: both sockets come as descriptors.
// The broker may die and come back: flows that are here go on and are told to the new one.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "dataplane/inspect/flow_source.h"
#include "dataplane/inspect/loop.h"
#include "rules/ipc/handover_socket.h"

namespace sluice::inspect {

class HandoverSource final : public FlowSource, private Watcher {
  public:
    // `flows_max`: how many flows are taken at once.
    HandoverSource(Loop& loop, std::string path, std::uint32_t flows_max, FlowTaker& taker);
    ~HandoverSource() override;

    bool attached() const { return socket_ >= 0; }
    void began(const FlowInfo& flow, FlowKeeper& keeper) override;
    void reconnect(const FlowInfo& flow, FlowKeeper& keeper) override;
    void ended(const FlowInfo& flow) override;

  private:
    struct Held {
        FlowKeeper* keeper = nullptr;
        ipc::HandoverFlow flow;
        std::uint64_t fresh = 0;  // reference of the fresh connection it is spliced to
    };
    void on_events(std::uint32_t events) override;
    static void on_retry(void* self);
    void attach();
    void lose();
    void handle(const ipc::HandoverArrival& arrival);
    void take_offer(const ipc::HandoverArrival& arrival);
    void take_connection(const ipc::HandoverArrival& arrival);
    void say(ipc::HandoverKind kind, std::uint64_t reference);
    void send(const ipc::HandoverMessage& message);
    void send_waiting();

    Loop& loop_;
    std::string path_;
    std::uint32_t flows_max_;
    FlowTaker& taker_;
    std::uint64_t process_ = 0;  // random: one process, however often it attaches
    int socket_ = -1;
    Timer retry_;
    std::unordered_map<std::uint64_t, Held> flows_;
    std::unordered_map<std::uint64_t, ipc::HandoverFlow> offered_;  // until began()
    std::vector<ipc::HandoverMessage> waiting_;  // the broker reads too slowly for them
};

}  // namespace sluice::inspect

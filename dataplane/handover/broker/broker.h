// Broker: makes the kernel sockets of flows that are handed over, gives them to inspectors, and
// remembers who has what, for a data plane that starts anew. It never sees a byte of traffic: it
// makes sockets and passes them on, and its devices' queues are the data plane's.
//
// One thread; what it waits for is epoll. Messages: rules/ipc/handover.h.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "dataplane/handover/broker/client.h"
#include "dataplane/handover/broker/domain.h"
#include "rules/base/result.h"
#include "rules/ipc/handover.h"

namespace sluice::broker {

struct BrokerCounters {
    std::uint64_t taken = 0, failed = 0, ended = 0, lost = 0, reconnects = 0, refused_clients = 0;
};

class Broker {
  public:
    static constexpr std::size_t kClientsMax = 256;
    static constexpr std::size_t kFlowsMax = 200'000;  // 0.6 KiB each

    // `listening`: a SOCK_SEQPACKET socket, owned. `domains`: one an operator, by its number.
    Broker(int listening, std::vector<std::unique_ptr<Domain>> domains);
    ~Broker();
    Broker(const Broker&) = delete;

    // Serves until `stop_fd` is readable.
    void run(int stop_fd);
    const BrokerCounters& counters() const { return counters_; }

  private:
    struct Flow {
        ipc::HandoverFlow facts;
        Client* inspector = nullptr;  // nullptr: not yet with one (a fresh connection)
        Client* worker = nullptr;     // nullptr: nobody steers it (the data plane has restarted)
        Client* asked_by = nullptr;   // fresh connection: who waits for it
        unsigned tries = 0;
    };
    using Flows = std::unordered_map<std::uint64_t, Flow>;

    void accept_client();
    void serve(Client& client);
    void act_on(Client& client, const ipc::HandoverMessage& message);
    bool attach(Client& client, const ipc::HandoverMessage& message);
    bool act_on_worker(Client& worker, const ipc::HandoverMessage& message);
    bool act_on_inspect(Client& inspect, const ipc::HandoverMessage& message);
    void give_queue(Client& worker, OperatorId operator_id);
    void take_over(Client& worker, const ipc::HandoverFlow& flow);
    ipc::HandoverHow make_pair(const ipc::HandoverFlow& flow, Client*& inspector);
    ipc::HandoverHow offer(const ipc::HandoverFlow& flow, int (&pair)[2], Client*& inspector);
    void end_flow(const ipc::HandoverMessage& message);
    void flow_ended(Flows::iterator flow, ipc::HandoverHow how);
    void begin_fresh(Client& inspect, std::uint64_t parent);
    void ask_to_adopt(Flow& flow);
    void fresh_adopted(Flow& flow);
    void fail_fresh(Flows::iterator flow, ipc::HandoverHow how);
    void keep_live(Client& inspect, const ipc::HandoverFlow& flow);
    void tell_room();
    void say(Client& client, const ipc::HandoverMessage& message);
    void watch(Client& client);
    Domain* domain_of(OperatorId operator_id);
    void sweep_gone();
    void forget(Client& client);

    int listening_, epoll_;
    std::vector<std::unique_ptr<Domain>> domains_;
    std::vector<std::unique_ptr<Client>> clients_;
    Flows flows_;
    std::size_t next_inspector_ = 0;
    std::uint32_t told_room_ = 0;
    std::uint64_t fresh_count_;
    BrokerCounters counters_;
};

}  // namespace sluice::broker

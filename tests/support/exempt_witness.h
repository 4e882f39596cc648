// ExemptWitness: watches what a worker says to broker and sockets beside what it tells of exempt
// flows, for the property that an exempt flow is never handed over, so never decrypted.
#pragma once
#include <set>
#include <span>
#include <string>
#include <tuple>

#include "dataplane/wire/packet_view.h"
#include "rules/ipc/evidence.h"
#include "tests/support/fake_inspector.h"

namespace sluice::testing {

class ExemptWitness {
  public:
    // What happened since the last call: `asked` and `packets` are what the worker gave the
    // inspector meanwhile. Empty when no exempt flow was among them.
    std::string see(std::span<const ipc::Evidence> evidence,
                    std::span<const ipc::HandoverFlow> asked,
                    std::span<const FakeInspector::Sent> sent) {
        for (const ipc::Evidence& e : evidence) {
            if (e.kind == ipc::EvidenceKind::begun) exempt_.insert(key_of(e.tuple));
            if (e.kind == ipc::EvidenceKind::begun) ++begun_;
            if (e.kind == ipc::EvidenceKind::ended) exempt_.erase(key_of(e.tuple));
        }
        for (const ipc::HandoverFlow& flow : asked)
            if (model::is_exempt(flow.reason) || exempt_.contains(key_of(flow.tuple)))
                return "an exempt flow was to be handed over: " + std::string(flow.name());
        for (const FakeInspector::Sent& packet : sent) {
            const auto view =
                wire::parse_packet(packet.bytes, packet.bytes.size(), wire::Link::raw_ip);
            if (!view || view->ip_protocol != wire::kTcp) continue;
            const auto op = packet.operator_id.raw();
            const Key there{view->source,           view->destination, view->source_port,
                            view->destination_port, view->ip_protocol, op};
            const Key back{view->destination, view->source,      view->destination_port,
                           view->source_port, view->ip_protocol, op};
            if (exempt_.contains(there) || exempt_.contains(back))
                return "a packet of an exempt flow went to the sockets";
        }
        return "";
    }
    // Is there an open record of this flow?
    bool is_open(const ipc::FlowTuple& tuple) const { return exempt_.contains(key_of(tuple)); }
    std::size_t begun() const { return begun_; }

  private:
    using Key =
        std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t, std::uint8_t, std::uint8_t>;
    static Key key_of(const ipc::FlowTuple& t) {
        return {t.user, t.remote, t.user_port, t.remote_port, t.ip_protocol, t.operator_id.raw()};
    }
    std::set<Key> exempt_;
    std::size_t begun_ = 0;
};

}  // namespace sluice::testing

#include "tools/replay/replayer.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace sluice::replay {
namespace {

constexpr std::size_t kBufferSize = 65'535;  // what an mbuf can describe

// Packets in ordinary memory, dressed as mbufs: the descriptor, then the bytes.
class BufferPool {
  public:
    rte_mbuf* take() {
        if (free_.empty()) {
            owned_.push_back(std::make_unique<std::byte[]>(sizeof(rte_mbuf) + kBufferSize));
            free_.push_back(reinterpret_cast<rte_mbuf*>(owned_.back().get()));
        }
        rte_mbuf* m = free_.back();
        free_.pop_back();
        m->buf_addr = m + 1;
        m->buf_len = kBufferSize;
        m->data_off = 0;
        m->nb_segs = 1;
        m->next = nullptr;
        return m;
    }
    void give(rte_mbuf* mbuf) { free_.push_back(mbuf); }

  private:
    std::vector<std::unique_ptr<std::byte[]>> owned_;
    std::vector<rte_mbuf*> free_;
};

class ReplayOutbox final : public pipeline::Outbox {
  public:
    explicit ReplayOutbox(BufferPool& pool) : pool_(pool) {}
    rte_mbuf* allocate() noexcept override { return pool_.take(); }
    void flush() noexcept override {
        for (auto* lanes : {&forwarded_, &own_})
            for (Lane& lane : *lanes)
                empty(lane);
        empty(dropped_);
    }

  private:
    void empty(Lane& lane) noexcept {
        for (std::uint16_t i = 0; i < lane.count; ++i)
            pool_.give(lane.packets[i]);
        lane.count = 0;
    }
    BufferPool& pool_;
};

using TupleKey =
    std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t, std::uint8_t, std::uint8_t>;
TupleKey key_of(const ipc::FlowTuple& t) {
    return {t.user, t.remote, t.user_port, t.remote_port, t.ip_protocol, t.operator_id.raw()};
}

// Collects records and puts them in order of first packets.
class Records {
  public:
    // The flow of this packet exists from now on, if it did not before.
    std::optional<TupleKey> seen(const wire::PacketView& v, const Placement& placement,
                                 std::uint64_t packet) {
        if (v.kind != wire::PacketKind::flow && v.kind != wire::PacketKind::fragment_head)
            return std::nullopt;
        const bool user_sent = placement.side == pipeline::Side::user;
        ipc::FlowTuple t;
        t.user = user_sent ? v.source : v.destination;
        t.remote = user_sent ? v.destination : v.source;
        t.user_port = user_sent ? v.source_port : v.destination_port;
        t.remote_port = user_sent ? v.destination_port : v.source_port;
        if (v.ip_protocol == wire::kIcmp || v.ip_protocol == wire::kIcmp6) {
            t.user_port = v.source_port;
            t.remote_port = 0;
        }
        t.ip_protocol = v.ip_protocol;
        t.operator_id = placement.operator_id;
        first_.try_emplace(key_of(t), packet);
        return key_of(t);
    }
    void ended(const ipc::FlowRecord& record) {
        const auto at = first_.find(key_of(record.tuple));
        const std::uint64_t packet = at == first_.end() ? 0 : at->second;
        if (at != first_.end()) first_.erase(at);
        records_.push_back({packet, record});
    }
    std::vector<ipc::FlowRecord> in_order() {
        std::ranges::stable_sort(records_, {}, &Numbered::packet);
        std::vector<ipc::FlowRecord> flows;
        flows.reserve(records_.size());
        for (const Numbered& r : records_)
            flows.push_back(r.record);
        return flows;
    }

  private:
    struct Numbered {
        std::uint64_t packet;
        ipc::FlowRecord record;
    };
    std::map<TupleKey, std::uint64_t> first_;
    std::vector<Numbered> records_;
};

pipeline::WorkerLimits limits_of(const Options& options) {
    pipeline::WorkerLimits limits;
    limits.flows_max = options.flows_max;
    limits.cold_max = options.flows_max / 4;
    limits.small_buffers = 8'192;
    limits.large_buffers = 512;
    return limits;
}

Summary summarise(const ipc::CounterBlock& c) {
    Summary s{.rx = c.rx, .forwarded = c.forwarded, .held = c.held, .dropped = {}};
    for (std::size_t i = 0; i < model::kDropReasonCount; ++i)
        if (c.dropped[i] != 0) s.dropped[std::string(model::kDropReasons[i].word)] = c.dropped[i];
    for (std::size_t i = 0; i < model::kReasonCount; ++i)
        if (c.blocked[i] != 0) s.dropped[std::string(model::kReasons[i].word)] = c.blocked[i];
    return s;
}

// A worker, and what it is told and asked: the capture's own packets go through one, what tunnels
// carry through another.
class Lane {
  public:
    Lane(const lookup::BundleView& bundle, const Options& options)
        : options_(options),
          sides_(bundle, options.operator_id),
          outbox_(pool_),
          // Replays are repeatable: the same capture, the same slots.
          worker_(limits_of(options), {.hash_key = {1, 2}, .events = nullptr, .worker_id = 0}) {
        worker_.set_bundle(&bundle, 1);
        worker_.on_flow_ended(
            [](void* context, const ipc::FlowRecord& record) {
                static_cast<Records*>(context)->ended(record);
            },
            &records_);
    }

    pipeline::Worker& worker() { return worker_; }

    // The flow of the packet, where it has one.
    std::optional<TupleKey> feed(const CapturedPacket& packet, wire::Link link,
                                 std::uint64_t number) {
        // Time never runs backwards, whatever order the capture's packets are in.
        now_.mono = MonoTime{std::max(now_.mono.raw(), packet.time_ns)};
        now_.utc = options_.judged_at;
        worker_.tick(now_, outbox_);
        const Bytes bytes = packet.bytes.first(std::min(packet.bytes.size(), kBufferSize));
        Placement placement{pipeline::Side::user, options_.operator_id};
        const auto view = wire::parse_packet(bytes, packet.wire_size, link);
        if (view && view->kind != wire::PacketKind::non_ip) placement = sides_.place(*view);
        worker_.set_wire(
            0, {.operator_id = placement.operator_id, .link = link, .check_spoofing = false});
        rte_mbuf* mbuf = pool_.take();
        std::memcpy(mbuf->buf_addr, bytes.data(), bytes.size());
        mbuf->data_len = static_cast<std::uint16_t>(bytes.size());
        mbuf->pkt_len = packet.wire_size;
        worker_.run_burst(std::span(&mbuf, 1), 0, placement.side, now_, outbox_);
        outbox_.flush();
        if (!view) return std::nullopt;
        return records_.seen(*view, placement, number);
    }

    std::vector<ipc::FlowRecord> finish() {
        std::vector<ipc::FlowRecord> page(256);
        std::uint64_t cursor = 0;
        do {
            const std::size_t n = worker_.scan(cursor, 1'024, {}, now_, page);
            for (std::size_t i = 0; i < n; ++i)
                records_.ended(page[i]);
        } while (cursor != 0);
        return records_.in_order();
    }

  private:
    Options options_;
    Sides sides_;
    BufferPool pool_;
    ReplayOutbox outbox_;
    Records records_;
    pipeline::Worker worker_;
    Now now_{};
};

// What tunnels carry. Their flows are named as any other; the verdict is the tunnel's.
class Inner {
  public:
    Inner(const lookup::BundleView& bundle, Options options) : bundle_(bundle), options_(options) {
        options_.flows_max = std::min(options_.flows_max, 65'536u);
    }

    // `packet` belongs to the flow `outer`: whatever it carries, at most kTunnelsMax deep.
    void look_into(CapturedPacket packet, wire::Link link, const TupleKey& outer,
                   std::uint64_t number) {
        for (unsigned depth = 0; depth < wire::kTunnelsMax; ++depth) {
            const auto view = wire::parse_packet(packet.bytes, packet.wire_size, link);
            const auto inner = view ? wire::tunnelled(packet.bytes, *view) : std::nullopt;
            if (!inner) return;
            packet.bytes = inner->packet;
            packet.wire_size = inner->wire_size;
            link = inner->link;
            if (!lane_) lane_ = std::make_unique<Lane>(bundle_, options_);
            if (const auto key = lane_->feed(packet, link, number))
                carriers_.try_emplace(*key, Carried{inner->carrier, outer});
        }
    }

    std::vector<InnerFlow> finish(const std::vector<ipc::FlowRecord>& outer_flows) {
        std::vector<InnerFlow> flows;
        if (!lane_) return flows;
        std::map<TupleKey, const ipc::FlowRecord*> outer;
        for (const ipc::FlowRecord& record : outer_flows)
            outer[key_of(record.tuple)] = &record;
        for (const ipc::FlowRecord& record : lane_->finish()) {
            const auto carried = carriers_.find(key_of(record.tuple));
            if (carried == carriers_.end()) continue;
            const auto by = outer.find(carried->second.outer);
            if (by == outer.end()) continue;
            flows.push_back({record, carried->second.carrier});
            flows.back().record.verdict = by->second->verdict;
            flows.back().record.reason = by->second->reason;
            flows.back().record.org = by->second->org;
        }
        return flows;
    }

  private:
    struct Carried {
        wire::Carrier carrier;
        TupleKey outer;
    };
    const lookup::BundleView& bundle_;
    Options options_;
    std::unique_ptr<Lane> lane_;  // made when there is something for it: most captures have none
    std::map<TupleKey, Carried> carriers_;
};

class Replayer {
  public:
    Replayer(const lookup::BundleView& bundle, const Options& options)
        : outer_(bundle, options), inner_(bundle, options) {}

    Replayed run(Capture& capture) {
        std::uint64_t number = 0;
        while (const auto packet = capture.next()) {
            ++number;
            link_types_.insert(packet->link_type);
            const auto link = wire::link_of_type(packet->link_type);
            if (!link) {
                refuse(*packet);
                continue;
            }
            if (const auto key = outer_.feed(*packet, *link, number))
                inner_.look_into(*packet, *link, *key, number);
        }
        Replayed replayed;
        replayed.flows = outer_.finish();
        replayed.inner = inner_.finish(replayed.flows);
        replayed.counters = outer_.worker().counters();
        replayed.summary = summarise(replayed.counters);
        replayed.damage = capture.damage();
        replayed.link_types = link_types_;
        return replayed;
    }

  private:
    void refuse(const CapturedPacket& packet) {
        auto& c = outer_.worker().counters();
        ++c.rx;
        c.rx_bytes += packet.wire_size;
        c.drop(model::DropReason::link_unsupported);
    }

    Lane outer_;
    Inner inner_;
    std::set<std::uint32_t> link_types_;
};

}  // namespace

Replayed replay(Capture& capture, const lookup::BundleView& bundle, const Options& options) {
    return Replayer(bundle, options).run(capture);
}

}  // namespace sluice::replay

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

using TupleKey = std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t, std::uint8_t,
                            std::uint8_t>;
TupleKey key_of(const ipc::FlowTuple& t) {
    return {t.user, t.remote, t.user_port, t.remote_port, t.ip_protocol, t.operator_id.raw()};
}

// Collects records and puts them in order of first packets.
class Records {
  public:
    // The flow of this packet exists from now on, if it did not before.
    void seen(const wire::PacketView& v, const Placement& placement, std::uint64_t packet) {
        if (v.kind != wire::PacketKind::flow && v.kind != wire::PacketKind::fragment_head) return;
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

class Replayer {
  public:
    Replayer(const lookup::BundleView& bundle, const Options& options)
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

    Replayed run(Capture& capture) {
        while (const auto packet = capture.next())
            feed(*packet, capture.link());
        collect_live_flows();
        return {.flows = records_.in_order(),
                .summary = summarise(worker_.counters()),
                .counters = worker_.counters(),
                .damage = capture.damage()};
    }

  private:
    void feed(const CapturedPacket& packet, std::optional<wire::Link> link) {
        ++packets_;
        if (!link) {
            auto& c = worker_.counters();
            ++c.rx;
            c.rx_bytes += packet.wire_size;
            c.drop(model::DropReason::link_unsupported);
            return;
        }
        // Time never runs backwards, whatever order the capture's packets are in.
        now_.mono = MonoTime{std::max(now_.mono.raw(), packet.time_ns)};
        now_.utc = options_.judged_at;
        worker_.tick(now_, outbox_);
        const Bytes bytes = packet.bytes.first(std::min(packet.bytes.size(), kBufferSize));
        Placement placement{pipeline::Side::user, options_.operator_id};
        const auto view = wire::parse_packet(bytes, packet.wire_size, *link);
        if (view && view->kind != wire::PacketKind::non_ip) placement = sides_.place(*view);
        worker_.set_wire(0, {.operator_id = placement.operator_id,
                             .link = *link,
                             .check_spoofing = false});
        rte_mbuf* mbuf = pool_.take();
        std::memcpy(mbuf->buf_addr, bytes.data(), bytes.size());
        mbuf->data_len = static_cast<std::uint16_t>(bytes.size());
        mbuf->pkt_len = packet.wire_size;
        worker_.run_burst(std::span(&mbuf, 1), 0, placement.side, now_, outbox_);
        outbox_.flush();
        if (view) records_.seen(*view, placement, packets_);
    }

    void collect_live_flows() {
        std::vector<ipc::FlowRecord> page(256);
        std::uint64_t cursor = 0;
        do {
            const std::size_t n = worker_.scan(cursor, 1'024, {}, now_, page);
            for (std::size_t i = 0; i < n; ++i)
                records_.ended(page[i]);
        } while (cursor != 0);
    }

    Options options_;
    Sides sides_;
    BufferPool pool_;
    ReplayOutbox outbox_;
    Records records_;
    pipeline::Worker worker_;
    Now now_{};
    std::uint64_t packets_ = 0;
};

}  // namespace

Replayed replay(Capture& capture, const lookup::BundleView& bundle, const Options& options) {
    return Replayer(bundle, options).run(capture);
}

}  // namespace sluice::replay

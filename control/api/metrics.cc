#include "control/api/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

#include "control/api/traffic.h"
#include "control/catalog/sync.h"
#include "rules/ipc/event.h"

namespace sluice::control {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr unsigned kNoticesCounted = 1'000;
// Of CounterBlock: these go down, too.
constexpr std::string_view kGauges[] = {"held"};

class Families {
  public:
    MetricFamily& counter(const std::string& name, std::string_view help) {
        return add(name + "_total", help, MetricType::Counter);
    }
    MetricFamily& gauge(const std::string& name, std::string_view help) {
        return add(name, help, MetricType::Gauge);
    }
    std::string text() const {
        std::ostringstream out;
        prometheus::TextSerializer().Serialize(out, all_);
        return out.str();
    }

  private:
    // References are good until the next family.
    MetricFamily& add(const std::string& name, std::string_view help, MetricType type) {
        return all_.emplace_back(MetricFamily{"sluice_" + name, std::string(help), type, {}});
    }
    std::vector<MetricFamily> all_;
};

using Labels = std::vector<ClientMetric::Label>;

void put(MetricFamily& family, double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = metric.gauge.value = value;  // which one counts says the family's type
    family.metric.push_back(std::move(metric));
}
void put(MetricFamily& family, std::uint64_t value, Labels labels = {}) {
    put(family, static_cast<double>(value), std::move(labels));
}

void add_worker(Families& all, std::string_view name, std::string_view text, std::uint64_t value) {
    const bool is_gauge = std::ranges::find(kGauges, name) != std::end(kGauges);
    put(is_gauge ? all.gauge(std::string(name), text) : all.counter(std::string(name), text),
        value);
}

void add_counters(Families& all, const ipc::CounterBlock& b) {
#define X(name, text) add_worker(all, #name, text, b.name);
    SLUICE_COUNTERS(X)
#undef X
    MetricFamily& drops = all.counter("drop_packets", "packets dropped, by cause");
    for (std::size_t i = 0; i < model::kDropReasonCount; ++i)
        put(drops, b.dropped[i], {{"cause", std::string(model::kDropReasons[i].word)}});
    MetricFamily& blocked = all.counter("blocked_packets", "packets of blocked flows, by reason");
    for (std::size_t i = 0; i < model::kReasonCount; ++i)
        if (model::kReasons[i].verdict == model::Verdict::block)
            put(blocked, b.blocked[i], {{"reason", std::string(model::kReasons[i].word)}});
    MetricFamily& flows = all.counter("flows", "flows decided, again after changes of policy");
    for (std::size_t i = 0; i < model::kReasonCount; ++i)
        put(flows, b.decided[i],
            {{"reason", std::string(model::kReasons[i].word)},
             {"verdict", std::string(model::name_of(model::kReasons[i].verdict))}});
    MetricFamily& fails = all.counter("cannot_know", "cases the fail table decided");
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i) {
        const std::string word(model::kFailCases[i].word);
        put(fails, b.fail_open[i], {{"case", word}, {"mode", "open"}});
        put(fails, b.fail_closed[i], {{"case", word}, {"mode", "closed"}});
    }
}

void add_wires(Families& all, const std::vector<ipc::WireRecord>& wires) {
    const auto each = [&](const char* name, const char* help, bool counter, auto value) {
        MetricFamily& family = counter ? all.counter(name, help) : all.gauge(name, help);
        for (const ipc::WireRecord& w : wires)
            for (const auto& [side, port] : {std::pair{"user", &w.user}, {"internet", &w.internet}})
                value(family, *port, Labels{{"wire", text_field(w.id)}, {"side", side}});
    };
    using Port = ipc::WireRecord::Port;
    const auto both = [](MetricFamily& family, std::uint64_t rx, std::uint64_t tx, Labels labels) {
        Labels sent = labels;
        labels.push_back({"dir", "rx"});
        sent.push_back({"dir", "tx"});
        put(family, rx, std::move(labels));
        put(family, tx, std::move(sent));
    };
    each("port_bytes", "bytes of a wire's port", true,
         [&](MetricFamily& f, const Port& p, Labels l) { both(f, p.rx_bytes, p.tx_bytes, l); });
    each("port_packets", "packets of a wire's port", true,
         [&](MetricFamily& f, const Port& p, Labels l) { both(f, p.rx_packets, p.tx_packets, l); });
    each("port_missed_packets", "packets a port had no room for", true,
         [&](MetricFamily& f, const Port& p, Labels l) { put(f, p.missed, std::move(l)); });
    each("port_link_up", "1: the link is up", false, [&](MetricFamily& f, const Port& p, Labels l) {
        put(f, std::uint64_t{p.link_up}, std::move(l));
    });
    MetricFamily& alarms = all.gauge("wire_alarm", "1: the wire has this alarm now");
    for (const ipc::WireRecord& w : wires)
        for (std::size_t i = 0; i < ipc::kAlarmCount; ++i)
            put(alarms, std::uint64_t{w.alarms >> i & 1u},
                {{"wire", text_field(w.id)}, {"alarm", std::string(ipc::kAlarms[i].word)}});
}

void add_workers(Families& all, const std::vector<ipc::WorkerRecord>& workers) {
    const auto each = [&](MetricFamily& family, auto value) {
        for (std::size_t i = 0; i < workers.size(); ++i)
            put(family, std::uint64_t{value(workers[i])}, {{"worker", std::to_string(i)}});
    };
    using W = ipc::WorkerRecord;
    each(all.gauge("worker_flows", "flows in a worker's table"),
         [](const W& w) { return w.flows_live; });
    each(all.counter("worker_busy_cycles", "cycles a worker had packets"),
         [](const W& w) { return w.busy_cycles; });
    each(all.counter("worker_idle_cycles", "cycles a worker had none"),
         [](const W& w) { return w.idle_cycles; });
    each(all.gauge("worker_stalled", "1: a worker stands still"),
         [](const W& w) { return std::uint64_t{w.stalled}; });
}

void add_policy(Families& all, Services& s, const std::string& active) {
    if (const auto head = s.store.head(); head && *head) {
        put(all.gauge("bundle_info", "the commit in force"), std::uint64_t{1},
            {{"rev", std::to_string((*head)->serial)}});
        put(all.gauge("bundle_age_seconds", "since it was committed"),
            static_cast<double>(s.now().raw() - (*head)->at.raw()));
    }
    const auto current = s.pipeline.current();
    const bool equal = current && current->bundle_hash == s.engine.published_hash() &&
                       current->bundle_hash == active;
    put(all.gauge("bundle_equal", "1: committed, published and judged by are the same"),
        std::uint64_t{equal});
    put(all.gauge("troubles", "lines of `sluicectl status` about the daemon itself"),
        std::uint64_t{s.troubles().size()});
}

void add_catalogs(Families& all, Services& s) {
    if (s.catalogs == nullptr) return;
    const auto states = s.catalogs->states();
    MetricFamily& age = all.gauge("catalog_age_seconds", "since an operator's feed was confirmed");
    for (const catalog::SourceState& c : states)
        if (c.confirmed)
            put(age, static_cast<double>(s.now().raw() - c.confirmed->raw()),
                {{"operator", c.source.operator_id}});
    MetricFamily& rows = all.gauge("catalog_rows", "prefixes an operator has published");
    for (const catalog::SourceState& c : states)
        put(rows, std::uint64_t{c.rows}, {{"operator", c.source.operator_id}});
}

void add_notices(Families& all, Services& s) {
    if (!s.cases) return;
    MetricFamily& family =
        all.gauge("notices", "notices of cases not settled, 1,000 counted at most");
    for (const char* state : {"pending", "failed"})
        if (const auto rows = s.cases->store->notices(state, kNoticesCounted))
            put(family, std::uint64_t{rows->size()}, {{"state", state}});
}

}  // namespace

std::string metrics_text(Services& s) {
    Families all;
    const auto status = s.dataplane.status();
    put(all.gauge("dataplane_up", "1: the data plane answers"), std::uint64_t{status.ok()});
    put(all.gauge("start_time_seconds", "when sluiced started, Unix time"),
        static_cast<double>(s.started.raw()));
    add_policy(all, s, status ? hash_text(*status) : "");
    add_catalogs(all, s);
    add_notices(all, s);
    // What a dead data plane left behind would look like one that stands still.
    if (!status) return all.text();
    if (const auto block = s.dataplane.counters()) add_counters(all, *block);
    if (const auto wires = s.dataplane.wires()) add_wires(all, *wires);
    if (const auto workers = s.dataplane.workers()) add_workers(all, *workers);
    return all.text();
}

}  // namespace sluice::control

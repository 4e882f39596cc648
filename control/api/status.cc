// GET /v1/status: is everything well? One item a part, each with ok; empty detail is never given.
#include <unistd.h>

#include "control/api/api.h"
#include "control/api/traffic.h"
#include "control/api/two_person.h"
#include "control/store/time_text.h"
#include "rules/ipc/event.h"
#include "rules/sandbox/sandbox.h"

namespace sluice::control {
namespace {

Json item(std::string part, std::string name, bool ok, std::string detail) {
    return {{"part", std::move(part)},
            {"name", std::move(name)},
            {"ok", ok},
            {"detail", std::move(detail)}};
}

std::string short_hash(const std::string& hash) {
    return hash.empty() ? "none" : hash.substr(0, 12);
}

// As whom a process runs, and whether its system calls are limited.
std::string standing_text(std::uint32_t pid) {
    const auto standing = sandbox::standing_of(pid);
    if (!standing) return "";
    return ", user " + std::to_string(standing->uid) +
           (standing->calls_limited ? ", system calls limited" : ", system calls NOT limited");
}

void add_control(Services& s, Json& items) {
    items.push_back(item("control", "sluiced", true,
                         "running since " + rfc3339(s.started) +
                             standing_text(static_cast<std::uint32_t>(::getpid()))));
    const auto head = s.store.head();
    if (!head)
        items.push_back(item("control", "store", false, head.error().message));
    else if (!*head)
        items.push_back(item("control", "policy", false,
                             "no policy yet: `sluicectl policy commit DIR --reason TEXT`"));
    else
        items.push_back(item("control", "policy", true,
                             "r" + std::to_string((*head)->serial) + " " + short_hash((*head)->id) +
                                 " by " + (*head)->author.person + " at " + rfc3339((*head)->at)));
    if (const auto pending = s.store.pending_confirm(); pending && *pending)
        items.push_back(item("control", "confirmation", true,
                             "r" + std::to_string((*pending)->serial) + " reverts at " +
                                 rfc3339((*pending)->until) +
                                 " unless `sluicectl policy confirm`"));
    items.push_back(item("control", "two_person", true, two_person_text(s)));
    for (const std::string& trouble : s.troubles())
        items.push_back(item("control", "trouble", false, trouble));
}

void add_bundle(Services& s, const std::string& active, Json& items) {
    const auto current = s.pipeline.current();
    const std::string head = current ? current->bundle_hash : "";
    const std::string published = s.engine.published_hash();
    const bool equal = !head.empty() && head == published && published == active;
    Json bundle = item("bundle", "equal", equal,
                       equal ? "committed, published and active are " + short_hash(head)
                             : "committed " + short_hash(head) + ", published " +
                                   short_hash(published) + ", active " + short_hash(active));
    bundle["committed"] = head;
    bundle["published"] = published;
    bundle["active"] = active;
    items.push_back(std::move(bundle));
}

void add_wires(Services& s, Json& items) {
    const auto wires = s.dataplane.wires();
    if (!wires) {
        items.push_back(item("wire", "all", false, wires.error().message));
        return;
    }
    for (const ipc::WireRecord& w : *wires) {
        const auto state = [](const ipc::WireRecord::Port& p) {
            return std::string(p.link_up ? "up" : "DOWN") + " " +
                   (p.speed_mbit ? std::to_string(p.speed_mbit) + "M" : "-") +
                   (p.full_duplex ? "/full" : "/half");
        };
        std::string alarms;
        for (const std::string& word : alarms_of(w))
            alarms += ", ALARM " + word;
        // Silence may be the night, and a drained wire is as somebody wants it: shown, but well.
        const std::uint32_t harmless = bit_of(ipc::Alarm::no_traffic) | bit_of(ipc::Alarm::drained);
        const bool drained = w.state != ipc::WireState::in_use;
        const bool links = w.user.link_up && w.internet.link_up;
        const bool ok = (links || drained) && (w.alarms & ~harmless) == 0;
        items.push_back(item("wire", text_field(w.id), ok,
                             std::string(w.reserve ? "reserve" : "main") + ", user side " +
                                 state(w.user) + ", internet side " + state(w.internet) + alarms));
    }
}

void add_workers(Services& s, Json& items) {
    const auto workers = s.dataplane.workers();
    if (!workers) {
        items.push_back(item("worker", "all", false, workers.error().message));
        return;
    }
    for (std::size_t i = 0; i < workers->size(); ++i) {
        const ipc::WorkerRecord& w = (*workers)[i];
        const std::uint64_t cycles = w.busy_cycles + w.idle_cycles;
        const std::uint64_t busy = cycles == 0 ? 0 : w.busy_cycles * 100 / cycles;
        items.push_back(item("worker", std::to_string(i), !w.stalled,
                             "CPU " + std::to_string(w.cpu) + ", " + std::to_string(w.flows_live) +
                                 " flows, " + std::to_string(w.share_permille / 10) +
                                 "% of the packets of the last second, busy " +
                                 std::to_string(busy) + "% of its time" +
                                 (w.stalled ? ", STALLED: its stack is in the log" : "")));
    }
}

void add_fail_table(Services& s, const ipc::CounterBlock& counters, Json& items) {
    const auto current = s.pipeline.current();
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i) {
        const auto c = static_cast<model::FailCase>(i);
        const model::FailMode fallback = model::kFailCases[i].default_mode;
        const model::FailMode mode = current ? current->rules->fail_table()[c] : fallback;
        Json row = item("fail", std::string(name_of(c)), true,
                        std::string(name_of(mode)) + " (default " + std::string(name_of(fallback)) +
                            "): passed " + std::to_string(counters.fail_open[i]) + ", stopped " +
                            std::to_string(counters.fail_closed[i]));
        row["mode"] = name_of(mode);
        row["default"] = name_of(fallback);
        row["opened"] = counters.fail_open[i];
        row["closed"] = counters.fail_closed[i];
        items.push_back(std::move(row));
    }
}

}  // namespace

Answer get_status(const Call&, Services& s) {
    Json items = Json::array();
    add_control(s, items);
    const auto status = s.dataplane.status();
    if (!status) {
        items.push_back(item("dataplane", "sluice-dataplane", false, status.error().message));
        add_bundle(s, "", items);
        return reply("Status", s, std::move(items));
    }
    items.push_back(item("dataplane", "sluice-dataplane", true,
                         "pid " + std::to_string(status->pid) + ", " +
                             std::to_string(status->workers) + " workers, running since " +
                             rfc3339_ms(status->started_utc_ns) + ", bundle generation " +
                             std::to_string(status->generation) + standing_text(status->pid)));
    add_workers(s, items);
    add_bundle(s, hash_text(*status), items);
    add_wires(s, items);
    const auto counters = s.dataplane.counters();
    if (counters) {
        const Balance b = balance_of(*counters);
        items.push_back(item("counters", "balance", b.exact(),
                             std::to_string(b.rx) + " received = " + std::to_string(b.forwarded) +
                                 " forwarded + " + std::to_string(b.dropped) + " dropped + " +
                                 std::to_string(b.blocked) + " blocked + " +
                                 std::to_string(b.held) + " held"));
    } else {
        items.push_back(item("counters", "balance", false, "the data plane shares no counters"));
    }
    add_fail_table(s, counters.value_or(ipc::CounterBlock{}), items);
    return reply("Status", s, std::move(items));
}

}  // namespace sluice::control

#include "control/daemon/intake.h"

#include <algorithm>

#include "control/api/document.h"
#include "control/api/reference_text.h"
#include "control/store/time_text.h"

namespace sluice::control {

void Intake::open_rings() {
    const bool stale = std::any_of(rings_.begin(), rings_.end(),
                                   [](const ipc::EventReader& r) { return r.replaced(); });
    if (stale) rings_.clear();
    while (rings_.size() <= ipc::kWorkersMax) {  // the last one is the control thread's
        auto ring = ipc::EventReader::open(runtime_dir_, static_cast<std::uint32_t>(rings_.size()));
        if (!ring) return;
        rings_.push_back(std::move(ring).value());
    }
}

void Intake::drain(const Rulebook& rules, std::size_t& left) {
    ipc::Event event;
    for (ipc::EventReader& ring : rings_)
        for (; left > 0 && ring.pop(event); --left)
            take(event, rules);
}

void Intake::turn(const Rulebook* rules) {
    if (!rules) return;  // events wait in the rings until there is a policy to name things with
    std::size_t left = kEventsPerTurn;
    drain(*rules, left);  // what an old data plane left is read before its rings are let go
    open_rings();
    drain(*rules, left);
}

void Intake::take(const ipc::Event& e, const Rulebook& rules) {
    const UtcTime at{e.utc_ns / kNsPerSecond};
    if (e.kind == ipc::EventKind::unknown_source) {
        if (unknown_.size() >= kPendingMax) return;
        const std::string op = rules.operator_id(e.tuple.operator_id);
        const std::string address = to_text(e.tuple.user);
        UnknownSource& u = unknown_[{op, address}];
        if (u.packets == 0) u = {op, address, at, at, 0};
        u.first_seen = std::min(u.first_seen, at);
        u.last_seen = std::max(u.last_seen, at);
        u.packets += std::max(e.packets, 1u);
        return;
    }
    if (e.kind == ipc::EventKind::alarm) {
        log_.write(text_of({{"kind", "alarm"},
                            {"at", rfc3339_ms(e.utc_ns)},
                            {"alarm", ipc::name_of(e.alarm)},
                            {"of", e.name()},
                            {"raised", e.raised},
                            {"text", ipc::kAlarms[static_cast<std::size_t>(e.alarm)].text}}));
        return;
    }
    if (e.kind == ipc::EventKind::new_flow_flood) {
        log_.write(text_of({{"kind", "new_flow_flood"},
                            {"at", rfc3339_ms(e.utc_ns)},
                            {"organisation", rules.organisation(e.org)},
                            {"refused", e.packets}}));
        return;
    }
    const std::string line = text_of(event_json(e, rules));
    log_.write(line);
    if (e.reference != 0 && references_.size() < kPendingMax)
        references_.push_back({reference_as_text(e.reference), at, line});
}

void Intake::flush() {
    trouble_.clear();
    if (!unknown_.empty()) {
        std::vector<UnknownSource> all;
        for (const auto& [key, source] : unknown_)
            all.push_back(source);
        if (const auto done = store_.add_unknown_sources(all); done)
            unknown_.clear();
        else
            trouble_ = done.error().message;
    }
    if (!references_.empty()) {
        if (const auto done = store_.add_references(references_, {}); done)
            references_.clear();
        else
            trouble_ = done.error().message;
    }
}

}  // namespace sluice::control

#include "control/cases/unknown_sources.h"

#include <algorithm>
#include <limits>

namespace sluice::control {
namespace {

constexpr const char* kLifeCycle = "unknown-source";
constexpr unsigned kReportsMax = 200'000;  // all the store keeps
constexpr unsigned kPage = 1'000;

Command system_event(std::string event, UtcTime now, std::string ground) {
    Command command;
    command.event = std::move(event);
    command.at = now;
    command.ground = std::move(ground);
    return command;
}

const std::vector<std::string>& values_of(const Case& c, std::string_view field) {
    static const std::vector<std::string> none;
    const auto at = c.fields.find(field);
    return at == c.fields.end() ? none : at->second;
}

// Sources nobody can have: unspecified, loopback, link-local, multicast, broadcast.
bool is_nobodys(const IpAddress& a) {
    if (!a.is_v4()) return a.bytes[0] == 0xff || a.bytes[0] == 0xfe || a.bytes[0] == 0x00;
    const std::uint32_t v = a.as_v4();
    const std::uint32_t top = v >> 24;
    return top == 0 || top == 127 || top >= 224 || v >> 16 == 0xa9fe;
}

}  // namespace

bool UnknownSources::is_real(const UnknownSource& s, UtcTime now) const {
    const auto address = parse_ip(s.address);
    return address && !is_nobodys(*address) && s.packets >= limits_.packets_min &&
           s.last_seen.raw() - s.first_seen.raw() >= limits_.seconds_min &&
           now.raw() - s.last_seen.raw() <= limits_.seconds_recent;
}

void UnknownSources::heal_case(const Case& c, UtcTime now, const IsCatalogued& is_catalogued,
                               Pending& open, UnknownReport& report) {
    const auto& operators = values_of(c, "operator");
    if (operators.empty()) return;
    const std::string& op = operators.front();
    std::vector<std::string> absent;
    for (const std::string& text : values_of(c, "addresses")) {
        // The intake reports single addresses; a prefix entered by hand heals with its network.
        const auto prefix = parse_prefix(text).prefix;
        if (prefix && is_catalogued(op, prefix->network)) continue;
        absent.push_back(text);
        open[op].insert(text);
    }
    if (absent.size() == values_of(c, "addresses").size()) return;
    Command event = system_event(absent.empty() ? "catalogued" : "catalogued_some", now,
                                 "the catalog has the addresses now");
    if (!absent.empty()) event.given["addresses"] = absent;
    const auto done = desk_.raise(c.id, event, c.version);
    if (done)
        ++report.healed;
    else
        report.trouble = done.error().message;
}

bool UnknownSources::heal(UtcTime now, const IsCatalogued& is_catalogued, Pending& open,
                          UnknownReport& report) {
    CaseFilter page;
    page.life_cycle = kLifeCycle;
    page.limit = kPage;
    for (;;) {
        const auto rows = cases_.cases(page);
        if (!rows) {
            report.trouble = rows.error().message;
            return false;
        }
        for (const CaseRow& row : *rows)
            if (const auto c = case_of(row.document))
                heal_case(*c, now, is_catalogued, open, report);
        if (rows->size() < kPage) return true;
        page.after = rows->back().id;
    }
}

void UnknownSources::open_cases(UtcTime now, const IsCatalogued& is_catalogued, const Pending& open,
                                UnknownReport& report) {
    const auto seen = reports_.unknown_sources("", kReportsMax);
    if (!seen) {
        report.trouble = seen.error().message;
        return;
    }
    std::map<std::string, std::pair<std::vector<std::string>, std::uint64_t>> fresh;
    for (const UnknownSource& s : *seen) {
        const auto known = open.find(s.operator_id);
        if (known != open.end() && known->second.contains(s.address)) continue;
        if (!is_real(s, now)) {
            ++report.noise;
            continue;
        }
        if (is_catalogued(s.operator_id, *parse_ip(s.address))) continue;
        auto& [addresses, packets] = fresh[s.operator_id];
        if (addresses.size() >= limits_.addresses_a_case) continue;
        addresses.push_back(s.address);
        packets += s.packets;
    }
    for (auto& [op, batch] : fresh) {
        const auto latest = latest_.find(op);
        if (latest != latest_.end() &&
            std::abs(now.raw() - latest->second.raw()) < limits_.seconds_between)
            continue;
        std::sort(batch.first.begin(), batch.first.end());
        Command command = system_event("seen", now, "seen by the data plane, in no catalog");
        command.given = {{"operator", {op}},
                         {"addresses", batch.first},
                         {"packets",
                          {std::to_string(std::min<std::uint64_t>(
                              batch.second, std::numeric_limits<std::uint32_t>::max()))}}};
        const auto opened = desk_.open(kLifeCycle, command);
        if (!opened) {
            report.trouble = opened.error().message;
            continue;
        }
        latest_[op] = now;
        ++report.opened;
    }
}

UnknownReport UnknownSources::turn(UtcTime now, const IsCatalogued& is_catalogued) {
    UnknownReport report;
    Pending open;
    if (heal(now, is_catalogued, open, report)) open_cases(now, is_catalogued, open, report);
    return report;
}

}  // namespace sluice::control

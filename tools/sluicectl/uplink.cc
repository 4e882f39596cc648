// sluicectl uplink: the operators' wires, their ports and meters; taking a wire out of use.
#include <memory>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

// Each operator once: its wires share the meters.
std::string commits(const Json& items) {
    using render::Align;
    render::Table t({{"OPERATOR"},
                     {"DIRECTION"},
                     {"COMMIT GBIT", Align::right},
                     {"BIT/S", Align::right},
                     {"GREEN", Align::right},
                     {"YELLOW", Align::right},
                     {"RED", Align::right}});
    std::string seen = ",";
    for (const Json& wire : items) {
        const std::string id = cell(wire.at("operator"));
        if (seen.find("," + id + ",") != std::string::npos) continue;
        seen += id + ",";
        for (const char* direction : {"from_user", "to_user"}) {
            const Json& m = wire.at(direction);
            const auto count = [&](const char* field) {
                return render::short_count(m.at(field).get<std::uint64_t>());
            };
            t.add({id, direction, cell(wire.at("operator_gbit")), count("bits_per_second"),
                   count("green"), count("yellow"), count("red")});
        }
    }
    return t.text();
}

std::string table(const Json& document) {
    using render::Align;
    render::Table t({{"WIRE"},
                     {"OPERATOR"},
                     {"ROLE"},
                     {"STATE"},
                     {"GBIT", Align::right},
                     {"SIDE"},
                     {"DEVICE", Align::left, 40},
                     {"LINK"},
                     {"CHANGES", Align::right},
                     {"QUEUES", Align::right},
                     {"RX PKTS", Align::right},
                     {"RX BYTES", Align::right},
                     {"TX PKTS", Align::right},
                     {"TX BYTES", Align::right},
                     {"MISSED", Align::right}});
    for (const Json& wire : document.at("items"))
        for (const char* side : {"user", "internet"}) {
            const Json& p = wire.at(side);
            const auto count = [&](const char* field) {
                return render::short_count(p.at(field).get<std::uint64_t>());
            };
            const bool up = p.at("link_up").get<bool>();
            t.add({cell(wire.at("id")), cell(wire.at("operator")), cell(wire.at("role")),
                   cell(wire.at("state")), cell(wire.at("committed_gbit")), side,
                   cell(p.at("device")),
                   up ? cell(p.at("speed_mbit")) + "M" +
                            (p.at("full_duplex").get<bool>() ? "/full" : "/half")
                      : "DOWN",
                   cell(p.at("link_changes")), cell(p.at("rx_queues")), count("rx_packets"),
                   count("rx_bytes"), count("tx_packets"), count("tx_bytes"), count("missed")});
        }
    std::string text = t.text() + "\n" + commits(document.at("items"));
    for (const Json& wire : document.at("items"))
        if (!wire.at("alarms").empty())
            text += "ALARM " + cell(wire.at("id")) + ": " + cell(wire.at("alarms")) + "\n";
    return text;
}

std::string workers(const Json& document) {
    using render::Align;
    render::Table t({{"WORKER", Align::right},
                     {"CPU", Align::right},
                     {"NODE", Align::right},
                     {"PKTS", Align::right},
                     {"HANDED ON", Align::right},
                     {"FLOWS", Align::right},
                     {"SHARE %", Align::right},
                     {"BUSY %", Align::right},
                     {"STATE"}});
    for (const Json& w : document.at("items")) {
        const auto percent = [&](const char* field) {
            const auto n = w.at(field).get<std::uint64_t>();
            return std::to_string(n / 10) + "." + std::to_string(n % 10);
        };
        const auto count = [&](const char* field) {
            return render::short_count(w.at(field).get<std::uint64_t>());
        };
        t.add({cell(w.at("worker")), cell(w.at("cpu")), cell(w.at("numa_node")), count("packets"),
               count("steered"), count("flows"), percent("share_permille"),
               percent("busy_permille"), w.at("stalled").get<bool>() ? "STALLED" : "turns"});
    }
    return t.text();
}

// Wires, then how evenly the workers share them.
void show_uplinks(Context& context) {
    Response wires = get(context, "/v1/wires");
    if (wires.code == kYes) {
        const Response more = get(context, "/v1/workers");
        if (more.code == kYes) wires.body["workers"] = more.body.at("items");
    }
    show(context, wires, {[](const Json& d) {
             return table(d) +
                    (d.contains("workers") ? "\n" + workers({{"items", d.at("workers")}}) : "");
         }});
}

std::string turned(const Json& document) {
    const Json& wire = document.at("items")[0];
    return cell(wire.at("id")) + " is " + cell(wire.at("state")) + ", audit " +
           cell(wire.at("audit_seq")) + "\n";
}

}  // namespace

void add_uplink(CLI::App& app, Context& context) {
    CLI::App* uplink = app.add_subcommand("uplink", "The operators' channels");
    uplink->require_subcommand(1);
    uplink->add_subcommand("show", "Wires, ports, links, commits and workers")
        ->callback([&context] { show_uplinks(context); });

    struct Words {
        std::string wire, reason;
        bool now = false;
    };
    const auto words = [](CLI::App* command) {
        auto w = std::make_shared<Words>();
        command->add_option("wire", w->wire, "As `uplink show` names it")->required();
        command->add_option("--reason", w->reason, "Why: goes into the audit")->required();
        return w;
    };
    CLI::App* drain = uplink->add_subcommand(
        "drain", "Takes a wire out of use: routers move to the other one, nothing is lost");
    auto d = words(drain);
    drain->add_flag("--now", d->now, "Stops data too, at once");
    drain->callback([&context, d] {
        show(context,
             post(context, "/v1/wires/" + d->wire + "/drain",
                  {{"reason", d->reason}, {"now", d->now}}),
             {turned});
    });
    CLI::App* undrain = uplink->add_subcommand("undrain", "Takes a wire into use again");
    auto u = words(undrain);
    undrain->callback([&context, u] {
        show(context, post(context, "/v1/wires/" + u->wire + "/undrain", {{"reason", u->reason}}),
             {turned});
    });
}

}  // namespace sluice::ctl

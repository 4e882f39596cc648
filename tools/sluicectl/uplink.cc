// sluicectl uplink show: the wires and their ports.
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string table(const Json& document) {
    using render::Align;
    render::Table t({{"WIRE"},
                     {"OPERATOR"},
                     {"ROLE"},
                     {"GBIT", Align::right},
                     {"SIDE"},
                     {"DEVICE", Align::left, 40},
                     {"LINK"},
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
                   cell(wire.at("committed_gbit")), side, cell(p.at("device")),
                   up ? cell(p.at("speed_mbit")) + "M" +
                            (p.at("full_duplex").get<bool>() ? "/full" : "/half")
                      : "DOWN",
                   count("rx_packets"), count("rx_bytes"), count("tx_packets"), count("tx_bytes"),
                   count("missed")});
        }
    return t.text();
}

}  // namespace

void add_uplink(CLI::App& app, Context& context) {
    CLI::App* uplink = app.add_subcommand("uplink", "The operators' channels");
    uplink->require_subcommand(1);
    uplink->add_subcommand("show", "Wires, ports, links and their counters")->callback([&context] {
        show(context, get(context, "/v1/wires"), {table});
    });
}

}  // namespace sluice::ctl

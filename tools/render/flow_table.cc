#include "tools/render/flow_table.h"

#include "tools/render/table.h"

namespace sluice::render {
namespace {

std::string endpoint(const std::string& address, unsigned port, bool has_ports) {
    const bool v6 = address.find(':') != std::string::npos;
    if (!has_ports) return address;
    return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::string or_dash(const Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string("-");
}

std::string name_cell(const Json& flow) {
    if (!flow.at("name").is_string()) return "-";
    return flow.at("name").get<std::string>() + " (" + or_dash(flow.at("name_source")) + ")";
}

std::string joined(const Json& list) {
    std::string out;
    for (const Json& item : list)
        out += (out.empty() ? "" : ",") + item.get<std::string>();
    return out.empty() ? "-" : out;
}

}  // namespace

std::string flow_table(const Json& flows) {
    Table table({{"PROTO"},
                 {"SOURCE"},
                 {"DESTINATION"},
                 {"ORG", Align::left, 24},
                 {"NAME(SOURCE)", Align::left, 48},
                 {"PROTOCOL"},
                 {"CATEGORIES", Align::left, 32},
                 {"VERDICT"},
                 {"REASON"},
                 {"CODE", Align::right},
                 {"PKTS", Align::right},
                 {"BYTES", Align::right}});
    for (const Json& f : flows) {
        const auto proto = f.at("proto").get<std::string>();
        const bool ports = proto == "tcp" || proto == "udp" || proto == "sctp" || proto == "dccp" ||
                           proto == "udplite";
        table.add({proto, endpoint(f.at("src"), f.at("sport"), ports),
                   endpoint(f.at("dst"), f.at("dport"), ports), or_dash(f.at("organisation")),
                   name_cell(f), f.at("protocol"), joined(f.at("categories")), f.at("verdict"),
                   f.at("reason"), std::to_string(f.at("reason_code").get<unsigned>()),
                   short_count(f.at("packets").get<std::uint64_t>()),
                   short_count(f.at("bytes").get<std::uint64_t>())});
    }
    return table.text();
}

}  // namespace sluice::render

// operators.yaml: telecom operators and their channels (G5, G9).
#include <algorithm>

#include "rules/load/building.h"

namespace sluice::load {
namespace {

constexpr std::uint32_t kCommittedGbitMax = 10'000;
using model::ChannelRole;

void check_role(Reader& reader, const YamlNode& node, const model::Operator& op, ChannelRole role) {
    const auto same = std::find_if(op.wires.begin(), op.wires.end(),
                                   [&](const model::Wire& w) { return w.role == role; });
    if (same == op.wires.end()) return;
    const bool main = role == ChannelRole::main;
    reader.error(node, main ? "second_main" : "second_reserve",
                 std::string("an operator has one ") + (main ? "main" : "reserve") +
                     " channel (G5), and " + in_quotes(same->id) + " is it already",
                 "the other is at " + reader.report().place(same->at));
}

void read_wire(Building& b, Reader& reader, const YamlNode& node, IdIndex& wire_ids,
               model::Operator& op) {
    Fields fields(reader, node, "a wire", {"id", "role", "committed_gbit"});
    model::Wire wire;
    wire.at = reader.at(node);
    const YamlNode* id = fields.need("id");
    if (reader.id(id, wire.id)) b.add_id(wire_ids, 0, reader, *id, wire.id);
    const YamlNode* role_node = fields.need("role");
    std::size_t role = 0;
    if (reader.word(role_node, {"main", "reserve"}, role)) {
        wire.role = role == 0 ? ChannelRole::main : ChannelRole::reserve;
        check_role(reader, *role_node, op, wire.role);
    }
    reader.number(fields.need("committed_gbit"), 1, kCommittedGbitMax, wire.committed_gbit);
    op.wires.push_back(std::move(wire));
}

void read_operator(Building& b, Reader& reader, const YamlNode& node, IdIndex& wire_ids) {
    if (b.policy.operators.size() == model::kOperatorsMax) {
        reader.error(node, "too_many", "there are more than 255 operators");
        return;
    }
    Fields fields(reader, node, "an operator", {"id", "name", "wires"});
    model::Operator op;
    op.at = reader.at(node);
    const YamlNode* id = fields.need("id");
    if (reader.id(id, op.id)) b.add_id(b.operators, b.policy.operators.size(), reader, *id, op.id);
    reader.text(fields.need("name"), op.name);
    const YamlNode* wires = fields.need("wires");
    for (const YamlNode& item : reader.list(wires))
        read_wire(b, reader, item, wire_ids, op);
    const bool has_main = std::any_of(op.wires.begin(), op.wires.end(), [](const model::Wire& w) {
        return w.role == ChannelRole::main;
    });
    if (wires != nullptr && !has_main)
        reader.error(*wires, "no_main", "an operator has one main channel (G5), and here is none",
                     "give one of the wires 'role: main'");
    b.policy.operators.push_back(std::move(op));
}

}  // namespace

void read_operators(Building& b) {
    IdIndex wire_ids;  // unique over all operators: the data plane's configuration names them
    read_list_file(b, "operators.yaml", "operators", [&](Reader& reader, const YamlNode& node) {
        read_operator(b, reader, node, wire_ids);
    });
}

}  // namespace sluice::load

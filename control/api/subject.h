// What a person asks about: "3-77", "0XQFX-ASH73-GMMZ", "tcp 192.0.2.1:40000 > 198.51.100.9:443",
// an address, a name. And which end of two is the user's.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "control/commit/engine.h"
#include "rules/ipc/flow_record.h"

namespace sluice::control {

struct FlowNumber {
    std::uint64_t id = 0;  // FlowRecord::id
};
// In the order written: the left end opened the flow.
struct Ends {
    IpAddress from, to;
    std::uint16_t from_port = 0, to_port = 0;
    std::uint8_t ip_protocol = 0;
};
struct ReferenceText {
    std::string text;
};
struct NameText {
    std::string name;  // canonical
};
using Subject = std::variant<std::monostate, FlowNumber, Ends, ReferenceText, IpAddress, NameText>;

// monostate when it is none of them.
Subject parse_subject(std::string_view text);

// A flow's tuple, and whether the internet side opened it.
struct Oriented {
    ipc::FlowTuple tuple;
    bool from_internet = false;
};
// The catalogued end is the user's; with both or neither catalogued the one that opened is. `only`:
// look in this operator's catalog; without it in all, in order; the first operator when none knows
// either end.
Oriented orient(const Ends& ends, const Rulebook& rules, std::optional<OperatorId> only);

}  // namespace sluice::control

// Counters and wires as numbers people ask for.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "control/render/flow_json.h"
#include "rules/ipc/counters.h"
#include "rules/ipc/query.h"

namespace sluice::control {

// Where the received packets went. Exact by construction in every copy that is read.
struct Balance {
    std::uint64_t rx = 0, forwarded = 0, dropped = 0, blocked = 0, held = 0;
    bool exact() const { return rx == forwarded + dropped + blocked + held; }
};
Balance balance_of(const ipc::CounterBlock& block);

// One item a counter: group (packets, dropped, blocked, decided, fail_open, fail_closed), name,
// number (of a reason; else absent), value, text.
render::Json counters_json(const ipc::CounterBlock& block);

// Words of the alarms a wire has now.
std::vector<std::string> alarms_of(const ipc::WireRecord& wire);

render::Json wire_json(const ipc::WireRecord& wire, const std::string& operator_id);

// A text in a fixed field that another process filled: ends at the first zero, or at the field's
// end.
template <std::size_t size>
std::string text_field(const char (&field)[size]) {
    std::size_t n = 0;
    while (n < size && field[n] != 0)
        ++n;
    return std::string(field, n);
}

}  // namespace sluice::control

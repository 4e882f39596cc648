// One flow as a JSON object: the words `sluicectl flow`, `replay` and the API use for a FlowRecord.
// Lives in control/ because the daemon builds the documents; tools/render hands it on.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "rules/ipc/flow_record.h"
#include "rules/lookup/bundle_view.h"

namespace sluice::render {

using Json = nlohmann::ordered_json;

// "tcp", "udp", "icmp6", ...; "ip-<n>" for a protocol without a common name.
std::string proto_name(std::uint8_t ip_protocol);
// The number of such a word, or 256 when it is none.
unsigned proto_number(std::string_view word);

// The ids a bundle gives to the numbers in a record. A number the bundle does not know (the record
// is of another generation) is answered with "#<number>", never with somebody else's id.
class Words {
  public:
    virtual ~Words() = default;
    virtual std::string organisation(OrgId org) const = 0;  // not called with kNoOrg
    virtual std::string operator_id(OperatorId op) const = 0;
    virtual std::string category(model::CategoryIndex index) const = 0;
};

// The fields of the replay record, in its order: proto src sport dst dport packets bytes
// organisation name name_source protocol categories verdict reason reason_code. `src` is the end
// that opened the flow. organisation, name and name_source are null when there is none; categories
// is an array of ids.
Json replay_record(const ipc::FlowRecord& record, const Words& words);

// The replay record plus id, operator, idle_ms, generation, evidence (for the name; null: none).
Json flow_json(const ipc::FlowRecord& record, const Words& words);

}  // namespace sluice::render

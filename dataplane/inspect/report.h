// What inspect tells people: one report a thing worth telling, without anything that was decrypted
// but host, path (by policy) and verdict.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/inspect/flow_source.h"
#include "rules/model/reason.h"

namespace sluice::inspect {

enum class ReportKind : std::uint8_t {
    refused,  // a flow or request was stopped; `reference` stands on its page
    content,  // content that the signatures report without stopping it
    origin,   // a server that is not who it says
    spliced,  // relayed untouched because the server asks for a client certificate
    pin,      // a client complained about our certificate
    trouble,  // something an operator must see to
};
constexpr std::string_view name_of(ReportKind kind) {
    constexpr std::string_view kNames[] = {"refused", "content", "origin",
                                           "spliced", "pin",     "trouble"};
    return kNames[static_cast<std::size_t>(kind)];
}

struct Report {
    ReportKind kind = ReportKind::trouble;
    model::Reason reason = model::Reason::learning;
    std::uint64_t reference = 0;
    const FlowInfo* flow = nullptr;
    std::string organisation, host, path, detail;
};

class Reporter {
  public:
    virtual ~Reporter() = default;
    virtual void report(const Report& report) = 0;
};

}  // namespace sluice::inspect

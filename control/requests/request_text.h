// RequestText: what an organisation signs, YAML or JSON:
//
//   request: IR-2026-000141        the organisation's own number, each once
//   organisation: ministry
//   lifecycle: access-policy       opens a case; or  case: access-policy-7  moves one
//   event: submit
//   fields: {categories: [news, banking], valid_from: 2026-12-01, valid_until: 2027-11-30}
#pragma once
#include "control/lifecycle/effect.h"
#include "rules/load/loaded_file.h"

namespace sluice::control::requests {

struct RequestText {
    std::string number, organisation;
    std::string life_cycle, case_id;  // exactly one of them
    std::string event;
    CaseFields fields;
    friend bool operator==(const RequestText&, const RequestText&) = default;
};

using LoadedRequestText = load::LoadedFile<RequestText>;
LoadedRequestText read_request_text(std::string_view text);

}  // namespace sluice::control::requests

// RequestDesk: from the bytes of a signed request to the case it opens or moves. Every check in one
// order, on one page; what is taken is kept with the case's event in one transaction.
#pragma once
#include <functional>

#include "control/cases/case_desk.h"
#include "control/requests/request_config.h"
#include "control/requests/request_fault.h"
#include "control/requests/request_text.h"

namespace sluice::control::requests {

struct Submission {
    std::string message;                 // CMS, DER or PEM
    std::optional<std::string> content;  // of a detached signature
    std::string via = "api";
    Actor actor;  // who brought it
};

struct Taken {
    RequestRow row;
    Case after;
};

class RequestDesk {
  public:
    struct Deps {
        CaseDesk& cases;
        RequestStore& requests;
        Store& audit;
        std::function<UtcTime()> now;
        // An organisation's identifier by the policy in force; nothing: no such organisation, or
        // none on record.
        std::function<std::optional<std::string>(const std::string& organisation)> identifier;
    };
    RequestDesk(RequestConfig config, Deps deps)
        : config_(std::move(config)), deps_(std::move(deps)) {}

    // Thread-safe. A refusal is in the audit, what is taken in the store. Cost: reading the anchors
    // and lists, some signatures, one durable write.
    Result<Taken, Refusal> submit(const Submission& submission);
    const RequestConfig& config() const { return config_; }
    RequestStore& store() { return deps_.requests; }

  private:
    Result<Taken, Refusal> judge(const Submission& submission);
    Result<Case, Refusal> carry_out(const RequestText& text, const RequestWrite& request);
    Result<Command, Refusal> command_of(const RequestText& text, const LifeCycle& cycle,
                                        const RequestWrite& request, bool opens);

    RequestConfig config_;
    Deps deps_;
};

}  // namespace sluice::control::requests

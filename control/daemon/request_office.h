// RequestOffice: signed requests in a running daemon: the desk over its cases, and the folder.
#pragma once
#include <optional>

#include "control/api/api.h"
#include "control/requests/request_folder.h"

namespace sluice::control {

class RequestOffice {
  public:
    using Config = std::optional<requests::RequestConfig>;
    struct Parts {
        Store& audit;
        RequestStore& requests;
        CommitPipeline& pipeline;
        std::function<UtcTime()> now;
    };
    // `file` empty: none are taken. Loads OpenSSL's providers. The error is text for people.
    static Result<Config, std::string> read(const std::string& file);
    RequestOffice(const Config& config, Parts parts, std::optional<CaseParts> cases);

    // Null when none are taken, or life cycles are not loaded.
    requests::RequestDesk* desk() { return desk_ ? &*desk_ : nullptr; }
    // About once a second: the folder. Returns what is wrong with it.
    std::string turn();

  private:
    std::optional<requests::RequestDesk> desk_;
    std::optional<requests::RequestFolder> folder_;
};

}  // namespace sluice::control

// NoticeDesk: the courier of a running daemon: where its notices go, and what becomes of a case
// when they have arrived.
#pragma once
#include <memory>
#include <optional>

#include "control/api/api.h"
#include "control/notices/courier.h"

namespace sluice::control {

class NoticeDesk {
  public:
    // `file` empty: notices wait. The error is every mistake of the file, as text.
    static Result<NoticeDesk, std::string> read(const std::string& file);
    std::unique_ptr<notices::Courier> make_courier(Store& store, CaseStore& cases,
                                                   std::optional<CaseParts> parts,
                                                   std::function<UtcTime()> now) const;

  private:
    std::optional<notices::NoticeConfig> config_;
};

}  // namespace sluice::control

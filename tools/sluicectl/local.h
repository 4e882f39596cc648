// For commands that work by themselves: the time, and documents in the daemon's shape.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "control/api/document.h"
#include "control/store/time_text.h"
#include "tools/sluicectl/context.h"

namespace sluice::ctl {

inline UtcTime utc_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return UtcTime{std::chrono::duration_cast<std::chrono::seconds>(since).count()};
}

inline Response local_document(std::string_view kind, Json items) {
    const control::Meta meta{"", "", "local", control::rfc3339(utc_now())};
    return {kYes, control::document(kind, meta, std::move(items))};
}

}  // namespace sluice::ctl

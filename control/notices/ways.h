// The ways a notice leaves by: mail, webhook, spool. Each blocks until the other side has it, for
// at most kTrySeconds; the error is one line and says what to mend.
#pragma once
#include "control/notices/addressees.h"
#include "control/store/case_store.h"
#include "rules/base/result.h"

namespace sluice::control::notices {

inline constexpr long kTrySeconds = 60;

// By the way `to` names. Done: a mail server, a 2xx answer, or the disk has taken it.
Result<Done, std::string> send(const NoticeConfig& config, const Addressee& to,
                               const NoticeRow& notice);

// What webhooks carry in X-Sluice-Signature: "sha256=" and HMAC-SHA256 of the body in hexadecimal.
std::string signature_of(const std::string& body, const std::string& key);

}  // namespace sluice::control::notices

// A notice as bytes: a mail message, and a JSON document for webhooks.
#pragma once
#include <string>

#include "control/store/case_store.h"

namespace sluice::control::notices {

// The same for every try, so that whoever gets a notice twice can tell: "<mail-domain.17@host>".
std::string message_id(const NoticeRow& notice, const std::string& from);

// RFC 5322: Kazakh, Russian and English below each other, UTF-8 in base64. Every field of a row has
// been checked before it came here; what could end a header's line is left out all the same.
std::string mail_of(const NoticeRow& notice, const std::string& from, const std::string& to);

// {"id","case","notice","to","recipient","at","kk","ru","en"}
std::string document_of(const NoticeRow& notice, const std::string& from);

}  // namespace sluice::control::notices

// A policy directory on its way to the daemon: only files that HEAD does not have are sent.
#pragma once
#include <string>

#include "tools/sluicectl/context.h"

namespace sluice::ctl {

// Adds "files" and "unchanged" to `body`. An unreadable directory is an error response.
Response add_files(const Context& context, const std::string& directory, Json& body);

// Whether the text names a directory here (else it is a revision).
bool is_directory(const std::string& text);

}  // namespace sluice::ctl

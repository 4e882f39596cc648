// What the policy resources share: revisions, files that were sent in part, commits as JSON.
#pragma once
#include "control/api/api.h"
#include "control/api/body.h"

namespace sluice::control {

Result<Commit, ApiError> commit_of(const std::string& revision, Services& services);
// The files of a request, those called unchanged taken from HEAD.
Result<FileSet, ApiError> whole_files(const SentFiles& sent, Services& services);
Json commit_json(const Commit& commit);
// The Unix user, or null for who came by a certificate.
Json uid_json(const Actor& actor);

}  // namespace sluice::control

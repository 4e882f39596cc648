// Steps that no person does alone (design section 7). On as soon as two security officers are
// enrolled; before that one person may, and the audit and `status` say so. Root may with the header
// Sluice-Break-Glass: yes, and the audit says that.
//
//   a request ─► held: kept whole in the store, 202 with its number ─► an officer who is somebody
//   else approves ─► carried out as it came, in the name of who proposed it
//
// What is approved is carried out whatever happens: the store keeps `approved` until it is done,
// and the next start does what a crash left. A commit is marked done in its own transaction, so
// that it happens once; the other steps may be repeated without harm.
#pragma once
#include "control/api/api.h"

namespace sluice::control {

inline constexpr std::int64_t kProposalSeconds = 72 * 3'600;  // then it expires

// Nothing: go on. Else the answer: the proposal it has become, or why it could not be kept.
std::optional<Answer> second_person(const Call& call, Services& services,
                                    const std::string& summary, const std::string& reason);

// The same for a commit: asked when what it changes is known.
Reviewer reviewer_of(const Call& call, Services& services);
// What `held` becomes.
Answer propose_commit(const Call& call, Services& services, const CommitError& held,
                      const std::string& reason);

// What a crash left approved and not done. At start, before anybody can ask.
void resume_approved(Services& services);
// What nobody decided in time. About once a second.
void expire_proposals(Services& services);

// For `status`: whether two persons are needed, and what waits.
std::string two_person_text(Services& services);

}  // namespace sluice::control

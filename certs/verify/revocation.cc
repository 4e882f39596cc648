#include "certs/verify/revocation.h"

#include <algorithm>

#include "certs/verify/crl_check.h"
#include "certs/verify/ocsp.h"

namespace sluice::certs::verify {
namespace {

constexpr Check kRevoked{Fault::revoked, "RFC 5280 6.3.3: a CRL lists it"};
constexpr Check kUnknown{Fault::revocation_unknown, "neither a staple nor a CRL that answers"};

// What the staple says of the leaf; nothing when it says nothing that counts.
Check judge_leaf_staple(const Path& path, const RevocationQuestion& question,
                        const VerifyPolicy& policy, RevocationAnswer& answer) {
    const Parsed& leaf = *path.front();
    const bool demanded = leaf.must_staple && policy.require_staple &&
                          question.purpose == Purpose::server && question.staple_expected;
    if (question.staple.empty())
        return demanded ? Check{Fault::staple_missing, "RFC 7633 4.3.3: status_request demanded"}
                        : Check{};
    if (path.size() < 2) return {};  // trusted itself: nobody could vouch for it
    const StapleAnswer staple = judge_staple(question.staple, leaf, *path[1], question.now, policy);
    if (staple.check.fault == Fault::staple_stale && !demanded) return {};
    if (!staple.check.ok()) return staple.check;
    answer.leaf_known = true;
    answer.good_until = staple.good_until;
    return {};
}

Check judge_lists(const Path& path, const RevocationQuestion& question, const VerifyPolicy& policy,
                  RevocationAnswer& answer) {
    const CrlAnswer lists = ask_crls(path, question, policy);
    const std::size_t scope = policy.crl_scope == CrlScope::leaf ? 1 : lists.standing.size();
    bool all_known = true;
    for (std::size_t i = 0; i < std::min(scope, lists.standing.size()); ++i) {
        if (lists.standing[i] == Standing::revoked) return kRevoked;
        const bool known = lists.standing[i] == Standing::good || (i == 0 && answer.leaf_known);
        all_known &= known;
        if (i == 0) answer.leaf_known = known;
    }
    answer.good_until = std::min(answer.good_until, lists.good_until);
    return all_known || policy.revocation_unknown == OnUnknown::accept ? Check{} : kUnknown;
}

}  // namespace

RevocationAnswer judge_revocation(const Path& path, const RevocationQuestion& question,
                                  const VerifyPolicy& policy) {
    RevocationAnswer answer;
    answer.check = judge_leaf_staple(path, question, policy, answer);
    if (!answer.check.ok()) return answer;
    if (path.size() < 2) return answer;  // no issuer, no list
    if (question.lists != nullptr && policy.crl_scope != CrlScope::none)
        answer.check = judge_lists(path, question, policy, answer);
    else if (!answer.leaf_known && policy.revocation_unknown == OnUnknown::refuse)
        answer.check = kUnknown;
    return answer;
}

}  // namespace sluice::certs::verify

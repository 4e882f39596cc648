#include "certs/verify/path.h"

#include <openssl/err.h>

#include <algorithm>

#include "certs/verify/key_strength.h"
#include "certs/verify/name_constraints.h"
#include "certs/verify/profile.h"

namespace sluice::certs::verify {
namespace {

using Stack = std::unique_ptr<STACK_OF(X509), FreedBy<[](STACK_OF(X509) * s) { sk_X509_free(s); }>>;

using Policies =
    std::unique_ptr<STACK_OF(ASN1_OBJECT),
                    FreedBy<[](STACK_OF(ASN1_OBJECT) * s) { sk_ASN1_OBJECT_free(s); }>>;

// RFC 5280 6.1.2 to 6.1.5 d to g, with any policy acceptable. OpenSSL's tree is bounded in nodes.
Check check_policies(const Path& path) {
    if (std::none_of(path.begin(), path.end(), [](const auto& p) { return p->has_policies; }))
        return {};
    const Stack stack(sk_X509_new_null());
    for (const ParsedPtr& p : path)
        sk_X509_push(stack.get(), p->x509.get());
    const Policies any(sk_ASN1_OBJECT_new_null());  // the user's initial set (RFC 5280 6.1.1 c)
    sk_ASN1_OBJECT_push(any.get(), OBJ_nid2obj(NID_any_policy));
    X509_POLICY_TREE* tree = nullptr;
    int explicit_policy = 0;
    const int state = X509_policy_check(&tree, &explicit_policy, stack.get(), any.get(), 0);
    X509_policy_tree_free(tree);
    ERR_clear_error();
    if (state > 0) return {};
    return {Fault::certificate_policies, "RFC 5280 6.1.5 g: no policy is left that is required"};
}

// Whether the child may name that issuer's key (RFC 5280 4.2.1.1): 2 it does, 1 it does not say,
// 0 it names another.
unsigned key_fit(const Parsed& child, const Parsed& issuer) {
    if (child.authority_key == nullptr || child.authority_key->keyid == nullptr ||
        issuer.subject_key == nullptr)
        return 1;
    return ASN1_OCTET_STRING_cmp(child.authority_key->keyid, issuer.subject_key) == 0 ? 2 : 0;
}

class Search {
  public:
    explicit Search(const SearchInput& input) : in_(input) {}

    SearchResult run(const ParsedPtr& leaf) {
        result_.check = {Fault::untrusted, "no authority of that name is trusted or was sent"};
        result_.culprit = text_of(leaf->issuer());
        path_.push_back(leaf);
        if (in_.trust.contains(leaf->fingerprint) ? complete() : extend()) {
            result_.check = {};
            result_.path = path_;
        }
        return std::move(result_);
    }

  private:
    struct Candidate {
        ParsedPtr certificate;
        bool anchor;
    };

    // How far a path came decides which of several faults is told.
    bool fail(const Check& check, const Parsed& culprit) {
        const std::size_t rank = path_.size() * 2 + (check.fault != Fault::bad_signature);
        if (rank < best_) return false;
        best_ = rank;
        result_.check = check;
        result_.culprit = text_of(culprit.subject());
        return false;
    }

    std::vector<Candidate> candidates(const Parsed& child) const {
        std::vector<Candidate> found;
        for (const ParsedPtr& anchor : in_.trust.with_subject(child.issuer()))
            found.push_back({anchor, true});
        for (const ParsedPtr& p : in_.pool)
            if (X509_NAME_cmp(p->subject(), child.issuer()) == 0 &&
                !in_.trust.contains(p->fingerprint))
                found.push_back({p, false});
        std::stable_sort(found.begin(), found.end(), [&](const Candidate& a, const Candidate& b) {
            return key_fit(child, *a.certificate) > key_fit(child, *b.certificate);
        });
        return found;
    }

    // The same name and key twice would go round in a circle.
    bool in_path(const Parsed& candidate) const {
        return std::any_of(path_.begin(), path_.end(), [&](const ParsedPtr& p) {
            return X509_NAME_cmp(p->subject(), candidate.subject()) == 0 && p->key() != nullptr &&
                   candidate.key() != nullptr && EVP_PKEY_eq(p->key(), candidate.key()) == 1;
        });
    }

    // Authorities between the leaf and the end of the path, self-issued ones not counted
    // (RFC 5280 6.1.4 l).
    std::int64_t intermediates() const {
        return std::count_if(path_.begin() + 1, path_.end(),
                             [](const ParsedPtr& p) { return !p->self_issued; });
    }

    Check check_length(const Candidate& candidate) const {
        const std::int64_t below = intermediates();
        const Parsed& p = *candidate.certificate;
        if (p.path_length && below > *p.path_length)
            return {Fault::path_too_long, "RFC 5280 6.1.4 m: more authorities than one allows"};
        const std::int64_t with = below + (candidate.anchor || p.self_issued ? 0 : 1);
        if (with > static_cast<std::int64_t>(in_.policy.intermediates_max))
            return {Fault::path_too_long, "more authorities than the policy allows"};
        return {};
    }

    Check check_candidate(const Parsed& child, const Candidate& candidate) const {
        const Parsed& p = *candidate.certificate;
        if (key_fit(child, p) == 0 && in_.policy.profile == Profile::web)
            return {Fault::bad_extension, "RFC 5280 4.2.1.2: key identifiers do not fit"};
        const Check place = candidate.anchor
                                ? check_anchor(p, in_.purpose, in_.trust.vetting(), in_.policy)
                                : check_intermediate(p, in_.purpose, in_.policy);
        if (!place.ok()) return place;
        if (const Check time = check_time(p, in_.now); !time.ok()) return time;
        return check_length(candidate);
    }

    static Check check_signature(const Parsed& child, const Parsed& issuer) {
        const bool good = X509_verify(child.x509.get(), issuer.key()) == 1;
        ERR_clear_error();
        return good ? Check{} : Check{Fault::bad_signature, "RFC 5280 6.1.3 a 1"};
    }

    bool complete() {
        if (const Check check = check_whole_path(path_, in_.policy); !check.ok())
            return fail(check, *path_.front());
        const Check check = in_.accept(path_);
        return check.ok() || fail(check, *path_.front());
    }

    // Whether the path, ended by `candidate`, leads to an anchor.
    bool try_issuer(const Candidate& candidate) {
        const ParsedPtr child = path_.back();
        if (const Check check = check_candidate(*child, candidate); !check.ok())
            return fail(check, *candidate.certificate);
        if (const Check check = check_signature(*child, *candidate.certificate); !check.ok())
            return fail(check, *child);
        path_.push_back(candidate.certificate);
        if (candidate.anchor ? complete() : extend()) return true;
        path_.pop_back();
        return false;
    }

    bool extend() {
        const ParsedPtr child = path_.back();
        // Its strength is known before any issuer is.
        const Check algorithm = check_signature_algorithm(child->x509.get(), in_.policy);
        if (!algorithm.ok()) return fail(algorithm, *child);
        for (const Candidate& candidate : candidates(*child)) {
            if (in_path(*candidate.certificate)) continue;
            if (exhausted_ || tried_++ == in_.policy.issuers_tried_max) {
                exhausted_ = true;
                best_ = ~std::size_t{0};
                result_.check = {Fault::too_much_work, "more possible paths than the limit"};
                return false;
            }
            if (try_issuer(candidate)) return true;
        }
        return false;
    }

    const SearchInput& in_;
    SearchResult result_;
    Path path_;
    std::size_t tried_ = 0, best_ = 0;
    bool exhausted_ = false;
};

}  // namespace

Check check_whole_path(const Path& path, const VerifyPolicy& policy) {
    std::vector<const Parsed*> plain;
    for (const ParsedPtr& p : path)
        plain.push_back(p.get());
    const Check names = check_name_constraints(plain, policy.name_comparisons_max);
    return names.ok() ? check_policies(path) : names;
}

SearchResult find_path(const ParsedPtr& leaf, const SearchInput& input) {
    return Search(input).run(leaf);
}

}  // namespace sluice::certs::verify

#include "certs/verify/crl_check.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

namespace sluice::certs::verify {
namespace {

using Store = std::unique_ptr<X509_STORE, FreedBy<X509_STORE_free>>;
using Context = std::unique_ptr<X509_STORE_CTX, FreedBy<X509_STORE_CTX_free>>;
using Certificates =
    std::unique_ptr<STACK_OF(X509), FreedBy<[](STACK_OF(X509) * s) { sk_X509_free(s); }>>;
using Lists = std::unique_ptr<STACK_OF(X509_CRL),
                              FreedBy<[](STACK_OF(X509_CRL) * s) { sk_X509_CRL_free(s); }>>;

struct Notes {
    std::vector<Standing> standing;
    std::vector<bool> not_authentic;  // the list that answers is not to be believed
};

// A list past its end still tells truly what was revoked; one that is forged, or of another scope,
// tells nothing.
bool is_only_old(int error) {
    return error == X509_V_ERR_CRL_HAS_EXPIRED || error == X509_V_ERR_CRL_NOT_YET_VALID;
}

bool is_about_lists(int error) {
    switch (error) {
        case X509_V_ERR_UNABLE_TO_GET_CRL:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        case X509_V_ERR_CRL_NOT_YET_VALID:
        case X509_V_ERR_CRL_HAS_EXPIRED:
        case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
        case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
        case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
        case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
        case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
        case X509_V_ERR_DIFFERENT_CRL_SCOPE:
        case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            return true;
        default:
            return false;
    }
}

// Whether the list that is asked about a CRL issuer's certificate is that issuer's own: its path
// would be looked for without end. That the certificate is not on the list is all there is to know.
bool is_own_list(X509_STORE_CTX* context) {
    const X509_CRL* list = X509_STORE_CTX_get0_current_crl(context);
    X509* issuer = X509_STORE_CTX_get_current_cert(context);
    return X509_STORE_CTX_get_error(context) == X509_V_ERR_CRL_PATH_VALIDATION_ERROR &&
           X509_STORE_CTX_get_error_depth(context) == 0 && list != nullptr && issuer != nullptr &&
           X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(issuer)) == 0;
}

// Takes notes and lets OpenSSL go on: what is wrong with the path was judged before. The path to a
// CRL's issuer was not: there every fault counts.
int take_note(int ok, X509_STORE_CTX* context) {
    if (ok == 1) return ok;
    if (X509_STORE_CTX_get0_parent_ctx(context) != nullptr) return is_own_list(context) ? 1 : 0;
    auto& notes = *static_cast<Notes*>(X509_STORE_CTX_get_app_data(context));
    const int error = X509_STORE_CTX_get_error(context);
    const auto depth = static_cast<std::size_t>(X509_STORE_CTX_get_error_depth(context));
    if (depth >= notes.standing.size()) return 1;  // the anchor
    if (error == X509_V_ERR_CERT_REVOKED) {
        if (!notes.not_authentic[depth]) notes.standing[depth] = Standing::revoked;
    } else if (is_about_lists(error)) {
        if (notes.standing[depth] == Standing::good) notes.standing[depth] = Standing::unknown;
        if (!is_only_old(error)) notes.not_authentic[depth] = true;
    }
    return 1;
}

Certificates others(const Path& path, std::span<const ParsedPtr> pool) {
    Certificates stack(sk_X509_new_null());
    for (std::size_t i = 1; i + 1 < path.size(); ++i)
        sk_X509_push(stack.get(), path[i]->x509.get());
    for (const ParsedPtr& p : pool)
        if (p->encoding.ok()) sk_X509_push(stack.get(), p->x509.get());
    return stack;
}

bool same_path(const Path& path, X509_STORE_CTX* context) {
    const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context);
    if (sk_X509_num(chain) != static_cast<int>(path.size())) return false;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (X509_cmp(sk_X509_value(chain, static_cast<int>(i)), path[i]->x509.get()) != 0)
            return false;
    return true;
}

// Asks OpenSSL; false when it did not judge this path.
bool run(const Path& path, const RevocationQuestion& question, const std::vector<X509_CRL*>& found,
         Notes& notes) {
    const Store store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), path.back()->x509.get());
    const Certificates untrusted = others(path, question.pool);
    const Lists lists(sk_X509_CRL_new_null());
    for (X509_CRL* list : found)
        sk_X509_CRL_push(lists.get(), list);
    const Context context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), path.front()->x509.get(), untrusted.get());
    X509_STORE_CTX_set0_crls(context.get(), lists.get());
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, question.now.raw());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                                                X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                                                X509_V_FLAG_USE_DELTAS | X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_CTX_set_app_data(context.get(), &notes);
    X509_STORE_CTX_set_verify_cb(context.get(), take_note);
    const bool judged = X509_verify_cert(context.get()) == 1 && same_path(path, context.get());
    ERR_clear_error();
    return judged;
}

}  // namespace

CrlAnswer ask_crls(const Path& path, const RevocationQuestion& question,
                   const VerifyPolicy& policy) {
    const std::size_t count = path.size() - 1;
    CrlAnswer answer{std::vector<Standing>(count, Standing::unknown)};
    std::vector<const X509_NAME*> issuers;
    for (const ParsedPtr& p : path)
        issuers.push_back(p->issuer());
    const std::vector<X509_CRL*> lists = question.lists->about(issuers, policy);
    if (lists.empty()) return answer;
    Notes notes{std::vector<Standing>(count, Standing::good), std::vector<bool>(count, false)};
    if (!run(path, question, lists, notes)) return answer;
    answer.standing = std::move(notes.standing);
    for (const X509_CRL* list : lists) {
        const auto end = instant_of(X509_CRL_get0_nextUpdate(list));
        if (end && *end >= question.now) answer.good_until = std::min(answer.good_until, *end);
    }
    return answer;
}

}  // namespace sluice::certs::verify

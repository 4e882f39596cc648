#include "certs/verify/name_constraints.h"

#include <algorithm>
#include <string_view>

#include "certs/verify/names.h"

namespace sluice::certs::verify {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

// `name` is `base` or lies below it by whole labels; an empty base holds every name.
bool within(std::string_view name, std::string_view base) {
    if (base.empty()) return true;
    if (name.size() <= base.size()) return same(name, base);
    return name[name.size() - base.size() - 1] == '.' &&
           same(name.substr(name.size() - base.size()), base);
}

enum class Match : std::uint8_t { no, yes, malformed };

Match of(bool yes) { return yes ? Match::yes : Match::no; }

// One subtree, asked as a permission or as an exclusion: a wildcard must lie wholly inside a
// permission, and must not touch an exclusion.
Match match_dns(std::string_view name, std::string_view base, bool excluding) {
    if (!base.empty() && !is_dns_name(base, false)) return Match::malformed;
    if (!is_dns_name(name, true)) return Match::malformed;
    if (!name.starts_with("*.")) return of(within(name, base));
    const std::string_view below = name.substr(2);
    if (within(below, base)) return Match::yes;
    const std::size_t dot = base.find('.');
    return of(excluding && dot != std::string_view::npos && same(base.substr(dot + 1), below));
}

// RFC 5280 4.2.1.10: a mailbox, a host (all its mailboxes), or .domain (all hosts below it). The
// local part is compared exactly, hosts without case (RFC 5280 7.5).
Match match_email(std::string_view name, std::string_view base) {
    const std::size_t at = name.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == name.size()) return Match::malformed;
    if (!is_dns_name(name.substr(at + 1), false)) return Match::malformed;
    const std::string_view host = name.substr(at + 1);
    if (const std::size_t split = base.rfind('@'); split != std::string_view::npos) {
        if (split == 0 || !is_dns_name(base.substr(split + 1), false)) return Match::malformed;
        return of(base.substr(0, split) == name.substr(0, at) &&
                  same(base.substr(split + 1), host));
    }
    const bool below = base.starts_with('.');
    if (!base.empty() && !is_dns_name(base.substr(below ? 1 : 0), false)) return Match::malformed;
    if (base.empty()) return Match::yes;
    return of(below ? host.size() > base.size() && within(host, base.substr(1)) : same(host, base));
}

// The host of scheme://user@host:port/...; empty when there is none, or it is an address.
std::string_view host_of(std::string_view uri) {
    const std::size_t start = uri.find("://");
    if (start == std::string_view::npos) return {};
    std::string_view host = uri.substr(start + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    if (const std::size_t at = host.rfind('@'); at != std::string_view::npos)
        host.remove_prefix(at + 1);
    host = host.substr(0, host.find(':'));
    return is_dns_name(host, false) ? host : std::string_view{};
}

// RFC 5280 4.2.1.10: a host alone means that host, .domain the hosts below; a URI without a host
// name must be rejected.
Match match_uri(std::string_view name, std::string_view base) {
    const std::string_view host = host_of(name);
    const bool below = base.starts_with('.');
    if (host.empty() || !is_dns_name(base.substr(below ? 1 : 0), false)) return Match::malformed;
    return of(below ? host.size() > base.size() && within(host, base.substr(1)) : same(host, base));
}

Match match_ip(const ASN1_OCTET_STRING* name, const ASN1_OCTET_STRING* base) {
    const std::string_view address = text_of(name), range = text_of(base);
    if (address.size() != 4 && address.size() != 16) return Match::malformed;
    if (range.size() != 8 && range.size() != 32) return Match::malformed;
    const std::string_view net = range.substr(0, range.size() / 2), mask = range.substr(net.size());
    bool ended = false;  // RFC 4632: a run of ones, then zeros
    for (std::size_t bit = 0; bit < mask.size() * 8; ++bit) {
        const bool one = (mask[bit / 8] >> (7 - bit % 8) & 1) != 0;
        if (one && ended) return Match::malformed;
        ended |= !one;
    }
    if (address.size() != net.size()) return Match::no;
    for (std::size_t i = 0; i < net.size(); ++i)
        if (((address[i] ^ net[i]) & mask[i]) != 0) return Match::no;
    return Match::yes;
}

bool same_entry(const X509_NAME_ENTRY* a, const X509_NAME_ENTRY* b) {
    X509_NAME *left = X509_NAME_new(), *right = X509_NAME_new();
    X509_NAME_add_entry(left, a, 0, 0);
    X509_NAME_add_entry(right, b, 0, 0);
    const bool equal = X509_NAME_cmp(left, right) == 0;  // RFC 5280 7.1
    X509_NAME_free(left);
    X509_NAME_free(right);
    return equal;
}

// RFC 5280 7.1: every relative name of the base, in order, is the beginning of the name.
Match match_directory(const X509_NAME* name, const X509_NAME* base) {
    const int count = X509_NAME_entry_count(base);
    if (X509_NAME_entry_count(name) < count) return Match::no;
    for (int i = 0; i < count; ++i) {
        const X509_NAME_ENTRY *a = X509_NAME_get_entry(name, i), *b = X509_NAME_get_entry(base, i);
        if (X509_NAME_ENTRY_set(a) != X509_NAME_ENTRY_set(b)) return Match::no;
        if (!same_entry(a, b)) return Match::no;
    }
    return Match::yes;
}

Match match(const GENERAL_NAME* name, const GENERAL_NAME* base, bool excluding) {
    switch (name->type) {
        case GEN_DNS:
            return match_dns(text_of(name->d.dNSName), text_of(base->d.dNSName), excluding);
        case GEN_EMAIL:
            return match_email(text_of(name->d.rfc822Name), text_of(base->d.rfc822Name));
        case GEN_URI:
            return match_uri(text_of(name->d.uniformResourceIdentifier),
                             text_of(base->d.uniformResourceIdentifier));
        case GEN_IPADD:
            return match_ip(name->d.iPAddress, base->d.iPAddress);
        case GEN_DIRNAME:
            return match_directory(name->d.directoryName, base->d.directoryName);
        default:
            return Match::malformed;  // a form that is constrained and not understood
    }
}

using Subtrees = STACK_OF(GENERAL_SUBTREE);

struct Work {
    std::size_t left;
    bool done() { return left == 0 || --left == 0; }
};

constexpr Check kTooMuch{Fault::too_much_work, "more names and constraints than the limit"};
constexpr Check kMalformed{Fault::bad_extension,
                           "RFC 5280 4.2.1.10: a name or constraint that cannot be compared"};
constexpr Check kOutside{Fault::name_not_permitted, "RFC 5280 4.2.1.10: a name is not permitted"};
constexpr Check kInside{Fault::name_not_permitted, "RFC 5280 4.2.1.10: a name is excluded"};

Check check_one(const GENERAL_NAME* name, const NAME_CONSTRAINTS* rules, Work& work) {
    for (const bool excluding : {true, false}) {
        const Subtrees* trees = excluding ? rules->excludedSubtrees : rules->permittedSubtrees;
        bool asked = false, inside = false;
        for (int i = 0; i < sk_GENERAL_SUBTREE_num(trees); ++i) {
            const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(trees, i)->base;
            if (work.done()) return kTooMuch;
            if (base->type != name->type) continue;
            asked = true;
            const Match found = match(name, base, excluding);
            if (found == Match::malformed) return kMalformed;
            inside |= found == Match::yes;
        }
        if (excluding && inside) return kInside;
        if (!excluding && asked && !inside) return kOutside;
    }
    return {};
}

// RFC 5280 4.2.1.10: minimum is 0 and maximum absent; bases are well formed whether or not a name
// meets them.
Check check_form(const NAME_CONSTRAINTS* rules) {
    for (const Subtrees* trees : {rules->excludedSubtrees, rules->permittedSubtrees})
        for (int i = 0; i < sk_GENERAL_SUBTREE_num(trees); ++i) {
            const GENERAL_SUBTREE* tree = sk_GENERAL_SUBTREE_value(trees, i);
            const GENERAL_NAME* base = tree->base;
            if (tree->maximum != nullptr ||
                (tree->minimum != nullptr && ASN1_INTEGER_get(tree->minimum) != 0))
                return kMalformed;
            const bool dns = base->type == GEN_DNS && !text_of(base->d.dNSName).empty();
            if (dns && !is_dns_name(text_of(base->d.dNSName), false)) return kMalformed;
            if (base->type == GEN_IPADD && base->d.iPAddress->length != 8 &&
                base->d.iPAddress->length != 32)
                return kMalformed;
        }
    return {};
}

// RFC 5280 4.2.1.10: the subject is a directoryName; its emailAddress is a mailbox where the
// alternative names have none.
Check check_subject(const Parsed& p, const NAME_CONSTRAINTS* rules, Work& work) {
    GENERAL_NAME name;
    name.type = GEN_DIRNAME;
    name.d.directoryName = const_cast<X509_NAME*>(p.subject());
    if (!is_empty(p.subject()))
        if (const Check check = check_one(&name, rules, work); !check.ok()) return check;
    for (int i = 0; i < sk_GENERAL_NAME_num(p.names.get()); ++i)
        if (sk_GENERAL_NAME_value(p.names.get(), i)->type == GEN_EMAIL) return {};
    for (int at = -1;
         (at = X509_NAME_get_index_by_NID(p.subject(), NID_pkcs9_emailAddress, at)) >= 0;) {
        name.type = GEN_EMAIL;
        name.d.rfc822Name = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(p.subject(), at));
        if (const Check check = check_one(&name, rules, work); !check.ok()) return check;
    }
    return {};
}

Check check_certificate(const Parsed& p, const NAME_CONSTRAINTS* rules, Work& work) {
    if (const Check check = check_subject(p, rules, work); !check.ok()) return check;
    for (int i = 0; i < sk_GENERAL_NAME_num(p.names.get()); ++i) {
        const Check check = check_one(sk_GENERAL_NAME_value(p.names.get(), i), rules, work);
        if (!check.ok()) return check;
    }
    return {};
}

}  // namespace

Check check_name_constraints(std::span<const Parsed* const> path, std::size_t comparisons_max) {
    Work work{comparisons_max};
    for (std::size_t authority = path.size(); authority-- > 1;) {
        const NAME_CONSTRAINTS* rules = path[authority]->constraints.get();
        if (rules == nullptr) continue;
        if (const Check form = check_form(rules); !form.ok()) return form;
        for (std::size_t below = authority; below-- > 0;) {
            if (below > 0 && path[below]->self_issued) continue;
            const Check check = check_certificate(*path[below], rules, work);
            if (!check.ok()) return check;
        }
    }
    return {};
}

}  // namespace sluice::certs::verify

#include "certs/verify/names.h"

#include <algorithm>
#include <string>

namespace sluice::certs::verify {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
        return false;
    return std::all_of(label.begin(), label.end(), [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_number(std::string_view label) {
    return std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// `*.` taken off.
std::string_view without_wildcard(std::string_view name) {
    return name.starts_with("*.") ? name.substr(2) : name;
}

// CA/B BR 3.2.2.6: no wildcard directly below a public suffix.
bool wildcard_too_wide(std::string_view name, const VerifyPolicy& policy) {
    if (!name.starts_with("*.")) return false;
    std::string below(name.substr(2));
    std::transform(below.begin(), below.end(), below.begin(), lower);
    if (below.find('.') == std::string::npos) return true;
    return policy.is_public_suffix && policy.is_public_suffix(below);
}

// The 4 or 16 bytes of an iPAddress name; nothing for any other length.
std::optional<IpAddress> address_of(const ASN1_OCTET_STRING* octets) {
    const unsigned char* data = ASN1_STRING_get0_data(octets);
    IpAddress address;
    if (ASN1_STRING_length(octets) == 4) {
        address = IpAddress::v4(be32({data, 4}, 0));
    } else if (ASN1_STRING_length(octets) == 16) {
        std::copy(data, data + 16, address.bytes.begin());
    } else {
        return {};
    }
    return address;
}

Check ill(const char* why) { return {Fault::bad_subject, why}; }

Check name_form(const GENERAL_NAME* name, const VerifyPolicy& policy) {
    if (name->type == GEN_DNS) {
        const std::string_view text = text_of(name->d.dNSName);
        if (!is_dns_name(text, true)) return ill("RFC 5280 4.2.1.6: a dNSName of another syntax");
        if (wildcard_too_wide(text, policy))
            return ill("CA/B BR 3.2.2.6: a wildcard directly below a public suffix");
    }
    if (name->type == GEN_IPADD && !address_of(name->d.iPAddress))
        return ill("RFC 5280 4.2.1.6: an iPAddress of neither 4 nor 16 bytes");
    return {};
}

// A domain name by its look: two labels or more, the last one beginning with a letter (RFC 3696 2).
// What is not may be meant for an address.
bool looks_like_domain(std::string_view text) {
    const std::size_t dot = text.rfind('.');
    return dot != std::string_view::npos && is_dns_name(text, true) && lower(text[dot + 1]) >= 'a';
}

// Equal, or a parent by whole labels, character for character.
bool is_same_or_parent(std::string_view parent, std::string_view name) {
    return name == parent || (name.size() > parent.size() && name.ends_with(parent) &&
                              name[name.size() - parent.size() - 1] == '.');
}

// CA/B BR 7.1.4.3 wants a copy, character for character, of a dNSName, or an address in its usual
// text. The common name proves nothing here, so a parent domain of a dNSName is let through, and a
// domain beside addresses alone; another spelling or another domain is a contradiction.
bool is_one_of(std::string_view common_name, const GENERAL_NAMES* names) {
    bool hosts = false;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        hosts |= name->type == GEN_DNS;
        if (name->type == GEN_DNS && is_same_or_parent(common_name, text_of(name->d.dNSName)))
            return true;
        if (name->type != GEN_IPADD) continue;
        const auto address = address_of(name->d.iPAddress);
        if (address && to_text(*address) == common_name) return true;
    }
    return !hosts && looks_like_domain(common_name);
}

Check common_name_form(const Parsed& leaf) {
    const X509_NAME* subject = leaf.subject();
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0) return {};
    if (X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
        return ill("CA/B BR 7.1.4.3: more than one common name");
    unsigned char* utf8 = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    const std::string text =
        size < 0 ? "" : std::string(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    if (is_one_of(text, leaf.names.get())) return {};
    return ill("CA/B BR 7.1.4.3: the common name is not one of the alternative names");
}

bool covers(const GENERAL_NAME* presented, std::string_view name,
            const std::optional<IpAddress>& address, const VerifyPolicy& policy) {
    if (address)
        return presented->type == GEN_IPADD && address_of(presented->d.iPAddress) == address;
    if (presented->type != GEN_DNS) return false;
    const std::string_view text = text_of(presented->d.dNSName);
    return is_dns_name(text, true) && !wildcard_too_wide(text, policy) && stands_for(text, name);
}

}  // namespace

std::string_view text_of(const ASN1_STRING* string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

bool is_dns_name(std::string_view text, bool wildcard_allowed) {
    if (text.empty() || text.size() > 253) return false;
    if (wildcard_allowed) text = without_wildcard(text);
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (!is_label(label)) return false;
        if (dot == std::string_view::npos) return !is_number(label);  // else an IPv4 address
        text.remove_prefix(dot + 1);
    }
}

bool stands_for(std::string_view presented, std::string_view name) {
    if (!presented.starts_with("*.")) return same_ignoring_case(presented, name);
    const std::size_t dot = name.find('.');
    return dot != std::string_view::npos && dot > 0 &&
           same_ignoring_case(presented.substr(1), name.substr(dot));
}

Check check_name(const Parsed& leaf, std::string_view name, const std::optional<IpAddress>& address,
                 const VerifyPolicy& policy) {
    if (leaf.names == nullptr)
        return {Fault::no_names, "RFC 9525 6.1: no alternative names; the common name is no proof"};
    for (int i = 0; i < sk_GENERAL_NAME_num(leaf.names.get()); ++i)
        if (covers(sk_GENERAL_NAME_value(leaf.names.get(), i), name, address, policy)) return {};
    return {Fault::wrong_name, "RFC 9525 6.3: no alternative name is the one asked for"};
}

Check check_names_form(const Parsed& leaf, const VerifyPolicy& policy) {
    bool hosts = false;
    for (int i = 0; i < sk_GENERAL_NAME_num(leaf.names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(leaf.names.get(), i);
        if (const Check check = name_form(name, policy); !check.ok()) return check;
        hosts |= name->type == GEN_DNS || name->type == GEN_IPADD;
    }
    return hosts ? common_name_form(leaf) : Check{};
}

}  // namespace sluice::certs::verify

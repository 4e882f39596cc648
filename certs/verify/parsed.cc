#include "certs/verify/parsed.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>

#include "certs/verify/der.h"
#include "certs/verify/extensions.h"
#include "rules/base/assert.h"

namespace sluice::certs::verify {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
std::int64_t days_of(std::int64_t year, unsigned month, unsigned day) {
    year -= month <= 2;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto of_era = static_cast<unsigned>(year - era * 400);
    const unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

unsigned days_in(std::int64_t year, unsigned month) {
    constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : kDays[month - 1];
}

Check validity(Parsed& p) {
    const auto from = instant_of(X509_get0_notBefore(p.x509.get()));
    const auto until = instant_of(X509_get0_notAfter(p.x509.get()));
    if (!from || !until) return {Fault::bad_validity, "RFC 5280 4.1.2.5: not a time in Zulu form"};
    p.not_before = *from;
    p.not_after = *until;
    return {};
}

// RFC 5280 4.1.2.5: dates through 2049 as UTCTime, later ones as GeneralizedTime.
Check validity_form(const Parsed& p) {
    static constexpr UtcTime k2050{2'524'608'000};  // 2050-01-01T00:00:00Z
    const auto right = [](const ASN1_TIME* time, UtcTime at) {
        return (ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME) == (at >= k2050);
    };
    const X509* x = p.x509.get();
    if (right(X509_get0_notBefore(x), p.not_before) && right(X509_get0_notAfter(x), p.not_after))
        return {};
    return {Fault::bad_validity, "RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime later"};
}

// RFC 5280 4.1.2.2: positive, at most 20 octets. The reader sees the sign as the INTEGER's type.
Check serial(const Parsed& p) {
    const ASN1_INTEGER* number = X509_get0_serialNumber(p.x509.get());
    const Bytes digits{ASN1_STRING_get0_data(number),
                       static_cast<std::size_t>(ASN1_STRING_length(number))};
    const bool zero = std::all_of(digits.begin(), digits.end(), [](auto b) { return b == 0; });
    const bool padded = !digits.empty() && digits[0] >= 0x80;  // one octet more in DER
    if (zero || ASN1_STRING_type(number) == V_ASN1_NEG_INTEGER || digits.size() + padded > 20)
        return {Fault::bad_serial,
                "RFC 5280 4.1.2.2: a serial is positive and of 20 octets at most"};
    return {};
}

Check version(const Parsed& p) {
    const X509* x = p.x509.get();
    const long v = X509_get_version(x);
    const ASN1_BIT_STRING *issuer_id = nullptr, *subject_id = nullptr;
    X509_get0_uids(x, &issuer_id, &subject_id);
    if (v < 0 || v > 2) return {Fault::bad_version, "RFC 5280 4.1.2.1: versions are 1 to 3"};
    if (X509_get_ext_count(x) > 0 && v != 2)
        return {Fault::bad_version, "RFC 5280 4.1.2.1: extensions need version 3"};
    if ((issuer_id != nullptr || subject_id != nullptr) && v == 0)
        return {Fault::bad_version, "RFC 5280 4.1.2.8: unique identifiers need version 2"};
    return {};
}

Check signature_algorithms(const Parsed& p) {
    const X509_ALGOR* outer = nullptr;
    X509_get0_signature(nullptr, &outer, p.x509.get());
    if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(p.x509.get())) != 0)
        return {Fault::signature_mismatch, "RFC 5280 4.1.1.2: both algorithm fields are the same"};
    return {};
}

// The bytes as they came: OpenSSL keeps the signed part unchanged.
bool strict_der(X509* x) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(x, &der);
    const bool good = size > 0 && is_der({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return good;
}

Check encoding_of(Parsed& p) {
    if (!strict_der(p.x509.get())) return {Fault::malformed, "X.690 10.1: not in DER"};
    for (const Check& check : {version(p), signature_algorithms(p), validity(p)})
        if (!check.ok()) return check;
    const Check extensions = read_extensions(p);
    if (!extensions.ok()) return extensions;
    if (p.key() == nullptr) return {Fault::weak_key, "a public key of a kind that is not known"};
    return {};
}

Check strict_of(const Parsed& p) {
    if (X509_get_version(p.x509.get()) != 2)
        return {Fault::bad_version, "CA/B BR 7.1.1: certificates are of version 3"};
    for (const Check& check : {serial(p), validity_form(p), strict_extensions(p)})
        if (!check.ok()) return check;
    return {};
}

}  // namespace

std::optional<UtcTime> instant_of(const ASN1_TIME* time) {
    const bool general = ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME;
    std::string_view text{reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                          static_cast<std::size_t>(ASN1_STRING_length(time))};
    if (text.size() != (general ? 15u : 13u) || text.back() != 'Z') return {};
    text.remove_suffix(1);
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return {};
    const auto two = [&] {
        const auto value = static_cast<unsigned>((text[0] - '0') * 10 + text[1] - '0');
        text.remove_prefix(2);
        return value;
    };
    const unsigned century = general ? two() : 0, of_century = two();
    const std::int64_t year = general            ? century * 100 + of_century
                              : of_century >= 50 ? 1900 + of_century
                                                 : 2000 + of_century;
    const unsigned month = two(), day = two(), hour = two(), minute = two(), second = two();
    if (month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return {};
    if (hour > 23 || minute > 59 || second > 59) return {};
    return UtcTime{days_of(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60 + second};
}

bool is_empty(const X509_NAME* name) { return X509_NAME_entry_count(name) == 0; }

std::string canonical_key(const X509_NAME* name) {
    // OpenSSL keeps the canonical form to itself but hashes it: SHA-1 as a key of a table, not as
    // a protection. X509_NAME_cmp decides afterwards.
    int ok = 0;
    const unsigned long hash = X509_NAME_hash_ex(name, nullptr, nullptr, &ok);
    return ok == 1 ? std::to_string(hash) : std::string{};
}

std::string text_of(const X509_NAME* name) {
    char text[256];
    X509_NAME_oneline(name, text, sizeof text);
    std::string clean(text);
    for (char& c : clean)
        if (c < ' ' || c > '~') c = '?';
    return clean;
}

CertificateHandle certificate_from_der(Bytes der) {
    if (!is_der(der)) return nullptr;
    const unsigned char* at = der.data();
    CertificateHandle found(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (found == nullptr || at != der.data() + der.size()) return nullptr;
    return found;
}

std::shared_ptr<const Parsed> parse(X509* certificate) {
    auto p = std::make_shared<Parsed>();
    p->x509 = share(certificate);
    unsigned size = 0;
    SLUICE_ASSERT(X509_digest(certificate, EVP_sha256(), p->fingerprint.data(), &size) == 1);
    p->self_issued = X509_NAME_cmp(p->subject(), p->issuer()) == 0;
    p->encoding = encoding_of(*p);
    if (p->encoding.ok()) p->strict = strict_of(*p);
    ERR_clear_error();
    return p;
}

}  // namespace sluice::certs::verify

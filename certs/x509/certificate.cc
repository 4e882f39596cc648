#include "certs/x509/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>

namespace sluice::certs {
namespace {

// Errors of what outsiders sent are answers, not history: the queue must not grow by them.
template <class T>
T quietly(T value) {
    ERR_clear_error();
    return value;
}

std::optional<UtcTime> utc_of(const ASN1_TIME* time) {
    std::tm broken{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &broken) != 1) return std::nullopt;
    return UtcTime{timegm(&broken)};
}

std::string text_in(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

X509Ptr parse_certificate(Bytes der) {
    const unsigned char* at = der.data();
    X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (certificate && at != der.data() + der.size()) certificate.reset();
    return quietly(std::move(certificate));
}

Der der_of(const X509* certificate) {
    Der der(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
    unsigned char* at = der.data();
    i2d_X509(certificate, &at);
    return der;
}

X509Ptr certificate_from_pem(std::string_view pem) {
    const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return quietly(X509Ptr(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)));
}

std::string pem_of(const X509* certificate) {
    const BioPtr memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), certificate);
    return text_in(memory.get());
}

KeyPtr parse_public_key(Bytes spki) {
    const unsigned char* at = spki.data();
    KeyPtr key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
    if (key && at != spki.data() + spki.size()) key.reset();
    return quietly(std::move(key));
}

Der spki_of(const EVP_PKEY* key) {
    Der der(static_cast<std::size_t>(i2d_PUBKEY(key, nullptr)));
    unsigned char* at = der.data();
    i2d_PUBKEY(key, &at);
    return der;
}

ipc::Sha256 fingerprint(Bytes der) { return ipc::sha256(std::as_bytes(der)); }

std::string fingerprint_text(const ipc::Sha256& fingerprint) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string text;
    for (std::uint8_t byte : fingerprint) {
        if (!text.empty()) text += ':';
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

std::optional<Validity> validity_of(const X509* certificate) {
    const auto from = utc_of(X509_get0_notBefore(certificate));
    const auto until = utc_of(X509_get0_notAfter(certificate));
    if (!from || !until) return std::nullopt;
    return Validity{*from, *until};
}

bool says_ca(X509* certificate) { return (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0; }

std::string to_text(const Subject& subject) {
    return subject.address ? to_text(*subject.address) : subject.name;
}

bool covers(X509* certificate, const Subject& subject) {
    constexpr unsigned kFlags =
        X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    if (!subject.address)
        return quietly(X509_check_host(certificate, subject.name.data(), subject.name.size(),
                                       kFlags, nullptr)) == 1;
    const IpAddress& address = *subject.address;
    const std::size_t skip = address.is_v4() ? 12 : 0;
    return quietly(X509_check_ip(certificate, address.bytes.data() + skip,
                                 address.bytes.size() - skip, kFlags)) == 1;
}

std::optional<Subject> only_subject(const X509* certificate) {
    const NamesPtr names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return quietly(std::nullopt);
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), 0), &type));
    if (type != GEN_DNS && type != GEN_IPADD) return std::nullopt;
    const Bytes bytes(ASN1_STRING_get0_data(value),
                      static_cast<std::size_t>(ASN1_STRING_length(value)));
    if (type == GEN_DNS) return Subject{std::string(as_text(bytes)), std::nullopt};
    if (bytes.size() == 4) return Subject{{}, IpAddress::v4(be32(bytes, 0))};
    if (bytes.size() != 16) return std::nullopt;
    IpAddress address;
    std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
    return Subject{{}, address};
}

}  // namespace sluice::certs

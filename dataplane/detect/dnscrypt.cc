// words: dnscrypt
// looks at: the magic in front of every answer, and the certificate that a client asks a resolver
//   for by name
// limits: questions are enciphered; a flow is told by its first answer
// source: DNSCrypt protocol version 2, 5 and 11
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer dnscrypt_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeaderSize = 8 + 24 + 16;  // magic, nonce, tag
    constexpr std::size_t kNameAt = 12;               // of a DNS message's first question
    constexpr std::string_view kCertificate(
        "\x01"
        "2\x0d"
        "dnscrypt-cert");
    if (view.bytes.size() > kNameAt &&
        as_text(view.bytes.subspan(kNameAt)).starts_with(kCertificate))
        return Answer::yes;
    return yes_if(view.bytes.size() >= kHeaderSize && as_text(view.bytes).starts_with("r6fnvWj8"));
}
Answer dnscrypt_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.u16_in(8 + 24 + 16, 4096).is("r6fnvWj8");
    return probe.answer();
}

}  // namespace sluice::detect

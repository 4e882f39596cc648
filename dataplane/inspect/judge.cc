#include "dataplane/inspect/judge.h"

#include <algorithm>

#include "dataplane/wire/http_request.h"
#include "rules/base/canonical_name.h"

namespace sluice::inspect {
namespace {

constexpr std::string_view kEchPublicNames[] = {
#include "rules/data/ech_public_names.inc"
};

// Whether a list of signature schemes (RFC 8446 4.2.3) has ecdsa_secp256r1_sha256. A hello without
// the extension speaks TLS 1.2 at most and means SHA-1 (RFC 5246 7.4.1.4.1): take RSA for those.
bool can_ecdsa(Bytes schemes) {
    constexpr std::uint16_t kEcdsaP256 = 0x0403;
    for (std::size_t i = 0; i + 1 < schemes.size(); i += 2)
        if (be16(schemes, i) == kEcdsaP256) return true;
    return false;
}

std::string canonical(std::string_view sent) {
    char buffer[kNameBufferBytes];
    std::size_t size = 0;
    if (sent.empty() || !canonical_name(sent, buffer, size)) return {};
    return {buffer, size};
}

Opening of_hello(const wire::ClientHello& hello) {
    Opening opening;
    opening.kind = Opening::Kind::tls;
    opening.name = canonical(hello.sni);
    if (hello.has_ech &&
        std::ranges::find(kEchPublicNames, opening.name) != std::end(kEchPublicNames))
        opening.name.clear();
    opening.alpn = as_text(hello.alpn);
    opening.ecdsa = can_ecdsa(hello.signature_algorithms);
    return opening;
}

}  // namespace

std::optional<Opening> read_opening(Bytes stream, std::span<std::uint8_t> scratch) {
    const auto hello = wire::parse_client_hello(stream, scratch);
    if (hello) return of_hello(*hello);
    if (hello.error() == wire::Stop::need_more) return std::nullopt;
    if (hello.error() != wire::Stop::other) return Opening{.kind = Opening::Kind::tls};
    const auto line = wire::parse_http_request_line(stream);
    if (line) return Opening{.kind = Opening::Kind::http};
    if (line.error() == wire::Stop::need_more) return std::nullopt;
    return Opening{};
}

lookup::Facts facts_of(const lookup::BundleView& bundle, const FlowInfo& flow,
                       const Opening& opening, UtcTime now) {
    lookup::Facts facts;
    facts.operator_id = flow.operator_id;
    facts.org = lookup::find_user(bundle, flow.operator_id, flow.user);
    facts.user = flow.user;
    facts.remote = flow.remote;
    facts.user_port = flow.user_port;
    facts.remote_port = flow.remote_port;
    facts.ip_protocol = 6;
    facts.from_internet = flow.from_internet;
    facts.evidence = flow.evidence;
    facts.protocol = opening.kind == Opening::Kind::tls    ? model::Protocol::tls
                     : opening.kind == Opening::Kind::http ? model::Protocol::http
                                                           : model::Protocol::unknown;
    facts.now = now;
    if (opening.name.empty()) return facts;
    facts.name = opening.name;
    facts.name_state = lookup::NameState::known;
    facts.name_source = opening.kind == Opening::Kind::http ? model::NameSource::http_host
                                                            : model::NameSource::tls_sni;
    return facts;
}

}  // namespace sluice::inspect

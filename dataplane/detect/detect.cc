// The table of recognisers, tried in order.
#include "dataplane/detect/detect.h"

#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

using model::Protocol;

struct Row {
    Protocol protocol;
    Recogniser recognise;
};

// SSH and SMTP before HTTP: their first words are shaped like methods. DNS and OpenVPN last: they
// begin with a length, so that they need more bytes than the others to be sure.
constexpr Row kTcp[] = {
    {Protocol::tls, tls_over_tcp},   {Protocol::ssh, ssh_over_tcp},
    {Protocol::smtp, smtp_over_tcp}, {Protocol::http, http_over_tcp},
    {Protocol::dns, dns_over_tcp},   {Protocol::openvpn, openvpn_over_tcp},
};

// Those that look at ports as well as at content first: they are the cheapest to say no.
constexpr Row kUdp[] = {
    {Protocol::dns, dns_over_udp},         {Protocol::ntp, ntp_over_udp},
    {Protocol::dhcp, dhcp_over_udp},       {Protocol::ipsec, ike_over_udp},
    {Protocol::quic, quic_over_udp},       {Protocol::wireguard, wireguard_over_udp},
    {Protocol::openvpn, openvpn_over_udp},
};

}  // namespace

DetectResult detect_tcp(const FirstBytesView& view) noexcept {
    if (view.bytes.empty()) return {Answer::maybe, Protocol::unknown};
    for (const Row& row : kTcp)
        if (const Answer answer = row.recognise(view); answer != Answer::no)
            return {answer, row.protocol};
    return {};
}

Protocol detect_udp(const FirstBytesView& view) noexcept {
    for (const Row& row : kUdp)
        if (row.recognise(view) == Answer::yes) return row.protocol;
    return Protocol::unknown;
}

Protocol detect_ip(std::uint8_t ip_protocol) noexcept {
    switch (ip_protocol) {  // IANA, Assigned Internet Protocol Numbers
        case 1:             // ICMP
        case 58:
            return Protocol::icmp;  // ICMPv6
        case 4:                     // IPv4 in IP
        case 41:
            return Protocol::ipip;  // IPv6 in IP
        case 47:
            return Protocol::gre;
        case 50:  // ESP
        case 51:
            return Protocol::ipsec;  // AH
        default:
            return Protocol::unknown;
    }
}

}  // namespace sluice::detect

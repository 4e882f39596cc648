// The tables of recognisers, tried in order; those whose first byte cannot be are not tried.
#include "dataplane/detect/detect.h"

#include <bit>

#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

using model::Confidence;
using model::Protocol;
using Set = std::array<std::uint64_t, 4>;  // of first bytes

constexpr void add(Set& set, unsigned byte) { set[byte >> 6] |= std::uint64_t{1} << (byte & 63); }
constexpr bool has(const Set& set, unsigned byte) {
    return (set[byte >> 6] >> (byte & 63) & 1) != 0;
}
constexpr Set kAny = {~0ull, ~0ull, ~0ull, ~0ull};
constexpr Set range(unsigned low, unsigned high) {
    Set set{};
    for (unsigned byte = low; byte <= high; ++byte)
        add(set, byte);
    return set;
}
constexpr Set of(std::string_view bytes) {
    Set set{};
    for (const char c : bytes)
        add(set, static_cast<unsigned char>(c));
    return set;
}
constexpr Set byte(unsigned value) { return range(value, value); }
constexpr Set with_bit(unsigned bit) {
    Set set{};
    for (unsigned byte = 0; byte < 256; ++byte)
        if ((byte & bit) != 0) add(set, byte);
    return set;
}
constexpr Set operator|(Set a, const Set& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        a[i] |= b[i];
    return a;
}
constexpr Set kLetters = range('A', 'Z') | range('a', 'z');

struct Row {
    Protocol protocol;
    Confidence confidence;
    Recogniser recognise;
    Set first;
};
constexpr Confidence kCertain = Confidence::certain, kLikely = Confidence::likely;

// Words and magics before what only has lengths that fit; a proxy's or VPN's request before HTTP,
// whose shape it has; SSH and the mail protocols before HTTP: their first words are shaped like
// methods.
constexpr Row kTcp[] = {
    {Protocol::tls, kCertain, tls_over_tcp, byte(22)},
    {Protocol::tls, kLikely, tls_records_over_tcp, range(20, 23)},
    {Protocol::ssh, kCertain, ssh_over_tcp, of("S")},
    {Protocol::sstp, kCertain, sstp_over_tcp, of("S")},
    {Protocol::softether, kCertain, softether_over_tcp, of("GP")},
    {Protocol::anyconnect, kCertain, anyconnect_over_tcp, of("CGP")},
    {Protocol::globalprotect, kCertain, globalprotect_over_tcp, of("GP")},
    {Protocol::forticlient, kCertain, forticlient_over_tcp, of("GP")},
    {Protocol::tailscale, kCertain, tailscale_over_tcp, of("GP")},
    {Protocol::bittorrent, kCertain, bittorrent_over_tcp, of("\x13G")},
    {Protocol::nats, kCertain, nats_over_tcp, of("IC")},
    {Protocol::stomp, kCertain, stomp_over_tcp, of("SC")},
    {Protocol::http_connect, kCertain, http_connect_over_tcp, of("C")},
    {Protocol::smtp, kCertain, smtp_over_tcp, of("2EeHhLl")},
    {Protocol::ftp, kCertain, ftp_over_tcp, of("2UuAaFf")},
    {Protocol::sip, kCertain, sip_over_tcp, kLetters},
    {Protocol::rtsp, kCertain, rtsp_over_tcp, of("RODSPA")},
    {Protocol::pop3, kCertain, pop3_over_tcp, of("+CcAaSs")},
    {Protocol::nntp, kCertain, nntp_over_tcp, of("2MmGgAaXxNn")},
    {Protocol::irc, kCertain, irc_over_tcp, of("NCU:")},
    {Protocol::gnutella, kCertain, gnutella_over_tcp, of("G")},
    {Protocol::direct_connect, kCertain, direct_connect_over_tcp, of("$HC")},
    {Protocol::icecast, kCertain, icecast_over_tcp, of("SI")},
    {Protocol::memcached, kLikely, memcached_over_tcp, of("gsavdi")},
    {Protocol::imap, kCertain, imap_over_tcp, of("*") | kLetters | range('0', '9')},
    {Protocol::vnc, kCertain, vnc_over_tcp, of("R")},
    {Protocol::nomachine, kCertain, nomachine_over_tcp, of("N")},
    {Protocol::amqp, kCertain, amqp_over_tcp, of("A")},
    {Protocol::whatsapp, kCertain, whatsapp_over_tcp, of("WE")},
    {Protocol::opcua, kCertain, opcua_over_tcp, of("HARO")},
    {Protocol::fins, kCertain, fins_over_tcp, of("F")},
    {Protocol::zabbix, kCertain, zabbix_over_tcp, of("Z")},
    {Protocol::ipsec, kCertain, ike_over_tcp, of("I")},
    {Protocol::h2c, kCertain, http2_over_tcp, of("P")},
    {Protocol::http, kCertain, http_over_tcp, kAny},
    {Protocol::xmpp, kCertain, xmpp_over_tcp, of("<")},
    {Protocol::checkmk, kCertain, checkmk_over_tcp, of("<")},
    {Protocol::syslog, kLikely, syslog_over_tcp, of("<") | range('1', '9')},
    {Protocol::munin, kCertain, munin_over_tcp, of("#")},
    {Protocol::rsync, kCertain, rsync_over_tcp, of("@")},
    {Protocol::ceph, kCertain, ceph_over_tcp, of("c")},
    {Protocol::git, kCertain, git_over_tcp, range('0', '9') | range('a', 'f')},
    {Protocol::fix, kCertain, fix_over_tcp, of("8")},
    {Protocol::redis, kCertain, redis_over_tcp, of("*")},
    {Protocol::stratum, kCertain, stratum_over_tcp, of("{")},
    {Protocol::tinc, kCertain, tinc_over_tcp, of("0")},
    {Protocol::citrix, kCertain, citrix_over_tcp, byte(0x7f) | byte(0x1a)},
    {Protocol::telnet, kCertain, telnet_over_tcp, byte(0xff)},
    {Protocol::bgp, kCertain, bgp_over_tcp, byte(0xff)},
    {Protocol::delivery_optimisation, kCertain, delivery_optimisation_over_tcp, byte(0x0e)},
    {Protocol::monero, kCertain, monero_over_tcp, byte(1)},
    {Protocol::radmin, kCertain, radmin_over_tcp, byte(1)},
    {Protocol::syncthing, kCertain, syncthing_over_tcp, byte(0x9e) | byte(0x2e)},
    {Protocol::lustre, kCertain, lustre_over_tcp, byte(0)},
    {Protocol::netbios, kCertain, netbios_over_tcp, byte(0x81)},
    {Protocol::smb, kCertain, smb_over_tcp, byte(0)},
    {Protocol::nfs, kCertain, nfs_over_tcp, byte(0x80)},
    {Protocol::rdp, kCertain, rdp_over_tcp, byte(3)},
    {Protocol::s7comm, kLikely, s7comm_over_tcp, byte(3)},
    {Protocol::mms, kLikely, mms_over_tcp, byte(3)},
    {Protocol::h323, kCertain, h323_over_tcp, byte(3)},
    {Protocol::dnp3, kCertain, dnp3_over_tcp, byte(5)},
    {Protocol::dce_rpc, kCertain, dce_rpc_over_tcp, byte(5)},
    {Protocol::socks, kLikely, socks_over_tcp, byte(4) | byte(5)},
    {Protocol::mqtt, kCertain, mqtt_over_tcp, byte(0x10)},
    {Protocol::ajp, kCertain, ajp_over_tcp, byte(0x12)},
    {Protocol::iec104, kCertain, iec104_over_tcp, byte(0x68)},
    {Protocol::c37118, kCertain, c37118_over_tcp, byte(0xaa)},
    {Protocol::tacacs, kCertain, tacacs_over_tcp, byte(0xc0) | byte(0xc1)},
    {Protocol::ldap, kCertain, ldap_over_tcp, byte(0x30)},
    {Protocol::telegram, kCertain, telegram_over_tcp, byte(0xef) | byte(0xee)},
    {Protocol::edonkey, kCertain, edonkey_over_tcp, byte(0xe3) | byte(0xc5) | byte(0xd4)},
    {Protocol::x11, kCertain, x11_over_tcp, of("lB")},
    {Protocol::teamviewer, kLikely, teamviewer_over_tcp, byte(0x17) | byte(0x11)},
    {Protocol::diameter, kCertain, diameter_over_tcp, byte(1)},
    {Protocol::pptp, kCertain, pptp_over_tcp, byte(0)},
    {Protocol::postgresql, kCertain, postgresql_over_tcp, byte(0)},
    {Protocol::kerberos, kCertain, kerberos_over_tcp, byte(0)},
    {Protocol::openwire, kCertain, openwire_over_tcp, byte(0)},
    {Protocol::stun, kCertain, stun_over_tcp, range(0, 0x3f)},
    {Protocol::turn, kCertain, turn_over_tcp, range(0, 0x3f)},
    {Protocol::mssql, kCertain, mssql_over_tcp,
     byte(0x12) | byte(0x10) | byte(2) | byte(1) | byte(4)},
    {Protocol::mysql, kCertain, mysql_over_tcp, range(20, 255)},
    {Protocol::oracle, kCertain, oracle_over_tcp, range(0, 0x10)},
    {Protocol::cassandra, kCertain, cassandra_over_tcp, range(1, 5)},
    {Protocol::enip, kCertain, enip_over_tcp,
     byte(4) | range(0x63, 0x66) | byte(0x6f) | byte(0x70)},
    {Protocol::ldp, kCertain, ldp_over_tcp, byte(0)},
    {Protocol::afp, kCertain, afp_over_tcp, byte(0)},
    {Protocol::dlms, kLikely, dlms_over_tcp, byte(0)},
    {Protocol::dlms, kCertain, dlms_hdlc_over_tcp, byte(0x7e)},
    {Protocol::wechat, kCertain, wechat_over_tcp, byte(0)},
    {Protocol::openflow, kLikely, openflow_over_tcp, range(1, 6)},
    {Protocol::hart_ip, kLikely, hart_ip_over_tcp, range(1, 2)},
    {Protocol::iscsi, kCertain, iscsi_over_tcp, byte(0x43) | byte(3)},
    {Protocol::mongodb, kCertain, mongodb_over_tcp, range(21, 255) | range(0, 20)},
    {Protocol::dnscrypt, kCertain, dnscrypt_over_tcp, range(0, 0x10)},
    {Protocol::steam, kCertain, steam_over_tcp, kAny},
    {Protocol::skinny, kLikely, skinny_over_tcp, kAny},
    {Protocol::soulseek, kLikely, soulseek_over_tcp, kAny},
    {Protocol::minecraft, kLikely, minecraft_over_tcp, range(8, 0x7f)},
    {Protocol::ftp_data, kLikely, ftp_data_over_tcp, of("-dl")},
    {Protocol::rsh, kLikely, rsh_over_tcp, byte(0) | range('0', '9')},
    {Protocol::bitcoin, kCertain, bitcoin_over_tcp, kAny},
    {Protocol::modbus, kLikely, modbus_over_tcp, kAny},
    {Protocol::dns, kCertain, dns_over_tcp, kAny},
    {Protocol::openvpn, kCertain, openvpn_over_tcp, range(0, 4)},
    {Protocol::kafka, kLikely, kafka_over_tcp, byte(0)},
    {Protocol::rtmp, kLikely, rtmp_over_tcp, byte(3)},
    {Protocol::lisp, kCertain, lisp_over_tcp, byte(0)},
};

// Magics and checksums, then lengths that fit, then what takes more than one datagram.
constexpr Row kUdp[] = {
    {Protocol::netbios, kCertain, netbios_over_udp, kAny},
    {Protocol::stun, kCertain, stun_over_udp, range(0, 0x3f)},
    {Protocol::turn, kCertain, turn_over_udp, range(0, 0x3f)},
    {Protocol::dnscrypt, kCertain, dnscrypt_over_udp, kAny},
    {Protocol::dns_tunnel, kCertain, dns_tunnel_over_udp, kAny},
    {Protocol::dns, kCertain, dns_over_udp, kAny},
    {Protocol::quic, kCertain, quic_over_udp, kAny},
    {Protocol::tailscale, kCertain, tailscale_over_udp, of("T")},
    {Protocol::teamspeak, kCertain, teamspeak_over_udp, of("T")},
    {Protocol::bittorrent, kCertain, bittorrent_over_udp,
     of("\x13"
        "Bd") |
         byte(0)},
    {Protocol::sip, kCertain, sip_over_udp, kLetters},
    {Protocol::ssdp, kCertain, ssdp_over_udp, of("MNH")},
    {Protocol::bjnp, kCertain, bjnp_over_udp, of("BM")},
    {Protocol::mgcp, kCertain, mgcp_over_udp, of("ECMDRNA")},
    {Protocol::megaco, kCertain, megaco_over_udp, of("!M")},
    {Protocol::wsd, kCertain, wsd_over_udp, of("<")},
    {Protocol::syslog, kCertain, syslog_over_udp, of("<")},
    {Protocol::gnutella, kCertain, gnutella_over_udp, kAny},
    {Protocol::spotify, kCertain, spotify_over_udp, of("S")},
    {Protocol::steam, kCertain, steam_over_udp, of("V")},
    {Protocol::softether, kCertain, softether_over_udp, of("I") | byte(0)},
    {Protocol::mpeg_ts, kCertain, mpeg_ts_over_udp, of("G")},
    {Protocol::syncthing, kCertain, syncthing_over_udp, byte(0x2e)},
    {Protocol::anydesk, kCertain, anydesk_over_udp, byte(0x3e)},
    {Protocol::dhcp, kCertain, dhcp_over_udp, range(1, 36)},
    {Protocol::ipsec, kCertain, ike_over_udp, kAny},
    {Protocol::l2tp, kCertain, l2tp_over_udp, byte(0xc8)},
    {Protocol::warp, kCertain, warp_over_udp, byte(2)},
    {Protocol::wireguard, kCertain, wireguard_over_udp, range(1, 3)},
    {Protocol::nebula, kCertain, nebula_over_udp, byte(0x10)},
    {Protocol::anyconnect, kCertain, old_dtls_over_udp, byte(22)},
    {Protocol::anyconnect, kLikely, psk_dtls_over_udp, byte(22)},
    {Protocol::dtls, kCertain, dtls_over_udp, byte(22)},
    {Protocol::dnp3, kCertain, dnp3_over_udp, byte(5)},
    {Protocol::c37118, kCertain, c37118_over_udp, byte(0xaa)},
    {Protocol::dlms, kCertain, dlms_hdlc_over_udp, byte(0x7e)},
    {Protocol::snmp, kCertain, snmp_over_udp, byte(0x30)},
    {Protocol::ldap, kCertain, ldap_over_udp, byte(0x30)},
    {Protocol::kerberos, kCertain, kerberos_over_udp, range(0x6a, 0x7e)},
    {Protocol::bacnet, kCertain, bacnet_over_udp, byte(0x81) | byte(0x82)},
    {Protocol::knx, kCertain, knx_over_udp, byte(6)},
    {Protocol::ipmi, kCertain, ipmi_over_udp, byte(6)},
    {Protocol::ntp, kCertain, ntp_over_udp, kAny},
    {Protocol::radius, kCertain, radius_over_udp, range(1, 45)},
    {Protocol::netflow, kCertain, netflow_over_udp, byte(0)},
    {Protocol::sflow, kCertain, sflow_over_udp, byte(0)},
    {Protocol::nfs, kCertain, nfs_over_udp, kAny},
    {Protocol::profinet, kCertain, profinet_over_udp, byte(4)},
    {Protocol::dce_rpc, kCertain, dce_rpc_over_udp, byte(4)},
    {Protocol::enip, kCertain, enip_over_udp,
     byte(4) | range(0x63, 0x66) | byte(0x6f) | byte(0x70) | byte(2)},
    {Protocol::tftp, kCertain, tftp_over_udp, byte(0)},
    {Protocol::ldp, kCertain, ldp_over_udp, byte(0)},
    {Protocol::collectd, kCertain, collectd_over_udp, byte(0)},
    {Protocol::discord, kCertain, discord_over_udp, byte(0) | byte(0x13)},
    {Protocol::raknet, kCertain, raknet_over_udp, kAny},
    {Protocol::source_engine, kCertain, source_engine_over_udp, byte(0xff)},
    {Protocol::rdp, kLikely, rdp_over_udp, byte(0xff)},
    {Protocol::slp, kCertain, slp_over_udp, range(1, 2)},
    {Protocol::hsrp, kCertain, hsrp_over_udp, range(0, 1)},
    {Protocol::glbp, kCertain, glbp_over_udp, byte(1)},
    {Protocol::rip, kCertain, rip_over_udp, range(1, 2)},
    {Protocol::vxlan, kCertain, vxlan_over_udp, with_bit(0x08)},
    {Protocol::geneve, kCertain, geneve_over_udp, range(0, 0x3f)},
    {Protocol::teredo, kCertain, teredo_over_udp, range(0x60, 0x6f) | byte(0)},
    {Protocol::ayiya, kCertain, ayiya_over_udp, kAny},
    {Protocol::lisp, kLikely, lisp_over_udp, range(0x30, 0x4f) | range(0x80, 0x8f)},
    {Protocol::gtp, kLikely, gtp_over_udp, range(0, 0x5f)},
    {Protocol::ptp, kCertain, ptp_over_udp, kAny},
    {Protocol::roughtime, kCertain, roughtime_over_udp, kAny},
    {Protocol::someip, kLikely, someip_over_udp, kAny},
    {Protocol::bfd, kLikely, bfd_over_udp, range(0x20, 0x28)},
    {Protocol::hart_ip, kLikely, hart_ip_over_udp, range(1, 2)},
    {Protocol::coap, kLikely, coap_over_udp, range(0x40, 0x7f)},
    {Protocol::openvpn, kCertain, openvpn_over_udp, byte(7 << 3) | byte(8 << 3) | byte(10 << 3)},
    {Protocol::rtcp, kCertain, rtcp_over_udp, range(0x80, 0xbf)},
    {Protocol::zoom, kLikely, zoom_over_udp, byte(5)},
    {Protocol::iax, kLikely, iax_over_udp, range(0x80, 0xff)},
    {Protocol::fins, kLikely, fins_over_udp, range(0x80, 0x81) | range(0xc0, 0xc1)},
    {Protocol::teamviewer, kLikely, teamviewer_over_udp, byte(0)},
    {Protocol::xdmcp, kLikely, xdmcp_over_udp, byte(0)},
    {Protocol::capwap, kLikely, capwap_over_udp, range(0, 1)},
    {Protocol::zerotier, kCertain, zerotier_over_udp, kAny},
    {Protocol::ethereum, kLikely, ethereum_over_udp, kAny},
    {Protocol::edonkey, kLikely, edonkey_over_udp,
     byte(0xe3) | byte(0xc5) | byte(0xe4) | byte(0xe5)},
    {Protocol::afs, kLikely, afs_over_udp, kAny},
    {Protocol::gnutella, kLikely, old_gnutella_over_udp, kAny},
    {Protocol::wireguard, kLikely, wireguard_data_over_udp, byte(4)},
    {Protocol::bittorrent, kLikely, utp_over_udp, kAny},
    {Protocol::tftp, kLikely, tftp_data_over_udp, byte(0)},
    {Protocol::mumble, kCertain, mumble_over_udp, byte(0)},
    {Protocol::telegram, kCertain, telegram_over_udp, kAny},
    {Protocol::dtls, kLikely, dtls_records_over_udp, range(20, 23)},
    {Protocol::rtp, kCertain, rtp_over_udp, range(0x80, 0xbf)},
    {Protocol::ipsec, kLikely, esp_over_udp, kAny},
};

// Rows by first byte, in the order of their table.
template <std::size_t RowCount>
class Index {
  public:
    consteval explicit Index(const Row (&rows)[RowCount]) {
        std::uint16_t at = 0;
        for (unsigned value = 0; value < 256; ++value) {
            begin_[value] = at;
            for (std::size_t row = 0; row < RowCount; ++row)
                if (has(rows[row].first, value)) rows_[at++] = static_cast<std::uint8_t>(row);
        }
        begin_[256] = at;
    }
    std::span<const std::uint8_t> rows(std::uint8_t first) const noexcept {
        return {rows_.data() + begin_[first], rows_.data() + begin_[first + 1u]};
    }

  private:
    static_assert(RowCount <= 256);
    std::array<std::uint16_t, 257> begin_{};
    std::array<std::uint8_t, 256 * RowCount> rows_{};
};
constexpr Index kTcpIndex(kTcp);
constexpr Index kUdpIndex(kUdp);

}  // namespace

DetectResult detect_tcp(const FirstBytesView& view) noexcept {
    if (view.bytes.empty()) return {Answer::maybe, Protocol::unknown, Confidence::none};
    for (const std::uint8_t at : kTcpIndex.rows(view.bytes[0])) {
        const Row& row = kTcp[at];
        const Answer answer = row.recognise(view);
        if (answer == Answer::yes) return {answer, row.protocol, row.confidence};
        if (answer == Answer::maybe) return {answer, row.protocol, Confidence::none};
    }
    return {};
}

DetectResult detect_udp(const FirstBytesView& view) noexcept {
    if (view.bytes.empty()) return {};
    for (const std::uint8_t at : kUdpIndex.rows(view.bytes[0])) {
        const Row& row = kUdp[at];
        if (row.recognise(view) == Answer::yes) return {Answer::yes, row.protocol, row.confidence};
    }
    return {};
}

Protocol detect_ip(std::uint8_t ip_protocol) noexcept {
    switch (ip_protocol) {  // IANA, Assigned Internet Protocol Numbers
        case 1:             // ICMP
        case 58:
            return Protocol::icmp;  // ICMPv6
        case 2:
            return Protocol::igmp;
        case 4:   // IPv4 in IP
        case 41:  // IPv6 in IP
        case 94:
            return Protocol::ipip;
        case 46:
            return Protocol::rsvp;
        case 47:
            return Protocol::gre;
        case 50:  // ESP
        case 51:
            return Protocol::ipsec;  // AH
        case 88:
            return Protocol::eigrp;
        case 89:
            return Protocol::ospf;
        case 97:
            return Protocol::etherip;
        case 103:
            return Protocol::pim;
        case 112:
            return Protocol::vrrp;
        case 113:
            return Protocol::pgm;
        case 115:
            return Protocol::l2tp;
        case 132:
            return Protocol::sctp;
        default:
            return Protocol::unknown;
    }
}

}  // namespace sluice::detect

// What usually speaks on a port (IANA service names, and what products document). For records only:
// nothing is judged by it.
#include <algorithm>
#include <iterator>

#include "dataplane/detect/detect.h"

namespace sluice::detect {
namespace {

using model::Protocol;

struct Usual {
    std::uint16_t port;
    Protocol protocol;
};
constexpr Usual kTcpPorts[] = {
    {20, Protocol::ftp_data},
    {21, Protocol::ftp},
    {22, Protocol::ssh},
    {23, Protocol::telnet},
    {25, Protocol::smtp},
    {43, Protocol::whois},
    {49, Protocol::tacacs},
    {53, Protocol::dns},
    {79, Protocol::whois},
    {80, Protocol::http},
    {81, Protocol::http},
    {88, Protocol::kerberos},
    {102, Protocol::s7comm},
    {110, Protocol::pop3},
    {111, Protocol::nfs},
    {119, Protocol::nntp},
    {135, Protocol::dce_rpc},
    {139, Protocol::netbios},
    {143, Protocol::imap},
    {179, Protocol::bgp},
    {389, Protocol::ldap},
    {427, Protocol::slp},
    {443, Protocol::tls},
    {445, Protocol::smb},
    {465, Protocol::tls},
    {502, Protocol::modbus},
    {513, Protocol::rsh},
    {514, Protocol::syslog},
    {548, Protocol::afp},
    {554, Protocol::rtsp},
    {587, Protocol::smtp},
    {636, Protocol::tls},
    {646, Protocol::ldp},
    {655, Protocol::tinc},
    {853, Protocol::dot},
    {873, Protocol::rsync},
    {993, Protocol::tls},
    {995, Protocol::tls},
    {1080, Protocol::socks},
    {1194, Protocol::openvpn},
    {1433, Protocol::mssql},
    {1494, Protocol::citrix},
    {1521, Protocol::oracle},
    {1720, Protocol::h323},
    {1723, Protocol::pptp},
    {1883, Protocol::mqtt},
    {1935, Protocol::rtmp},
    {2000, Protocol::skinny},
    {2049, Protocol::nfs},
    {2404, Protocol::iec104},
    {2598, Protocol::citrix},
    {3128, Protocol::http_proxy},
    {3260, Protocol::iscsi},
    {3306, Protocol::mysql},
    {3389, Protocol::rdp},
    {3868, Protocol::diameter},
    {4000, Protocol::nomachine},
    {4222, Protocol::nats},
    {4242, Protocol::nebula},
    {4899, Protocol::radmin},
    {4949, Protocol::munin},
    {5060, Protocol::sip},
    {5222, Protocol::xmpp},
    {5269, Protocol::xmpp},
    {5432, Protocol::postgresql},
    {5672, Protocol::amqp},
    {5800, Protocol::vnc},
    {5900, Protocol::vnc},
    {5901, Protocol::vnc},
    {5938, Protocol::teamviewer},
    {6000, Protocol::x11},
    {6379, Protocol::redis},
    {6556, Protocol::checkmk},
    {6667, Protocol::irc},
    {6789, Protocol::ceph},
    {6881, Protocol::bittorrent},
    {7000, Protocol::cassandra},
    {7070, Protocol::anydesk},
    {7680, Protocol::delivery_optimisation},
    {8009, Protocol::ajp},
    {8080, Protocol::http},
    {8181, Protocol::http},
    {8333, Protocol::bitcoin},
    {8443, Protocol::tls},
    {9042, Protocol::cassandra},
    {9092, Protocol::kafka},
    {9418, Protocol::git},
    {10051, Protocol::zabbix},
    {11211, Protocol::memcached},
    {18080, Protocol::monero},
    {20000, Protocol::dnp3},
    {27017, Protocol::mongodb},
    {44818, Protocol::enip},
    {61616, Protocol::openwire},
};
constexpr Usual kUdpPorts[] = {
    {53, Protocol::dns},
    {67, Protocol::dhcp},
    {68, Protocol::dhcp},
    {69, Protocol::tftp},
    {88, Protocol::kerberos},
    {111, Protocol::nfs},
    {123, Protocol::ntp},
    {137, Protocol::netbios},
    {138, Protocol::netbios},
    {161, Protocol::snmp},
    {162, Protocol::snmp},
    {177, Protocol::xdmcp},
    {319, Protocol::ptp},
    {320, Protocol::ptp},
    {389, Protocol::ldap},
    {427, Protocol::slp},
    {443, Protocol::quic},
    {500, Protocol::ipsec},
    {514, Protocol::syslog},
    {520, Protocol::rip},
    {521, Protocol::rip},
    {546, Protocol::dhcp},
    {547, Protocol::dhcp},
    {623, Protocol::ipmi},
    {646, Protocol::ldp},
    {853, Protocol::doq},
    {1194, Protocol::openvpn},
    {1645, Protocol::radius},
    {1646, Protocol::radius},
    {1701, Protocol::l2tp},
    {1719, Protocol::h323},
    {1812, Protocol::radius},
    {1813, Protocol::radius},
    {1900, Protocol::ssdp},
    {1985, Protocol::hsrp},
    {2049, Protocol::nfs},
    {2055, Protocol::netflow},
    {2123, Protocol::gtp},
    {2152, Protocol::gtp},
    {2222, Protocol::enip},
    {2427, Protocol::mgcp},
    {2727, Protocol::mgcp},
    {2944, Protocol::megaco},
    {3222, Protocol::glbp},
    {3386, Protocol::gtp},
    {3478, Protocol::stun},
    {3544, Protocol::teredo},
    {3671, Protocol::knx},
    {3702, Protocol::wsd},
    {3784, Protocol::bfd},
    {3785, Protocol::bfd},
    {4341, Protocol::lisp},
    {4342, Protocol::lisp},
    {4500, Protocol::ipsec},
    {4501, Protocol::globalprotect},
    {4569, Protocol::iax},
    {4739, Protocol::netflow},
    {4784, Protocol::bfd},
    {4789, Protocol::vxlan},
    {5060, Protocol::sip},
    {5072, Protocol::ayiya},
    {5246, Protocol::capwap},
    {5247, Protocol::capwap},
    {5351, Protocol::nat_pmp},
    {5353, Protocol::mdns},
    {5355, Protocol::llmnr},
    {5683, Protocol::coap},
    {6081, Protocol::geneve},
    {6343, Protocol::sflow},
    {6881, Protocol::bittorrent},
    {7000, Protocol::afs},
    {7001, Protocol::afs},
    {8801, Protocol::zoom},
    {9600, Protocol::fins},
    {9993, Protocol::zerotier},
    {9995, Protocol::netflow},
    {9996, Protocol::netflow},
    {20000, Protocol::dnp3},
    {25826, Protocol::collectd},
    {27015, Protocol::source_engine},
    {41641, Protocol::tailscale},
    {44818, Protocol::enip},
    {47808, Protocol::bacnet},
    {51820, Protocol::wireguard},
};

template <std::size_t Count>
constexpr bool ascending(const Usual (&ports)[Count]) {
    for (std::size_t i = 1; i < Count; ++i)
        if (ports[i - 1].port >= ports[i].port) return false;
    return true;
}
static_assert(ascending(kTcpPorts) && ascending(kUdpPorts));

template <std::size_t Count>
Protocol find(const Usual (&ports)[Count], std::uint16_t port) {
    const auto* at =
        std::lower_bound(std::begin(ports), std::end(ports), port,
                         [](const Usual& row, std::uint16_t p) { return row.port < p; });
    return at != std::end(ports) && at->port == port ? at->protocol : Protocol::unknown;
}

}  // namespace

Protocol usual_on_port(std::uint8_t ip_protocol, std::uint16_t port) noexcept {
    if (ip_protocol == 6) return find(kTcpPorts, port);
    return ip_protocol == 17 ? find(kUdpPorts, port) : Protocol::unknown;
}

}  // namespace sluice::detect

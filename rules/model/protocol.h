// Application protocols Sluice has words for, each with a class that policy may name (G15-2).
// Closed list: a recogniser in dataplane/detect/ may answer only with one of these.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::model {

// X(word, needs_grant, blocks_from, sentence). `needs_grant`: one of the "VPNs and other network
// services that threaten security" of G15-2, blocked without a grant unless the policy says
// otherwise. A flow that is recognised with less confidence than `blocks_from` is never blocked for
// its protocol, it is counted and reported. Order is part of the bundle format: append only.
#define SLUICE_PROTOCOL_CLASSES(X)                                                               \
    X(unknown, false, certain, "nothing recognised")                                             \
    X(web, false, certain, "TLS, HTTP and QUIC: judged by name")                                 \
    X(infrastructure, false, certain,                                                            \
      "what every network needs to work at all: never judged by name")                           \
    X(remote_control, true, likely, "screens and keyboards of users handed to somebody outside") \
    X(mail, false, certain, "mail and news")                                                     \
    X(vpn, true, likely, "virtual private networks and anonymisers: hide where traffic goes")    \
    X(tunnel, true, likely, "packets in packets, data in names or pings: go around the gateway") \
    X(proxy, true, likely, "others' proxies: go around the gateway")                             \
    X(encrypted_dns, true, likely, "name queries to resolvers the policy does not name")         \
    X(p2p, true, likely, "file sharing between strangers")                                       \
    X(mining, true, likely, "crypto-currencies: mining pools and their nodes")                   \
    X(obfuscated, false, certain, "made to look like nothing; may be a hidden VPN, and may not") \
    X(management, false, certain, "running of machines and networks: shells, monitoring, logs")  \
    X(network, false, certain, "routing, discovery and time-keeping between machines")           \
    X(voip, false, certain,                                                                      \
      "telephony, and the media and address discovery of all real-time calls")                   \
    X(conferencing, false, certain, "video-conferencing services by their own protocols")        \
    X(messaging, false, certain, "messages between people, and between programs")                \
    X(file_transfer, false, certain, "files, shares and storage")                                \
    X(directory, false, certain, "who is who: directories, authentication, remote procedures")   \
    X(database, false, certain, "databases and caches")                                          \
    X(industrial, false, certain, "control of plants, grids, buildings and things")              \
    X(media, false, certain, "streams of sound and pictures")                                    \
    X(update, false, certain, "updates handed on between machines")                              \
    X(game, false, certain, "games")

enum class ProtocolClass : std::uint8_t {
#define X(word, needs_grant, blocks_from, text) word,
    SLUICE_PROTOCOL_CLASSES(X)
#undef X
};

// How sure an answer is. Ordered: the more the surer.
enum class Confidence : std::uint8_t {
    none,       // no answer
    port_only,  // nothing but the port speaks for it: told in records, never judged
    likely,     // shape fits in several ways that chance would hardly meet together
    certain,    // magic, checksum or grammar of the protocol itself
};
inline constexpr std::array kConfidences = {std::string_view{"none"}, std::string_view{"port_only"},
                                            std::string_view{"likely"},
                                            std::string_view{"certain"}};
constexpr std::string_view name_of(Confidence c) {
    return kConfidences[static_cast<std::size_t>(c)];
}
constexpr std::optional<Confidence> confidence_named(std::string_view word) {
    for (std::size_t i = 0; i < kConfidences.size(); ++i)
        if (kConfidences[i] == word) return static_cast<Confidence>(i);
    return std::nullopt;
}

struct ProtocolClassInfo {
    std::string_view word;
    bool needs_grant;
    Confidence blocks_from;
    std::string_view text;
};
inline constexpr std::array kProtocolClasses = {
#define X(word, needs_grant, blocks_from, text) \
    ProtocolClassInfo{#word, needs_grant, Confidence::blocks_from, text},
    SLUICE_PROTOCOL_CLASSES(X)
#undef X
};
constexpr const ProtocolClassInfo& info(ProtocolClass c) {
    return kProtocolClasses[static_cast<std::size_t>(c)];
}
constexpr std::string_view name_of(ProtocolClass c) { return info(c).word; }
constexpr std::optional<ProtocolClass> protocol_class_named(std::string_view word) {
    for (std::size_t i = 0; i < kProtocolClasses.size(); ++i)
        if (kProtocolClasses[i].word == word) return static_cast<ProtocolClass>(i);
    return std::nullopt;
}

// X(word, class, sentence). What each looks at and where it ends: `sluicectl protocol show WORD`,
// which reads the text beside the recogniser. Order is part of the bundle and event formats: append
// only.
#define SLUICE_PROTOCOLS(X)                                                                    \
    X(unknown, unknown, "no recogniser answered")                                              \
    X(tls, web, "TLS over TCP (RFC 8446), by its ClientHello")                                 \
    X(http, web, "HTTP/1.x in clear (RFC 9112), by its request line")                          \
    X(quic, web, "QUIC (RFC 9000), by its long header")                                        \
    X(dns, infrastructure, "DNS over UDP or TCP port 53 (RFC 1035), by its messages")          \
    X(icmp, infrastructure, "ICMP and ICMPv6 queries")                                         \
    X(ntp, infrastructure, "NTP (RFC 5905), by its header")                                    \
    X(dhcp, infrastructure, "DHCP and DHCPv6, by its ports and cookie")                        \
    X(ssh, management, "SSH (RFC 4253), by its banner")                                        \
    X(smtp, mail, "SMTP (RFC 5321), by its greeting or first command")                         \
    X(wireguard, vpn, "WireGuard, by its handshake messages")                                  \
    X(openvpn, vpn, "OpenVPN, by its reset packets")                                           \
    X(ipsec, vpn, "IKE, ESP and AH (RFC 7296, 4303, 4302)")                                    \
    X(gre, tunnel, "GRE (RFC 2784), by its IP protocol number")                                \
    X(ipip, tunnel, "IP in IP, 6in4 (RFC 2003, 4213), by its IP protocol number")              \
    X(dtls, voip, "DTLS 1.0 to 1.3 (RFC 6347, 9147), by its record and handshake headers")     \
    X(h2c, web, "HTTP/2 in clear (RFC 9113), by its preface")                                  \
    X(ajp, messaging, "Apache JServ Protocol 1.3, between web and application servers")        \
    X(doh, encrypted_dns, "DNS over HTTPS (RFC 8484), by the name or address of its resolver") \
    X(dot, encrypted_dns, "DNS over TLS (RFC 7858), by ALPN or its resolver")                  \
    X(doq, encrypted_dns, "DNS over QUIC (RFC 9250), by ALPN")                                 \
    X(dnscrypt, encrypted_dns, "DNSCrypt 2, by the magic of its answers")                      \
    X(http_connect, proxy, "a proxy asked to CONNECT (RFC 9110 9.3.6)")                        \
    X(http_proxy, proxy, "a proxy asked for an absolute URL (RFC 9112 3.2.2)")                 \
    X(socks, proxy, "SOCKS 4, 4a and 5 (RFC 1928), by greeting and answer")                    \
    X(l2tp, vpn, "L2TP (RFC 2661, 3931), by its control messages or IP protocol number")       \
    X(pptp, vpn, "PPTP (RFC 2637), by its magic cookie")                                       \
    X(sstp, vpn, "SSTP (MS-SSTP), by its HTTP method and path")                                \
    X(softether, vpn, "SoftEther VPN, by its HTTP signature and its NAT traversal datagrams")  \
    X(anyconnect, vpn,                                                                         \
      "AnyConnect, OpenConnect and ocserv, by the CSTP request or the service's hello")        \
    X(globalprotect, vpn, "GlobalProtect, by its HTTP requests")                               \
    X(forticlient, vpn, "FortiGate SSL VPN, by its HTTP requests and messages")                \
    X(tailscale, vpn, "Tailscale, by its disco messages and control connection")               \
    X(zerotier, vpn, "ZeroTier, by its HELLO")                                                 \
    X(nebula, vpn, "Nebula, by its Noise handshake header")                                    \
    X(tinc, vpn, "tinc, by its ID line")                                                       \
    X(tor, vpn, "Tor, by what its hellos look like")                                           \
    X(psiphon, vpn, "Psiphon, by its first request")                                           \
    X(warp, vpn, "Cloudflare WARP: WireGuard or MASQUE to the ranges of that service")         \
    X(vpn_service, vpn, "a commercial VPN service, by its name or address range")              \
    X(vxlan, tunnel, "VXLAN (RFC 7348), by its header and the frame inside")                   \
    X(geneve, tunnel, "Geneve (RFC 8926), by its header and the frame inside")                 \
    X(gtp, tunnel, "GTP, user and control plane (3GPP 29.281, 29.060, 29.274)")                \
    X(teredo, tunnel, "Teredo (RFC 4380), by IPv6 in UDP with its prefix")                     \
    X(etherip, tunnel, "EtherIP (RFC 3378), by its IP protocol number")                        \
    X(ayiya, tunnel, "AYIYA, by its header and IPv6 inside")                                   \
    X(lisp, tunnel, "LISP (RFC 9300, 9301), by its control messages")                          \
    X(dns_tunnel, tunnel, "data carried in DNS names (iodine, dnscat2, dns2tcp)")              \
    X(icmp_tunnel, tunnel, "data carried in ICMP echo (hans, ptunnel, icmptunnel)")            \
    X(obfuscated, obfuscated,                                                                  \
      "bytes that look like noise from the first on: Shadowsocks, VMess, obfs4 or a private "  \
      "cipher")                                                                                \
    X(bittorrent, p2p, "BitTorrent: peer wire, uTP, DHT, trackers")                            \
    X(edonkey, p2p, "eDonkey, eMule, Kademlia")                                                \
    X(gnutella, p2p, "Gnutella and Gnutella 2")                                                \
    X(direct_connect, p2p, "Direct Connect (NMDC, ADC)")                                       \
    X(soulseek, p2p, "Soulseek, by its login")                                                 \
    X(syncthing, p2p, "Syncthing, by its magics")                                              \
    X(stratum, mining, "Stratum and getwork: mining pools, by their JSON methods")             \
    X(bitcoin, mining, "Bitcoin and its relatives between nodes, by message header")           \
    X(ethereum, mining, "Ethereum node discovery, by its packet layout")                       \
    X(monero, mining, "Monero between nodes (Levin), by its signature")                        \
    X(teamviewer, remote_control, "TeamViewer, by its magics")                                 \
    X(anydesk, remote_control, "AnyDesk, by its hello")                                        \
    X(rdp, remote_control, "RDP (MS-RDPBCGR), by the X.224 request; RDP over UDP")             \
    X(vnc, remote_control, "VNC (RFC 6143), by its version line")                              \
    X(radmin, remote_control, "Radmin, by its magic")                                          \
    X(nomachine, remote_control, "NoMachine NX, by its version line")                          \
    X(citrix, remote_control, "Citrix ICA and CGP, by their magics")                           \
    X(rustdesk, remote_control, "RustDesk rendezvous, by its messages")                        \
    X(x11, remote_control, "X Window System, by its connection setup")                         \
    X(xdmcp, remote_control, "XDMCP, by its queries")                                          \
    X(telnet, management, "Telnet (RFC 854), by its option negotiation")                       \
    X(rsh, management, "rsh, rlogin and rexec, by their first strings")                        \
    X(snmp, management, "SNMP v1, v2c, v3 (RFC 3416), by its ASN.1")                           \
    X(syslog, management, "Syslog (RFC 3164, 5424), by its priority")                          \
    X(netflow, management, "NetFlow v1 to v9 and IPFIX (RFC 7011), by their headers")          \
    X(sflow, management, "sFlow 2, 4 and 5, by its header")                                    \
    X(ipmi, management, "IPMI and ASF (RMCP), by its header")                                  \
    X(zabbix, management, "Zabbix, by its magic")                                              \
    X(collectd, management, "collectd, by its parts")                                          \
    X(munin, management, "Munin, by its greeting")                                             \
    X(checkmk, management, "Checkmk agent, by its first line")                                 \
    X(capwap, management, "CAPWAP (RFC 5415), by its discovery")                               \
    X(whois, management, "Whois (RFC 3912), by its single line")                               \
    X(openflow, management, "OpenFlow, by its hello")                                          \
    X(bgp, network, "BGP 4 (RFC 4271), by its marker")                                         \
    X(ospf, network, "OSPF, by its IP protocol number")                                        \
    X(eigrp, network, "EIGRP, by its IP protocol number")                                      \
    X(pim, network, "PIM, by its IP protocol number")                                          \
    X(igmp, network, "IGMP, by its IP protocol number")                                        \
    X(vrrp, network, "VRRP and CARP, by their IP protocol number")                             \
    X(sctp, network, "SCTP (RFC 9260), by its IP protocol number")                             \
    X(rsvp, network, "RSVP (RFC 2205), by its IP protocol number")                             \
    X(pgm, network, "PGM (RFC 3208), by its IP protocol number")                               \
    X(rip, network, "RIP 1, 2 and ng, by its header")                                          \
    X(hsrp, network, "HSRP (RFC 2281), by its header")                                         \
    X(glbp, network, "GLBP, by its header")                                                    \
    X(bfd, network, "BFD (RFC 5880), by its header")                                           \
    X(ldp, network, "LDP (RFC 5036), by its header")                                           \
    X(mdns, network, "multicast DNS (RFC 6762), by its messages to the multicast address")     \
    X(llmnr, network, "LLMNR (RFC 4795), by its messages")                                     \
    X(netbios, network, "NetBIOS name, datagram and session services (RFC 1002)")              \
    X(ssdp, network, "SSDP of UPnP, by its request lines")                                     \
    X(wsd, network, "WS-Discovery, by its SOAP envelope")                                      \
    X(slp, network, "SLP (RFC 2608), by its header")                                           \
    X(nat_pmp, network, "NAT-PMP and PCP (RFC 6886, 6887), by their requests")                 \
    X(ptp, network, "PTP (IEEE 1588), by its header")                                          \
    X(roughtime, network, "Roughtime, by its tags")                                            \
    X(imap, mail, "IMAP 4 (RFC 9051), by its greeting or first command")                       \
    X(pop3, mail, "POP3 (RFC 1939), by its greeting or first command")                         \
    X(nntp, mail, "NNTP (RFC 3977), by its greeting or first command")                         \
    X(sip, voip, "SIP (RFC 3261), by its request and status lines")                            \
    X(rtp, voip, "RTP and SRTP (RFC 3550), by two datagrams of one stream")                    \
    X(rtcp, voip, "RTCP (RFC 3550), by its reports")                                           \
    X(stun, voip, "STUN (RFC 8489), by its cookie or attributes")                              \
    X(turn, voip, "TURN (RFC 8656), by its allocations and channels")                          \
    X(h323, voip, "H.323: H.225 over TPKT, RAS")                                               \
    X(mgcp, voip, "MGCP (RFC 3435), by its command lines")                                     \
    X(megaco, voip, "Megaco, H.248 (RFC 3525), by its text")                                   \
    X(skinny, voip, "Cisco SCCP, by its message header")                                       \
    X(iax, voip, "IAX2 (RFC 5456), by its full frames")                                        \
    X(mumble, voip, "Mumble, by its UDP ping")                                                 \
    X(teamspeak, voip, "TeamSpeak 3, by its init")                                             \
    X(zoom, conferencing, "Zoom media, by its encapsulation")                                  \
    X(skype_teams, conferencing, "Skype and Teams media and signalling")                       \
    X(webex, conferencing, "Webex media, by its encapsulation")                                \
    X(discord, conferencing, "Discord voice, by its address discovery")                        \
    X(whatsapp, messaging, "WhatsApp, by its Noise prologue")                                  \
    X(telegram, messaging, "Telegram MTProto in clear transports, by its first bytes")         \
    X(viber, messaging, "Viber, by its first messages")                                        \
    X(wechat, messaging, "WeChat, by its message header")                                      \
    X(line, messaging, "LINE calls, by their header")                                          \
    X(threema, messaging, "Threema, by its hello")                                             \
    X(irc, messaging, "IRC (RFC 2812), by its first commands")                                 \
    X(xmpp, messaging, "XMPP (RFC 6120), by its stream header")                                \
    X(mqtt, messaging, "MQTT 3.1 to 5, by CONNECT")                                            \
    X(amqp, messaging, "AMQP 0-9 and 1.0, by its magic")                                       \
    X(nats, messaging, "NATS, by its INFO line")                                               \
    X(stomp, messaging, "STOMP, by its CONNECT frame")                                         \
    X(openwire, messaging, "OpenWire of ActiveMQ, by its magic")                               \
    X(kafka, messaging, "Apache Kafka, by its request header")                                 \
    X(ftp, file_transfer, "FTP control (RFC 959), by greeting and command")                    \
    X(ftp_data, file_transfer, "FTP data, by the files or listings that begin at once")        \
    X(tftp, file_transfer, "TFTP (RFC 1350), by its requests")                                 \
    X(nfs, file_transfer, "NFS, mount and portmapper, by ONC RPC headers")                     \
    X(smb, file_transfer, "SMB 1 to 3, by its magic")                                          \
    X(afp, file_transfer, "AFP over DSI, by its header")                                       \
    X(rsync, file_transfer, "rsync daemon, by its greeting")                                   \
    X(iscsi, file_transfer, "iSCSI (RFC 7143), by its login")                                  \
    X(git, file_transfer, "git daemon, by its request line")                                   \
    X(ceph, file_transfer, "Ceph, by its banner")                                              \
    X(lustre, file_transfer, "Lustre LNet, by its magic")                                      \
    X(afs, file_transfer, "AFS over Rx, by its header")                                        \
    X(ldap, directory, "LDAP (RFC 4511), by its ASN.1; CLDAP")                                 \
    X(kerberos, directory, "Kerberos 5 (RFC 4120), by its ASN.1")                              \
    X(radius, directory, "RADIUS (RFC 2865), by header and attributes")                        \
    X(tacacs, directory, "TACACS+ (RFC 8907), by its header")                                  \
    X(diameter, directory, "Diameter (RFC 6733), by its header")                               \
    X(dce_rpc, directory, "DCE/RPC, by its header")                                            \
    X(postgresql, database, "PostgreSQL, by its startup message")                              \
    X(mysql, database, "MySQL and MariaDB, by the server's greeting")                          \
    X(mssql, database, "Microsoft SQL Server (TDS), by its prelogin")                          \
    X(oracle, database, "Oracle TNS, by its packet header")                                    \
    X(mongodb, database, "MongoDB, by its message header")                                     \
    X(redis, database, "Redis (RESP), by its first command")                                   \
    X(cassandra, database, "Cassandra (CQL), by its frame header")                             \
    X(memcached, database, "memcached, by its first command")                                  \
    X(modbus, industrial, "Modbus/TCP, by its MBAP header")                                    \
    X(dnp3, industrial, "DNP3 (IEEE 1815), by start bytes and checksum")                       \
    X(iec104, industrial, "IEC 60870-5-104, by its APCI")                                      \
    X(s7comm, industrial, "Siemens S7 over TPKT and COTP")                                     \
    X(mms, industrial, "MMS and other ISO services over TPKT and COTP")                        \
    X(opcua, industrial, "OPC UA binary, by its HEL message")                                  \
    X(enip, industrial, "EtherNet/IP and CIP, by its encapsulation header")                    \
    X(bacnet, industrial, "BACnet/IP, by its BVLC header")                                     \
    X(profinet, industrial, "PROFINET over DCE/RPC")                                           \
    X(hart_ip, industrial, "HART-IP, by its header")                                           \
    X(c37118, industrial, "IEEE C37.118 synchrophasors, by their frames")                      \
    X(dlms, industrial, "DLMS/COSEM (IEC 62056), by its wrapper")                              \
    X(coap, industrial, "CoAP (RFC 7252), by its header and options")                          \
    X(someip, industrial, "SOME/IP, by its header")                                            \
    X(knx, industrial, "KNXnet/IP, by its header")                                             \
    X(fins, industrial, "OMRON FINS, by its header")                                           \
    X(rtsp, media, "RTSP (RFC 7826), by its request lines")                                    \
    X(rtmp, media, "RTMP, by its handshake")                                                   \
    X(mpeg_ts, media, "MPEG transport streams in datagrams, by their sync bytes")              \
    X(spotify, media, "Spotify, by its hello and local discovery")                             \
    X(icecast, media, "Icecast and SHOUTcast, by their source requests")                       \
    X(delivery_optimisation, update,                                                           \
      "Windows Delivery Optimization between machines, by its handshake")                      \
    X(bjnp, network, "Canon BJNP, by its magic")                                               \
    X(source_engine, game, "Source engine and Steam queries, by their header")                 \
    X(raknet, game, "RakNet, by its offline magic")                                            \
    X(minecraft, game, "Minecraft Java edition, by its handshake")                             \
    X(steam, game, "Steam, by the magics of its client and relays")                            \
    X(fix, messaging, "FIX, by its first tag")

enum class Protocol : std::uint8_t {
#define X(word, klass, text) word,
    SLUICE_PROTOCOLS(X)
#undef X
};

struct ProtocolInfo {
    std::string_view word;
    ProtocolClass klass;
    std::string_view text;
};
inline constexpr std::array kProtocols = {
#define X(word, klass, text) ProtocolInfo{#word, ProtocolClass::klass, text},
    SLUICE_PROTOCOLS(X)
#undef X
};
constexpr const ProtocolInfo& info(Protocol p) { return kProtocols[static_cast<std::size_t>(p)]; }
static_assert(kProtocols.size() <= 255);
constexpr std::string_view name_of(Protocol p) { return info(p).word; }
constexpr std::optional<Protocol> protocol_named(std::string_view word) {
    for (std::size_t i = 0; i < kProtocols.size(); ++i)
        if (kProtocols[i].word == word) return static_cast<Protocol>(i);
    return std::nullopt;
}

}  // namespace sluice::model

// A message of every protocol, written from its specification: it is recognised, whoever sends it
// and on whatever ports; no part of it is taken for a VPN, a tunnel, a proxy or file sharing; and
// every one of them stops being recognised when some single byte of it is another.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

using model::Confidence;
using model::ProtocolClass;

struct Sample {
    Protocol protocol;
    bool datagram;
    std::string bytes;
};

std::string le16(unsigned v) { return u8(v & 255) + u8(v >> 8); }
std::string le32(std::uint32_t v) { return le16(v & 0xffff) + le16(v >> 16); }
std::string zeros(std::size_t count) { return std::string(count, '\0'); }
std::string frame() {  // Ethernet, IPv4
    return noise(12) + u16(0x0800) + "\x45\0\0\x1c"s + noise(24);
}
std::string ipv6(std::string_view source, std::size_t size) {
    return "\x60\0\0\0"s + u16(static_cast<std::uint16_t>(size)) + "\x3b\x40"s +
           std::string(source) + noise(16) + noise(size);
}
std::string tpkt(const std::string& body) {
    return "\x03\0"s + u16(static_cast<std::uint16_t>(body.size() + 4)) + body;
}

const std::vector<Sample> kSamples = {
    {Protocol::l2tp, true, "\xc8\x02"s + u16(20) + zeros(8) + "\x80\x08"s + zeros(5) + "\x01"s},
    {Protocol::pptp, false, u16(156) + u16(1) + u32(0x1a2b3c4d) + u16(1)},
    {Protocol::sstp, false, "SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP"},
    {Protocol::softether, false, "POST /vpnsvc/connect.cgi HTTP/1.1\r\n"},
    {Protocol::softether, true, u32(2) + u32(7) + "opcode" + u32(2) + u32(1) + "get_token"},
    {Protocol::anyconnect, false, "CONNECT /CSCOSSLC/tunnel HTTP/1.1\r\n"},
    {Protocol::anyconnect, true,
     "\x16\x01\0"s + zeros(7) + "\x01"s + u16(80) + "\x01"s + noise(79)},
    {Protocol::globalprotect, false, "GET /ssl-tunnel-connect.sslvpn?user=a HTTP/1.1\r\n"},
    {Protocol::forticlient, false, "GET /remote/sslvpn-tunnel HTTP/1.1\r\n"},
    {Protocol::tailscale, false, "POST /ts2021 HTTP/1.1\r\n"},
    {Protocol::tailscale, true, "TS\xf0\x9f\x92\xac" + noise(90)},
    {Protocol::zerotier, true,
     noise(8) + "dest1" + "abcde" + zeros(1) + noise(8) + "\x01\x0b\x01\x0a\0\x02"s + noise(8) +
         "abcde" + "\0"s + noise(70)},
    {Protocol::nebula, true, "\x10"s + zeros(14) + "\x01"s + noise(120)},
    {Protocol::tinc, false, "0 node_a 17.7\n"},
    {Protocol::h2c, false, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {Protocol::socks, false, "\x05\x02\x00\x02"s},
    {Protocol::socks, false, "\x04\x01"s + u16(443) + "\x5d\xb8\xd8\x22"s + "me\0"s},
    {Protocol::socks, false, "\x04\x01"s + u16(443) + u32(1) + "\0host.example\0"s},
    {Protocol::http_connect, false, "CONNECT host.example:443 HTTP/1.1\r\n"},
    {Protocol::vxlan, true, "\x08\0\0\0\0\0\x07\0"s + frame()},
    {Protocol::vxlan, true,  // with a group policy, so the inner checksum counts
     "\x88\0\0\x05\0\0\x07\0"s + noise(12) + u16(0x0800) +
         "\x45\0\0\x1c\0\x01\0\0\x40\x11\x34\xc6\x0a\0\0\x01\xcb\0\x71\x09"s + noise(8)},
    {Protocol::geneve, true, "\0\0\x08\x06\0\0\x07\0\0\x01\x08\0\x06\x04"s + noise(22)},
    {Protocol::geneve, true, "\0\0"s + u16(0x6558) + "\0\0\x07\0"s + frame()},
    {Protocol::gtp, true, "\x32\x01"s + u16(4) + u32(0) + u16(7) + zeros(2)},
    {Protocol::teredo, true, ipv6("\x20\x01\0\0"s + noise(12), 8)},
    {Protocol::ayiya, true, "\x44\x52\x11\x29"s + noise(40) + ipv6(noise(16), 8)},
    {Protocol::lisp, true, "\x80\0\0\0\x45\0\0\x40\0\0\0\0\x20\x11"s + noise(60)},
    {Protocol::lisp, false, u16(20) + u16(15) + zeros(4) + zeros(3) + u32(0x9facade9)},
    {Protocol::dns_tunnel, true,
     "\x1a\x2b\x01\0\0\x01\0\0\0\0\0\0"s + "\x0bvaaaakardli\6tunnel\2kz\0"s + u16(10) + u16(1)},
    {Protocol::dns_tunnel, true,
     "\x1a\x2b\x01\0\0\x01\0\0\0\0\0\0"s + "\6yrbk4a\6tunnel\2kz\0"s + u16(10) + u16(1)},
    {Protocol::dns_tunnel, true,
     "\x1a\x2b\x01\0\0\x01\0\0\0\0\0\0"s + "\6dnscat\x12" + "7f3a00a1b20c3d0001\0"s + u16(16) +
         u16(1)},
    {Protocol::dnscrypt, true, "r6fnvWj8" + noise(80)},
    {Protocol::bittorrent, false,
     "\x13"
     "BitTorrent protocol" +
         zeros(8)},
    {Protocol::bittorrent, false, "GET /announce?info_hash=%12&port=6881 HTTP/1.1\r\n"},
    {Protocol::bittorrent, true,
     "d1:ad2:id20:" + std::string(20, 'x') + "e1:q4:ping1:t2:aa1:y1:qe"},
    {Protocol::bittorrent, true, u32(0x417) + u32(0x27101980) + u32(0) + noise(4)},
    {Protocol::edonkey, false, "\xe3"s + le32(60) + "\x01\x10"s + noise(30)},
    {Protocol::edonkey, true, "\xe4\x21\x02"s + noise(32)},
    {Protocol::gnutella, false, "GNUTELLA CONNECT/0.6\r\n"},
    {Protocol::gnutella, true, "GND\x02"s + noise(2) + "\x01\x01"s + noise(20)},
    {Protocol::gnutella, true,
     noise(8) + "\xff"s + noise(6) + "\0\0\x03\x01"s + le32(4) + noise(4)},
    {Protocol::gnutella, true,
     noise(16) + "\x44\0\0"s + le32(58) + "\x05GTKG\0\0"s + noise(20) + noise(31)},
    {Protocol::direct_connect, false, "$Lock EXTENDEDPROTOCOL_abc Pk=x|"},
    {Protocol::soulseek, false,
     le32(72) + le32(1) + le32(4) + "name" + le32(4) + "pass" + le32(160) + le32(32) + noise(36)},
    {Protocol::syncthing, true, "\x2e\xa7\xd9\x0b" + noise(40)},
    {Protocol::stratum, false, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n"},
    {Protocol::bitcoin, false, "\xf9\xbe\xb4\xd9version"s + zeros(5) + le32(102) + noise(4)},
    {Protocol::monero, false, "\x01\x21\x01\x01\x01\x01\x01\x01" + noise(20)},
    {Protocol::ethereum, true, noise(96) + "\x01\x01\xcf"s + noise(15)},
    {Protocol::teamviewer, false, "\x17\x24\x0a\x20\0"s + noise(32)},
    {Protocol::rdp, false, tpkt("\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"s)},
    {Protocol::rdp, false, tpkt("\x20\xe0\0\0\0\0\0Cookie: mstshash=user\r\n\0"s + "\0\0"s)},
    {Protocol::vnc, false, "RFB 003.008\n"},
    {Protocol::radmin, false, "\x01\0\0\0\x01\0\0\0\x08\x08"s},
    {Protocol::nomachine, false, "NXSH-6.0.0 Welcome\n"},
    {Protocol::citrix, false, "\x7f\x7fICA\0"s},
    {Protocol::x11, false, "l\0"s + le16(11) + le16(0) + le16(18) + le16(16) + zeros(2)},
    {Protocol::xdmcp, true, u16(1) + u16(2) + u16(1) + "\0"s},
    {Protocol::anydesk, true, "\x3e\xd1\x01\x01" + noise(10)},
    {Protocol::imap, false, "* OK IMAP4rev1 ready\r\n"},
    {Protocol::imap, false, "a001 CAPABILITY\r\n"},
    {Protocol::pop3, false, "+OK POP3 ready <1@host>\r\n"},
    {Protocol::nntp, false, "200 news.example NNTP ready\r\n"},
    {Protocol::ftp, false, "220 (vsFTPd 3.0.3)\r\n"},
    {Protocol::ftp, false, "USER anonymous\r\n"},
    {Protocol::telnet, false, "\xff\xfd\x18\xff\xfd\x20"},
    {Protocol::rsh, false, "1023\0user\0root\0ls\0"s},
    {Protocol::snmp, true, "\x30\x1a\x02\x01\x01\x04\x06public\xa0\x0d"s + noise(13)},
    {Protocol::syslog, true, "<34>Oct 11 22:14:15 host su: failed"},
    {Protocol::netflow, true, u16(5) + u16(1) + noise(20) + noise(48)},
    {Protocol::sflow, true,
     u32(5) + u32(1) + noise(4) + u32(0) + noise(8) + u32(1) + u32(1) + u32(8) + noise(8)},
    {Protocol::ipmi, true, "\x06\0\xff\x07\0"s + zeros(8) + "\x09"s + noise(9)},
    {Protocol::zabbix, false, "ZBXD\x01" + noise(12)},
    {Protocol::collectd, true, u16(0) + u16(9) + "host\0"s + u16(1) + u16(12) + noise(8)},
    {Protocol::munin, false, "# munin node at host\n"},
    {Protocol::bgp, false, std::string(16, '\xff') + u16(29) + "\x01\x04"s + noise(9)},
    {Protocol::rip, true,
     "\x02\x02\0\0"s + u16(2) + u16(0) + noise(4) + noise(4) + noise(4) + u32(1)},
    {Protocol::hsrp, true, "\0\0\x10\x03\x0a\x78\x01\0cisco\0\0\0"s + noise(4)},
    {Protocol::bfd, true, "\x20\xc8\x03\x18"s + u32(1) + zeros(16)},
    {Protocol::ldp, true, u16(1) + u16(30) + noise(6) + u16(0x100) + u16(20) + noise(20)},
    {Protocol::netbios, true,
     noise(2) + u16(0x0110) + u16(1) + zeros(6) + " " + std::string(32, 'C') + "\0"s + u16(32) +
         u16(1)},
    {Protocol::ssdp, true, "M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n"},
    {Protocol::slp, true,
     "\x02\x01\0"s + u16(20) + "\0\0\0"s + zeros(2) + u16(7) + u16(2) + "en" + noise(4)},
    {Protocol::ptp, true,
     "\0\x02"s + u16(44) + "\0\0\x02\0"s + noise(8) + u32(0) + noise(10) + noise(2) + "\0\0"s +
         noise(10)},
    {Protocol::bjnp, true, "BJNP\x01\x01" + noise(10)},
    {Protocol::sip, true, "REGISTER sip:example.kz SIP/2.0\r\nVia: x\r\n\r\n"},
    {Protocol::sip, false, "SIP/2.0 200 OK\r\n"},
    {Protocol::rtcp, true, "\x81\xc8"s + u16(12) + noise(48)},
    {Protocol::stun, true, u16(1) + u16(0) + u32(0x2112a442) + noise(12)},
    {Protocol::turn, true,
     u16(3) + u16(8) + u32(0x2112a442) + noise(12) + u16(0x19) + u16(4) + "\x11\0\0\0"s},
    {Protocol::h323, false, tpkt("\x08\x02\x12\x34\x05\x04\x03"s)},
    {Protocol::mgcp, true, "CRCX 1204 aaln/1@rgw.example MGCP 1.0\r\n"},
    {Protocol::megaco, true, "!/1 [192.0.2.1]:2944 T=1{"},
    {Protocol::teamspeak, true, "TS3INIT1" + noise(20)},
    {Protocol::discord, true, u16(1) + u16(70) + noise(70)},
    {Protocol::discord, true, "\x13\x37\xca\xfe\x0a\0\0\0"s},
    {Protocol::dtls, true, "\x17\xfe\xfd\0\x01\0\0\0\0\x0e\0"s + u16(48) + noise(48)},
    {Protocol::irc, false, "NICK someone\r\nUSER a b c :d\r\n"},
    {Protocol::xmpp, false, "<?xml version='1.0'?><stream:stream to='example.kz'"},
    {Protocol::whatsapp, false, "WA\x06\x03" + noise(20)},
    {Protocol::telegram, false, "\xef\x0a" + zeros(8) + noise(32)},
    {Protocol::telegram, true, noise(16) + std::string(12, '\xff') + "\xfe\xff\xff\xff" + noise(8)},
    {Protocol::mqtt, false, "\x10\x10\0\4MQTT\4\2\0\x3c"s},
    {Protocol::amqp, false, "AMQP\0\0\x09\x01"s},
    {Protocol::nats, false, "INFO {\"server_id\":\"a\"}\r\n"},
    {Protocol::stomp, false, "CONNECT\naccept-version:1.2\n"},
    {Protocol::kafka, false, u32(30) + u16(18) + u16(3) + u32(1) + u16(6) + "client" + noise(4)},
    {Protocol::tftp, true, "\0\1boot.img\0octet\0"s},
    {Protocol::nfs, true, noise(4) + u32(0) + u32(2) + u32(100003) + u32(3) + u32(1) + zeros(16)},
    {Protocol::smb, false,
     "\0\0\0\x54\xff"
     "SMBr"s +
         zeros(8)},
    {Protocol::rsync, false, "@RSYNCD: 31.0\n"},
    {Protocol::git, false, "0033git-upload-pack /p.git\0host=h\0"s},
    {Protocol::ceph, false, "ceph v027"},
    {Protocol::ldap, false, "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0"s},
    {Protocol::kerberos, true, "\x6a\x0c\x30\x0a\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a"s},
    {Protocol::radius, true, "\x01\x07"s + u16(26) + noise(16) + "\x01\x06user"s},
    {Protocol::tacacs, false, "\xc0\x01\x01\0"s + noise(4) + u32(30) + noise(30)},
    {Protocol::diameter, false, u32(0x01000000 | 40) + u32(0x80000101) + zeros(4) + noise(8)},
    {Protocol::dce_rpc, false, "\x05\0\x0b\x03\x10\0\0\0"s + le16(72) + le16(0) + le32(1)},
    {Protocol::postgresql, false, u32(8) + u32(80877103)},
    {Protocol::postgresql, false, u32(41) + u32(0x30000) + "user\0postgres\0"s},
    {Protocol::mysql, false,
     "\x4a\0\0\0\x0a"
     "8.0.33\0"s +
         noise(20)},
    {Protocol::mssql, false, "\x12\x01"s + u16(47) + "\0\0\x01\0\0\0\x1a\0\x06\x01\0\x20"s},
    {Protocol::oracle, false, u16(200) + u16(0) + "\x01\0"s + u16(0) + u16(314) + u16(300)},
    {Protocol::mongodb, false, le32(60) + le32(1) + le32(0) + le32(2013) + noise(44)},
    {Protocol::redis, false, "*1\r\n$4\r\nPING\r\n"},
    {Protocol::cassandra, false, "\x04\0\0\0\x05\0\0\0\0"s},
    {Protocol::memcached, false, "set key 0 60 5\r\nvalue\r\n"},
    {Protocol::modbus, false, u16(1) + u16(0) + u16(6) + "\x01\x03"s + u16(0) + u16(10)},
    {Protocol::dnp3, false, "\x05\x64\x05\xc0\x01\x00\x00\x04\xe9\x21"s},
    {Protocol::iec104, false, "\x68\x04\x07\0\0\0"s},
    {Protocol::s7comm, false,
     tpkt("\x11\xe0\0\0\0\x01\0\xc1\x02\x01\0\xc2\x02\x01\x02\xc0\x01\x09"s)},
    {Protocol::dlms, false, "\x7e\xa0\x07\x03\x21\x93\x0f\x01\x7e"s},
    {Protocol::dlms, true, "\x7e\xa0\x07\x03\x03\x93\x8c\x11\x7e"s},
    {Protocol::opcua, false, "HELF"s + le32(57) + zeros(20)},
    {Protocol::enip, false, le16(0x65) + le16(4) + zeros(20) + le16(1) + zeros(2)},
    {Protocol::bacnet, true, "\x81\x0b\0\x0c\x01\x20\xff\xff\0\xff\x10\x08"s},
    {Protocol::knx, true, "\x06\x10\x02\x01\0\x0e\x08\x01"s + noise(6)},
    {Protocol::coap, true, "\x40\x01\x12\x34\xb4test"s},
    {Protocol::someip, true, noise(4) + u32(12) + noise(4) + "\x01\x01\0\0"s + noise(4)},
    {Protocol::rtsp, false, "OPTIONS rtsp://cam.example/1 RTSP/1.0\r\n"},
    {Protocol::rtmp, false, "\x03"s + noise(4) + zeros(4) + noise(64)},
    {Protocol::mpeg_ts, true, "G" + noise(187) + "G" + noise(187)},
    {Protocol::delivery_optimisation, false, "\x0eSwarm protocol" + noise(8)},
    {Protocol::ajp, false, "\x12\x34"s + u16(100) + "\x02\x02"s},
    {Protocol::fix, false, "8=FIX.4.2\x01"},
    {Protocol::fix, false,
     "8=O\x01"
     "9=0019\x01"
     "35=P\x01"},
    {Protocol::source_engine, true, "\xff\xff\xff\xffTSource Engine Query\0"s},
    {Protocol::raknet, true,
     "\x01"s + noise(8) + "\0\xff\xff\0\xfe\xfe\xfe\xfe\xfd\xfd\xfd\xfd\x12\x34\x56\x78"s},
};

DetectResult ask(const Sample& sample, std::string_view bytes, bool from_user) {
    FirstBytesView view{static_cast<std::uint8_t>(sample.datagram ? 17 : 6), kAnyPort, kAnyPort,
                        from_user, as_bytes(bytes)};
    return sample.datagram ? detect_udp(view) : detect_tcp(view);
}

bool threatens(Protocol protocol) { return model::info(model::info(protocol).klass).needs_grant; }

TEST(DetectSamples, EachIsRecognisedFromEitherSide) {
    for (const Sample& sample : kSamples)
        for (const bool from_user : {true, false}) {
            const DetectResult got = ask(sample, sample.bytes, from_user);
            EXPECT_EQ(name_of(got.protocol), name_of(sample.protocol)) << sample.bytes;
            EXPECT_EQ(got.answer, Answer::yes) << name_of(sample.protocol);
            EXPECT_GE(got.confidence, Confidence::likely) << name_of(sample.protocol);
        }
}

TEST(DetectSamples, NoPartOfOneIsAThreat) {
    for (const Sample& sample : kSamples)
        for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
            const DetectResult got =
                ask(sample, std::string_view(sample.bytes).substr(0, size), true);
            if (got.answer != Answer::yes) continue;
            EXPECT_TRUE(got.protocol == sample.protocol || !threatens(got.protocol))
                << name_of(sample.protocol) << " cut after " << size << " is "
                << name_of(got.protocol);
            if (!sample.datagram) {
                EXPECT_EQ(name_of(got.protocol), name_of(sample.protocol));
            }
        }
}

TEST(DetectSamples, SomeByteOfEachDecides) {
    for (const Sample& sample : kSamples) {
        bool lost = false;
        for (std::size_t at = 0; at < sample.bytes.size() && !lost; ++at) {
            std::string other = sample.bytes;
            other[at] = static_cast<char>(other[at] ^ 0x55);
            lost = ask(sample, other, true).protocol != sample.protocol;
        }
        EXPECT_TRUE(lost) << name_of(sample.protocol);
    }
}

TEST(DetectSamples, PortsChangeNothing) {
    for (const Sample& sample : kSamples)
        for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{53}, std::uint16_t{443},
                                         std::uint16_t{1194}, std::uint16_t{65535}}) {
            const Ports ports{port, static_cast<std::uint16_t>(port ^ 1)};
            const Protocol got =
                sample.datagram ? udp(sample.bytes, ports) : tcp(sample.bytes, ports).protocol;
            EXPECT_EQ(name_of(got), name_of(sample.protocol));
        }
}

std::string question(const std::string& name) {
    return "\x1a\x2b\x01\0\0\x01\0\0\0\0\0\0"s + name + u16(1) + u16(1);
}

TEST(DetectSamples, NamesThatOnlyResembleTunnels) {
    for (const std::string& name : {"\x0bvaaaakazdli\6tunnel\2kz\0"s,   // another version
                                    "\x0bvaaaaka6dli\6tunnel\2kz\0"s,   // no letter of base 32
                                    "\x0cvaaaakardlia\6tunnel\2kz\0"s,  // longer
                                    "\x0bvaaaakardli\0"s,               // a name of its own
                                    "\6yrbk4a\6tunnel\2kz\0"s,          // of an address: a host's
                                    "\6dnscat\3com\0"s,                 // the program's site
                                    "\6dnscat\x12notdigitsbutlonger\2kz\0"s,
                                    "\3www\6dnscat\x12"
                                    "7f3a00a1b20c3d0001\0"s})
        EXPECT_EQ(name_of(udp(question(name))), "dns") << name;
}

TEST(DetectSamples, LikeTheirMarksButNot) {
    const std::string ones(12, '\xff');
    EXPECT_EQ(udp(std::string(16, '\xff') + ones + "\xfe\xff\xff\xff" + noise(8)),
              Protocol::unknown);
    EXPECT_EQ(udp(std::string(16, '\0') + ones + "\xfe\xff\xff\xff" + noise(8)), Protocol::unknown);
    EXPECT_EQ(udp("\x13\x37\xca\xfe\x0a\0\0\0\0"s), Protocol::unknown) << "longer";
    EXPECT_EQ(udp("\x17\xfe\xfd\0\0\0\0\0\0\x0e\0"s + u16(48) + noise(48)), Protocol::unknown)
        << "epoch 0 is not enciphered";
    EXPECT_EQ(udp("\x17\xfe\xfd\0\x01\0\0\0\0\x0e\0"s + u16(47) + noise(48)), Protocol::unknown)
        << "a byte too many";
    EXPECT_EQ(udp(noise(16) + "\x44\0\0"s + le32(58) + "\x05gtkg\0\0"s + noise(20) + noise(31)),
              Protocol::unknown);
    expect_tcp("\x7e\xa0\x07\x03\x21\x93\x0f\x02\x7e"s, Protocol::unknown);
    expect_tcp(
        "8=O\x01"
        "8=0019\x01"s,
        Protocol::unknown);
    EXPECT_EQ(tcp(u16(20) + u16(15) + zeros(4) + zeros(3) + u32(0x9facade8)).protocol,
              Protocol::unknown);
}

TEST(DetectSamples, NoiseIsNoThreat) {
    for (std::uint32_t seed = 0; seed < 20'000; ++seed) {
        const std::string payload = noise(1 + seed % 300, seed * 2654435761u);
        const Sample datagram{Protocol::unknown, true, payload},
            stream{Protocol::unknown, false, payload};
        EXPECT_FALSE(threatens(ask(datagram, payload, true).protocol)) << seed;
        const DetectResult got = ask(stream, payload, true);
        EXPECT_FALSE(got.answer == Answer::yes && threatens(got.protocol)) << seed;
    }
}

}  // namespace
}  // namespace sluice::detect

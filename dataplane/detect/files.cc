// words: tftp nfs smb afp rsync iscsi git ceph lustre afs
// looks at: requests, banners and magics; ONC RPC calls of the programs NFS consists of; Rx headers
// limits: TFTP's data, sent from ports of their own, are told by a first block or acknowledgement
//   of options as likely
// source: RFC 1350 5, RFC 2347; RFC 5531 9, RFC 1813; MS-SMB2 2.1, MS-CIFS 2.2.3.1; AFP over TCP
//   (DSI); RFC 7143 11.12; git protocol; Ceph msgr; Lustre LNet acceptor; Rx (OpenAFS rx_packet.h)
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer tftp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kNameMax = 255;
    const Bytes bytes = view.bytes;
    if (bytes.size() < 6 || bytes[0] != 0 || bytes[1] < 1 || bytes[1] > 2) return Answer::no;
    const std::string_view text = as_text(bytes.subspan(2));
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos || end == 0 || end > kNameMax) return Answer::no;
    const std::string_view mode = text.substr(end + 1, text.find('\0', end + 1) - end - 1);
    if (text.find('\0', end + 1) == std::string_view::npos) return Answer::no;
    const bool known = mode.size() >= 4 && mode.size() <= 8 &&
                       (contains_word(mode, "octet") || contains_word(mode, "netascii") ||
                        contains_word(mode, "mail"));
    return yes_if(known && all_printable(as_bytes(text.substr(0, end))));
}
Answer tftp_data_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kBlock = 4 + 512;
    const Bytes bytes = view.bytes;
    if (bytes.size() < 4 || bytes[0] != 0) return Answer::no;
    const Glimpse* other = view.last_of_other();
    const bool data = bytes[1] == 3 && bytes.size() <= kBlock,
               ack = bytes[1] == 4 && bytes.size() == 4;
    if (other == nullptr || other->size < 4 || other->head[0] != 0) return Answer::no;
    const std::uint16_t theirs = be16(other->bytes(), 2), block = be16(bytes, 2);
    if (ack && other->head[1] == 3) return yes_if(theirs == block && block >= 1);
    if (data && other->head[1] == 4 && other->size == 4) return yes_if(theirs + 1 == block);
    return Answer::no;
}

namespace {
// number | call 0 | version 2 | program | version | procedure
Answer onc_call(Bytes bytes) {
    std::uint32_t program = 0;
    Probe probe(bytes);
    probe.skip(4).u32_in(0, 0).u32_in(2, 2).u32(program);
    probe.fail_unless((program >= 100'000 && program <= 100'005) || program == 100'011 ||
                      program == 100'021 || program == 100'024 || program == 100'227);
    return probe.u32_in(1, 4).u32_in(0, 64).answer();
}
}  // namespace

Answer nfs_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(onc_call(view.bytes) == Answer::yes);
}
Answer nfs_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.u32_in(0x80000018, 0x800fffff);
    return probe.ok() ? onc_call(probe.rest()) : probe.answer();
}

Answer smb_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.zeros(1).between(0, 1).skip(2).between(0xfc, 0xff).is("SMB");
    return probe.answer();
}
Answer afp_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kStatus = 3, kOpen = 4;
    Probe probe(view.bytes);  // request, command, number, offset 0, length, reserved 0
    probe.zeros(1).between(kStatus, kOpen).skip(2).zeros(4).u32_in(0, 1024).zeros(4);
    return probe.answer();
}
Answer rsync_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "@RSYNCD: ");
}
Answer iscsi_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeader = 48;
    std::uint8_t kind = 0;
    Probe probe(view.bytes);  // login: opcode, flags, versions, lengths ... then names as text
    probe.any_of({0x43, 0x03}).u8(kind).fail_unless((kind & 0x30) == 0).zeros(2).between(0, 0);
    probe.skip(kHeader - 5).printable(8);
    if (!probe.ok()) return probe.answer();
    return Probe(view.bytes.subspan(kHeader)).between('A', 'Z').between('A', 'z').answer();
}
Answer git_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    for (unsigned i = 0; i < 4; ++i)
        probe.any_of(
            {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'});
    return probe.is("git-").any_of({'u', 'r'}).answer();
}
Answer ceph_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "ceph v");
}
Answer lustre_over_tcp(const FirstBytesView& view) noexcept {
    return Probe(view.bytes).is(0x00).is(0x71).is(0xce).is(0xac).answer();
}
Answer afs_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeader = 28;
    const Bytes bytes = view.bytes;  // epoch, connection, call, sequence, serial, type, flags, ...
    if (bytes.size() < kHeader || bytes[20] < 1 || bytes[20] > 13 || bytes[23] > 5 ||
        (bytes[21] & 0xc0) != 0)
        return Answer::no;
    const std::uint16_t service = be16(bytes, 26);
    const bool known = service == 1 || service == 4 || service == 52 || service == 73 ||
                       (service >= 731 && service <= 733) || service == 2001 || service == 7 ||
                       service == 6 || service == 3;
    return yes_if(known && be32(bytes, 0) != 0 && be32(bytes, 4) != 0 && be32(bytes, 12) < 65536 &&
                  be32(bytes, 16) < 1u << 24 && bytes[22] <= 4 && be32(bytes, 8) < 1u << 24);
}

}  // namespace sluice::detect

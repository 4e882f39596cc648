// words: postgresql mysql mssql oracle mongodb redis cassandra memcached
// looks at: the startup, prelogin, connect or first command of the client, or MySQL's greeting
// limits: MySQL without its greeting is not told; memcached's binary form is not told
// source: PostgreSQL 55.7; MySQL protocol, HandshakeV10; MS-TDS 2.2.6.5, 2.2.6.4; Oracle TNS:
//   observed; MongoDB wire protocol; RESP; CQL native protocol 2; memcached protocol.txt
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer postgresql_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kStartup = 0x00030000, kSpecial = 80877102;  // cancel, TLS, GSSAPI
    std::uint32_t size = 0, code = 0;
    Probe probe(view.bytes);
    probe.u32(size).fail_unless(size >= 8 && size <= 10'000).u32(code);
    if (!probe.ok()) return probe.answer();
    if (code >= kSpecial && code <= kSpecial + 2) return yes_if(size == 8 || size == 16);
    if (code >> 16 != 3) return yes_if(code == 0x00020000 && size == 296);
    if (code > kStartup + 2) return Answer::no;
    return probe.between('a', 'z').between('_', 'z').answer();  // a parameter's name
}

Answer mysql_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kVersionMax = 64;
    std::uint8_t size = 0;
    Probe probe(view.bytes);  // length 3, sequence 0, protocol 10, version, 0
    probe.u8(size).fail_unless(size >= 20).zeros(3).between(9, 10).between('1', '9');
    if (!probe.ok()) return probe.answer();
    for (std::size_t n = 0; n < kVersionMax && probe.ok(); ++n) {
        std::uint8_t c = 0;
        if (!probe.u8(c).ok()) break;
        if (c == 0) return yes_if(n >= 2);
        probe.fail_unless(c >= ' ' && c <= '~');
    }
    return probe.ok() ? Answer::no : probe.answer();
}

Answer mssql_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kPrelogin = 0x12, kLogin = 0x10, kOldLogin = 0x02, kBatch = 0x01;
    std::uint8_t type = 0;
    std::uint16_t size = 0;
    Probe probe(view.bytes);  // type, status, length, process, packet, window 0
    probe.u8(type).fail_unless(type == kPrelogin || type == kLogin || type == kOldLogin ||
                               type == kBatch || type == 0x04);
    probe.between(0, 1).u16(size).fail_unless(size >= 12 && size <= 32767).skip(3).zeros(1);
    if (!probe.ok()) return probe.answer();
    if (type == kPrelogin) return probe.zeros(2).between(6, 64).zeros(1).between(4, 6).answer();
    if (type == kLogin)  // length again, TDS version 7.x, little endian
        return probe.u32_le_in(64, 32767).skip(3).between(0x70, 0x74).answer();
    if (type == 0x04) return probe.zeros(2).between(0x1a, 0x40).answer();  // answer to prelogin
    return Answer::no;
}

Answer oracle_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kConnect = 1, kAccept = 2, kRefuse = 4, kRedirect = 5, kResend = 11;
    std::uint16_t size = 0;
    std::uint8_t type = 0;
    Probe probe(view.bytes);  // length, checksum 0, type, flags, header checksum 0
    probe.u16(size).fail_unless(size >= 8 && size <= 4096).zeros(2).u8(type);
    probe.fail_unless(type == kConnect || type == kAccept || type == kRefuse || type == kRedirect ||
                      type == kResend);
    probe.skip(1).zeros(2);
    if (type == kConnect)
        probe.fail_unless(size >= 34).u16_in(300, 330).u16_in(300, 330);
    else if (type == kAccept)
        probe.u16_in(300, 330);
    else if (type == kResend)
        probe.fail_unless(size == 8);
    else
        probe.fail_unless(false);
    return probe.answer();
}

Answer mongodb_over_tcp(const FirstBytesView& view) noexcept {
    std::uint32_t size = 0, code = 0;
    Probe probe(view.bytes);  // length, number, answer to 0, code
    probe.u32_le(size).fail_unless(size >= 21 && size <= 0xffff).skip(4).u32_le_in(0, 0);
    probe.u32_le(code);
    return probe.fail_unless((code >= 2001 && code <= 2013) || code == 1000).answer();
}

Answer redis_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);  // an array of bulk strings
    probe.is("*").between('1', '9');
    if (!probe.ok()) return probe.answer();
    for (unsigned part = 0; part < 2; ++part) {
        std::uint8_t c = '0';
        for (unsigned digit = 0; digit < 4 && probe.ok() && c >= '0' && c <= '9'; ++digit)
            probe.u8(c);
        probe.fail_unless(c == '\r').is("\n");
        if (part == 0) probe.is("$").between('1', '9');
    }
    return probe.between('A', 'z').answer();
}

Answer cassandra_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kStartup = 1, kOptions = 5;
    std::uint8_t version = 0, opcode = 0;
    Probe probe(view.bytes);
    probe.u8(version).fail_unless(version >= 1 && version <= 5).between(0, 0x10);
    probe.skip(version >= 3 ? 2 : 1).u8(opcode);
    if (!probe.ok()) return probe.answer();
    if (opcode == kOptions) return probe.zeros(4).answer();
    probe.fail_unless(opcode == kStartup).zeros(2).skip(2).u16_in(1, 8).u16_in(3, 32);
    return probe.between('A', 'Z').between('A', 'Z').between('A', 'Z').answer();
}

Answer memcached_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLineMax = 300;  // a key is at most 250 bytes
    Answer start = Answer::no;
    for (const std::string_view word :
         {"get ", "gets ", "set ", "add ", "stats\r", "version\r", "delete ", "incr "}) {
        const Answer answer = starts_with(view.bytes, word);
        if (answer == Answer::yes) start = answer;
        if (answer == Answer::maybe && start == Answer::no) start = answer;
    }
    if (start != Answer::yes) return start;
    const FirstLine line = first_line(view.bytes, kLineMax);
    if (line.answer != Answer::yes) return line.answer;
    const auto spaces = std::count(line.text.begin(), line.text.end(), ' ');
    const bool stores = line.text[0] == 's' && line.text[1] == 'e';
    const bool ends = view.bytes[line.text.size()] == '\r';
    const bool digits = spaces >= 4 && line.text.back() >= '0' && line.text.back() <= '9';
    return yes_if(ends && (line.text[0] == 'a' || stores ? digits : true));
}

}  // namespace sluice::detect

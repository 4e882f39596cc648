// DNS messages: header, names with compression, and the chain from the question to addresses.
#include "dataplane/wire/dns.h"

#include <algorithm>
#include <optional>

#include "dataplane/wire/https_record.h"
#include "rules/base/plain_text.h"

namespace sluice::wire {
namespace {

constexpr std::size_t kNameSizeMax = 255;  // RFC 1035 3.1, as on the wire
constexpr std::uint16_t kTypeA = 1, kTypeCname = 5, kTypeAaaa = 28, kTypeHttps = 65;
constexpr std::uint16_t kClassIn = 1, kClassMask = 0x7fff;  // RFC 6762: the top bit is "flush"

// A name without compression, letters lowered, labels still behind their lengths: names are equal
// when these bytes are, whatever odd bytes they hold.
struct WireName {
    std::array<std::uint8_t, kNameSizeMax> bytes;
    std::size_t size = 0;  // with the root's zero; 0 = never read
    friend bool operator==(const WireName& a, const WireName& b) {
        return std::equal(a.bytes.begin(), a.bytes.begin() + a.size, b.bytes.begin(),
                          b.bytes.begin() + b.size);
    }
};

std::uint8_t lowered(std::uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte + 32) : byte;
}

// Where the name at `at` ends (its first pointer included), or nothing when it is cut.
std::optional<std::size_t> skip_name(Bytes message, std::size_t at) {
    while (at < message.size()) {
        const std::uint8_t length = message[at];
        if (length == 0) return at + 1;
        if (length >= 0xc0) return at + 2 <= message.size() ? std::optional{at + 2} : std::nullopt;
        if (length > 63) return std::nullopt;  // label types that were never used (RFC 6891 5)
        at += 1u + length;
    }
    return std::nullopt;
}

// Reads the name at `at` into `out`. Each pointer must lead to before the run of labels it ends, so
// the walk goes strictly backwards and cannot loop.
bool read_name(Bytes message, std::size_t at, WireName& out) {
    std::size_t run_start = at;
    out.size = 0;
    while (at < message.size()) {
        const std::uint8_t length = message[at];
        if (length >= 0xc0) {
            if (at + 2 > message.size()) return false;
            const std::size_t target = be16(message, at) & 0x3fffu;
            if (target >= run_start || target < kDnsHeaderSize) return false;
            run_start = at = target;
            continue;
        }
        const std::size_t label_size = 1u + length;
        if (length > 63 || at + label_size > message.size()) return false;
        if (out.size + label_size > kNameSizeMax) return false;
        for (std::size_t i = 0; i < label_size; ++i)
            out.bytes[out.size + i] = i == 0 ? length : lowered(message[at + i]);
        out.size += label_size;
        if (length == 0) return true;
        at += label_size;
    }
    return false;
}

// Can this label be shown to people as it is? Letters of other alphabets come as UTF-8.
bool is_text(std::string_view label) {
    return is_printable(label) && label.find_first_of(" .") == std::string_view::npos;
}

// The question's name as text, or no text at all when a byte has none.
void write_text(const WireName& name, DnsMessage& out) {
    std::size_t size = 0;
    for (std::size_t at = 0; name.bytes[at] != 0; at += 1u + name.bytes[at]) {
        const std::string_view label = as_text(Bytes(name.bytes).subspan(at + 1, name.bytes[at]));
        if (!is_text(label)) return;
        if (size != 0) out.name_bytes[size++] = '.';
        size += label.copy(out.name_bytes + size, label.size());
    }
    out.name_size = static_cast<std::uint8_t>(size);
}

// A CNAME, address or HTTPS record of the answer section.
struct Record {
    std::uint16_t owner_at = 0, data_at = 0;
    std::uint16_t type = 0;
    std::uint32_t ttl_s = 0;
    std::uint32_t owner_hash = 0;  // so that a step of the chain reads only names that may match
};
struct RecordList {
    std::array<Record, kDnsRecordsMax> records;
    std::size_t size = 0;
};

// FNV-1a: good enough to tell honest names apart, and equal hashes are compared in full.
std::uint32_t hash_of(const WireName& name) {
    std::uint32_t hash = 2166136261u;
    for (std::size_t i = 0; i < name.size; ++i)
        hash = (hash ^ name.bytes[i]) * 16777619u;
    return hash;
}

enum class Read : std::uint8_t { fine, cut, broken };

bool keep(Bytes message, Record record, RecordList& list) {
    WireName owner;
    if (!read_name(message, record.owner_at, owner)) return false;
    record.owner_hash = hash_of(owner);
    list.records[list.size++] = record;
    return true;
}

// Reads the record at `at` and moves `at` behind it; keeps it in `list` when it may be of the
// chain.
Read read_record(Bytes message, std::size_t& at, RecordList* list) {
    const auto name_end = skip_name(message, at);
    if (!name_end) return Read::cut;
    ByteReader reader(message.subspan(*name_end));
    std::uint16_t type = 0, klass = 0, data_size = 0;
    std::uint32_t ttl_s = 0;
    if (!reader.u16(type) || !reader.u16(klass) || !reader.u32(ttl_s) || !reader.u16(data_size) ||
        reader.left() < data_size)
        return Read::cut;
    const std::size_t data_at = message.size() - reader.left();
    const bool of_chain =
        type == kTypeA || type == kTypeAaaa || type == kTypeCname || type == kTypeHttps;
    if (list != nullptr && of_chain && (klass & kClassMask) == kClassIn) {
        if ((type == kTypeA && data_size != 4) || (type == kTypeAaaa && data_size != 16))
            return Read::broken;
        if (ttl_s >> 31 != 0) ttl_s = 0;  // RFC 2181 8
        const Record record{static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(data_at),
                            type, ttl_s, 0};
        if (!keep(message, record, *list)) return Read::broken;
    }
    at = data_at + data_size;
    return Read::fine;
}

IpAddress address_of(Bytes message, const Record& record) {
    if (record.type == kTypeA) return IpAddress::v4(be32(message, record.data_at));
    IpAddress address;
    std::copy_n(message.begin() + record.data_at, address.bytes.size(), address.bytes.begin());
    return address;
}

void take_https(Bytes message, const Record& record, std::uint32_t ttl_s, DnsMessage& out) {
    if (!out.ech_public_name.empty()) return;
    const std::size_t size = be16(message, record.data_at - 2u);
    out.ech_public_name = ech_public_name(message.subspan(record.data_at, size));
    out.ech_ttl_s = std::min(ttl_s, record.ttl_s);
}

// One step of the chain: takes the addresses `owner` has, and turns `owner` into its CNAME.
//   returns  Read::cut at the end of the chain, Read::broken for a name that cannot be read.
Read follow(Bytes message, const RecordList& list, WireName& owner, std::uint32_t& ttl_s,
            DnsMessage& out) {
    WireName name;
    const std::uint32_t hash = hash_of(owner);
    const Record* next = nullptr;
    for (std::size_t i = 0; i < list.size; ++i) {
        const Record& record = list.records[i];
        if (record.owner_hash != hash || !read_name(message, record.owner_at, name) ||
            !(name == owner))
            continue;
        if (record.type == kTypeCname)
            next = &record;
        else if (record.type == kTypeHttps)
            take_https(message, record, ttl_s, out);
        else if (out.address_count < kDnsAddressesMax)
            out.answers[out.address_count++] = {address_of(message, record),
                                                std::min(ttl_s, record.ttl_s)};
    }
    if (next == nullptr) return Read::cut;
    ttl_s = std::min(ttl_s, next->ttl_s);
    return read_name(message, next->data_at, owner) ? Read::fine : Read::broken;
}

// More links than any resolver follows (BIND and Unbound stop at 16 and 11).
constexpr unsigned kChainMax = 16;

bool follow_chain(Bytes message, const RecordList& list, const WireName& question,
                  DnsMessage& out) {
    WireName owner = question;
    std::uint32_t ttl_s = ~0u;
    for (unsigned link = 0; link <= kChainMax; ++link) {
        const Read step = follow(message, list, owner, ttl_s, out);
        if (step == Read::broken) return false;
        if (step == Read::cut || owner == question) break;
    }
    return true;
}

struct Header {
    std::uint16_t id = 0, flags = 0;
    std::uint16_t questions = 0, answers = 0, others = 0;
    bool response() const { return flags >> 15 != 0; }
    bool truncated() const { return (flags & 0x0200) != 0; }
};

Header read_header(Bytes bytes) {
    const std::uint32_t others = std::uint32_t{be16(bytes, 8)} + be16(bytes, 10);
    return {be16(bytes, 0), be16(bytes, 2), be16(bytes, 4), be16(bytes, 6),
            static_cast<std::uint16_t>(std::min<std::uint32_t>(others, 0xffff))};
}

// Reads the questions; the first one goes into `out` and `name`.
bool read_questions(Bytes message, std::size_t count, std::size_t& at, WireName& name,
                    DnsMessage& out) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto end = skip_name(message, at);
        if (!end || *end + 4 > message.size()) return false;
        if (i == 0) {
            if (!read_name(message, at, name)) return false;
            out.question_type = be16(message, *end);
            write_text(name, out);
        }
        at = *end + 4;
    }
    return true;
}

// Header and first question into `out` and `question`; `at` is then behind the questions.
Result<Header, Stop> read_start(Bytes message, std::size_t& at, WireName& question,
                                DnsMessage& out) {
    // Positions are kept in 16 bits; no transport of DNS carries more.
    if (!plausible_dns_header(message, message.size()) || message.size() > 0xffff)
        return Err{Stop::other};
    const Header header = read_header(message);
    out.id = header.id;
    out.response = header.response();
    out.rcode = header.flags & 15;
    at = kDnsHeaderSize;
    const std::size_t questions = std::min<std::size_t>(header.questions, kDnsRecordsMax);
    if (!read_questions(message, questions, at, question, out)) return Err{Stop::malformed};
    return header;
}

}  // namespace

bool plausible_dns_header(Bytes header, std::size_t message_size) noexcept {
    constexpr std::size_t kQuestionSizeMin = 5, kRecordSizeMin = 11;
    constexpr unsigned kOpcodes = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 4 | 1u << 5;  // IANA
    if (header.size() < kDnsHeaderSize || message_size < kDnsHeaderSize) return false;
    const unsigned opcode = header[2] >> 3 & 15u;
    if ((kOpcodes >> opcode & 1) == 0) return false;
    const Header h = read_header(header);
    const std::size_t least =
        h.questions * kQuestionSizeMin + (std::size_t{h.answers} + h.others) * kRecordSizeMin;
    if (least == 0) return h.response();
    return h.truncated() || least <= message_size - kDnsHeaderSize;
}

Result<DnsMessage, Stop> parse_dns(Bytes message) noexcept {
    DnsMessage out;
    WireName question;
    std::size_t at = 0;
    SLUICE_TRY(header, read_start(message, at, question, out));

    RecordList list;
    const std::size_t questions = std::min<std::size_t>(header.questions, kDnsRecordsMax);
    const std::size_t answers = std::min<std::size_t>(header.answers, kDnsRecordsMax - questions);
    const std::size_t records = std::min<std::size_t>(std::size_t{header.answers} + header.others,
                                                      kDnsRecordsMax - questions);
    const bool wanted = out.response && questions != 0;
    for (std::size_t i = 0; i < records; ++i) {
        // More questions than we look at: what follows are questions, not records.
        if (questions < header.questions) break;
        const Read read = read_record(message, at, wanted && i < answers ? &list : nullptr);
        if (read == Read::broken || (read == Read::cut && !header.truncated()))
            return Err{Stop::malformed};
        if (read == Read::cut) break;
    }
    if (wanted && !follow_chain(message, list, question, out)) return Err{Stop::malformed};
    return out;
}

Result<DnsMessage, Stop> parse_dns_question(Bytes message) noexcept {
    DnsMessage out;
    WireName question;
    std::size_t at = 0;
    SLUICE_TRY(header, read_start(message, at, question, out));
    static_cast<void>(header);
    return out;
}

}  // namespace sluice::wire

#include "tests/support/mmdb_writer.h"

#include <map>

namespace sluice::test {
namespace {

enum Type : unsigned { kText = 2, kU16 = 5, kU32 = 6, kMap = 7, kU64 = 9, kArray = 11 };

std::string control(unsigned type, std::size_t size) {
    std::string out;
    const unsigned first = type < 8 ? type << 5 : 0;
    const bool more = size >= 29;
    out.push_back(static_cast<char>(first | (more ? 29 : size)));
    if (type >= 8) out.push_back(static_cast<char>(type - 7));
    if (more) out.push_back(static_cast<char>(size - 29));
    return out;
}
std::string text(const std::string& value) { return control(kText, value.size()) + value; }
std::string number(unsigned type, std::uint64_t value) {
    std::string bytes;
    for (; value != 0; value >>= 8)
        bytes.insert(bytes.begin(), static_cast<char>(value & 0xff));
    return control(type, bytes.size()) + bytes;
}

std::string data_of(const MmdbEntry& entry) {
    const bool country = !entry.country.empty(), asn = entry.asn != 0;
    std::string out = control(kMap, (country ? 1u : 0u) + (asn ? 2u : 0u));
    if (country) out += text("country") + control(kMap, 1) + text("iso_code") + text(entry.country);
    if (asn)
        out += text("autonomous_system_number") + number(kU32, entry.asn) +
               text("autonomous_system_organization") + text(entry.asn_name);
    return out;
}

struct Record {
    enum { nothing, node, data } kind = nothing;
    std::uint32_t value = 0;
};
struct Node {
    Record side[2];
};

void put(std::vector<Node>& nodes, const Prefix& prefix, std::uint32_t data) {
    // IPv4 hangs at ::/96, not at ::ffff:0:0/96.
    IpAddress network = prefix.network;
    if (prefix.is_v4()) network.bytes[10] = network.bytes[11] = 0;
    std::uint32_t at = 0;
    for (unsigned bit = 0; bit < prefix.length; ++bit) {
        const unsigned side = network.bytes[bit / 8] >> (7 - bit % 8) & 1;
        if (bit + 1 == prefix.length) {
            nodes[at].side[side] = {Record::data, data};
            return;
        }
        const Record there = nodes[at].side[side];
        if (there.kind != Record::node) {
            nodes.push_back({{there, there}});
            nodes[at].side[side] = {Record::node, static_cast<std::uint32_t>(nodes.size() - 1)};
        }
        at = nodes[at].side[side].value;
    }
}

std::string records(std::uint32_t left, std::uint32_t right, unsigned bits) {
    std::string out;
    const auto bytes = [&](std::uint32_t value, unsigned count) {
        for (unsigned i = count; i-- > 0;)
            out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    };
    if (bits == 32) {
        bytes(left, 4);
        bytes(right, 4);
    } else {
        bytes(left, 3);
        if (bits == 28) out.push_back(static_cast<char>(left >> 24 << 4 | right >> 24));
        bytes(right, 3);
    }
    return out;
}

}  // namespace

std::string mmdb(const std::vector<MmdbEntry>& entries, unsigned record_bits) {
    std::vector<Node> nodes(1);
    std::string data;
    for (const MmdbEntry& entry : entries) {
        put(nodes, entry.prefix, static_cast<std::uint32_t>(data.size()));
        data += data_of(entry);
    }
    const auto count = static_cast<std::uint32_t>(nodes.size());
    const auto value = [&](const Record& r) {
        return r.kind == Record::nothing ? count
               : r.kind == Record::node  ? r.value
                                         : count + 16 + r.value;
    };
    std::string out;
    for (const Node& node : nodes)
        out += records(value(node.side[0]), value(node.side[1]), record_bits);
    out += std::string(16, '\0') + data + "\xab\xcd\xefMaxMind.com" + control(kMap, 9);
    out += text("node_count") + number(kU32, count);
    out += text("record_size") + number(kU16, record_bits);
    out += text("ip_version") + number(kU16, 6);
    out += text("database_type") + text("Test");
    out += text("languages") + control(kArray, 1) + text("en");
    out += text("binary_format_major_version") + number(kU16, 2);
    out += text("binary_format_minor_version") + number(kU16, 0);
    out += text("build_epoch") + number(kU64, 1'767'225'600);
    out += text("description") + control(kMap, 1) + text("en") + text("test");
    return out;
}

}  // namespace sluice::test

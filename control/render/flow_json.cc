#include "control/render/flow_json.h"

#include <charconv>
#include <cstdio>
#include <utility>

namespace sluice::render {
namespace {

constexpr std::pair<std::uint8_t, std::string_view> kProtoNames[] = {
    {1, "icmp"},  {2, "igmp"},   {4, "ipip"},   {6, "tcp"},      {17, "udp"},   {33, "dccp"},
    {41, "6in4"}, {47, "gre"},   {50, "esp"},   {51, "ah"},      {58, "icmp6"}, {89, "ospf"},
    {103, "pim"}, {112, "vrrp"}, {132, "sctp"}, {136, "udplite"}};

Json categories_json(const model::CategorySet& set, const Words& words) {
    Json ids = Json::array();
    for (unsigned c = 0; c < model::kCategoriesMax; ++c)
        if (set.has(static_cast<model::CategoryIndex>(c)))
            ids.push_back(words.category(static_cast<model::CategoryIndex>(c)));
    return ids;
}

}  // namespace

std::string proto_name(std::uint8_t ip_protocol) {
    for (const auto& [number, word] : kProtoNames)
        if (number == ip_protocol) return std::string(word);
    return "ip-" + std::to_string(ip_protocol);
}

unsigned proto_number(std::string_view word) {
    for (const auto& [number, name] : kProtoNames)
        if (name == word) return number;
    unsigned number = 256;
    if (word.starts_with("ip-")) {
        const char* end = word.data() + word.size();
        const auto parsed = std::from_chars(word.data() + 3, end, number);
        if (parsed.ec != std::errc{} || parsed.ptr != end || number > 255) number = 256;
    }
    return number;
}

namespace {

// What its hellos said; null where none was read.
void put_tls(const model::TlsFacts& tls, Json& j) {
    const auto hex = [](std::uint16_t value) {
        char text[8];
        std::snprintf(text, sizeof text, "0x%04x", value);
        return std::string(text);
    };
    const bool read = !tls.empty();
    j["tls_version"] = read ? Json(hex(tls.version)) : Json(nullptr);
    j["tls_cipher"] = tls.cipher != 0 ? Json(hex(tls.cipher)) : Json(nullptr);
    j["alpn"] = tls.alpn_size != 0 ? Json(std::string(tls.alpn_text())) : Json(nullptr);
    j["ja4"] = tls.ja4_text().empty() ? Json(nullptr) : Json(std::string(tls.ja4_text()));
    j["ech"] = (tls.flags & (model::TlsFacts::kEch | model::TlsFacts::kEsni)) != 0;
}

}  // namespace

Json replay_record(const ipc::FlowRecord& r, const Words& words) {
    const ipc::FlowTuple& t = r.tuple;
    const bool inbound = r.from_internet;
    Json j;
    j["proto"] = proto_name(t.ip_protocol);
    j["src"] = to_text(inbound ? t.remote : t.user);
    j["sport"] = inbound ? t.remote_port : t.user_port;
    j["dst"] = to_text(inbound ? t.user : t.remote);
    j["dport"] = inbound ? t.user_port : t.remote_port;
    j["packets"] = r.packets;
    j["bytes"] = r.bytes;
    j["organisation"] = r.org == kNoOrg ? Json(nullptr) : Json(words.organisation(r.org));
    j["name"] = r.name_size == 0 ? Json(nullptr) : Json(std::string(r.name()));
    j["name_source"] = r.name_source == model::NameSource::none
                           ? Json(nullptr)
                           : Json(model::name_of(r.name_source));
    j["protocol"] = model::name_of(r.protocol);
    j["confidence"] = model::name_of(r.confidence);
    j["categories"] = categories_json(r.categories, words);
    j["verdict"] = model::name_of(r.verdict);
    j["reason"] = model::name_of(r.reason);
    j["reason_code"] = model::number_of(r.reason);
    put_tls(r.tls, j);
    return j;
}

Json flow_json(const ipc::FlowRecord& r, const Words& words) {
    Json j = replay_record(r, words);
    j["id"] = std::to_string(r.id >> 32) + "-" + std::to_string(r.id & 0xffffffffu);
    j["operator"] = words.operator_id(r.tuple.operator_id);
    j["idle_ms"] = r.idle_ms;
    j["generation"] = r.generation;
    j["evidence"] = r.evidence == model::NameEvidence::none ? Json(nullptr)
                                                            : Json(model::name_of(r.evidence));
    return j;
}

}  // namespace sluice::render

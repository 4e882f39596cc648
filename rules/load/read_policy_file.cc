// policy.yaml: what holds for the gateway as a whole, the fail-open/closed table among it.
#include <algorithm>
#include <optional>

#include "rules/load/building.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

constexpr std::uint32_t kDeadlineWorkingDaysMax = 365;
constexpr std::int32_t kOffsetLeast = -12 * 60, kOffsetMost = 14 * 60;  // of any place on Earth

// "+05:00" -> 300.
std::optional<std::int32_t> parse_offset(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !digit(1) ||
        !digit(2) || !digit(4) || !digit(5) || text[4] > '5')
        return std::nullopt;
    const std::int32_t minutes =
        ((text[1] - '0') * 10 + text[2] - '0') * 60 + (text[4] - '0') * 10 + text[5] - '0';
    const std::int32_t offset = text[0] == '-' ? -minutes : minutes;
    if (offset < kOffsetLeast || offset > kOffsetMost) return std::nullopt;
    return offset;
}

void read_time_zone(Reader& reader, const YamlNode& node, std::int32_t& out) {
    const auto offset =
        node.kind == YamlNode::Kind::scalar ? parse_offset(node.text) : std::nullopt;
    if (offset)
        out = *offset;
    else
        reader.error(node, "bad_time_zone", in_quotes(node.text) + " is not an offset from UTC",
                     "write +05:00; from -12:00 to +14:00");
}

void read_fail_table(Reader& reader, const YamlNode& node, model::FailTable& table) {
    std::vector<std::string_view> words;
    for (const model::FailCaseInfo& info : model::kFailCases)
        words.push_back(info.word);
    Fields fields(reader, node, "when_we_cannot_know", words);
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::size_t mode = 0;
        if (const YamlNode* value = fields.find(words[i]);
            value != nullptr && reader.word(value, {"open", "closed"}, mode))
            table.set(static_cast<model::FailCase>(i),
                      mode == 0 ? model::FailMode::open : model::FailMode::closed);
    }
}

void read_overdue(Building& b, Reader& reader, const YamlNode& node, IdIndex& seen) {
    Fields fields(reader, node, "an overdue address", {"operator", "prefix"});
    model::UnknownSourcePolicy::Overdue overdue;
    const YamlNode* prefix = fields.need("prefix");
    const bool operator_ok = b.operator_ref(reader, fields.need("operator"), overdue.operator_id);
    if (!reader.prefix(prefix, overdue.prefix) || !operator_ok) return;
    overdue.at = reader.at(*prefix);
    model::Position first;
    if (!seen.add(overdue.operator_id + " " + to_text(overdue.prefix), 0, overdue.at, first))
        reader.error(*prefix, "duplicate_entry", to_text(overdue.prefix) + " is listed twice",
                     "the other is at " + b.report.place(first));
    b.policy.unknown_source.overdue.push_back(std::move(overdue));
}

void read_unknown_source(Building& b, Reader& reader, const YamlNode& node) {
    Fields fields(reader, node, "unknown_source", {"deadline_working_days", "overdue"});
    if (const YamlNode* days = fields.find("deadline_working_days"))
        reader.number(days, 0, kDeadlineWorkingDaysMax,
                      b.policy.unknown_source.deadline_working_days);
    IdIndex seen;
    for (const YamlNode& item : reader.list(fields.find("overdue")))
        read_overdue(b, reader, item, seen);
}

void read_addresses(Building& b, Reader& reader, Fields& fields) {
    for (const YamlNode& item : reader.list(fields.find("resolvers"))) {
        IpAddress address;
        if (!reader.address(&item, address)) continue;
        auto& all = b.policy.resolvers;
        if (std::find(all.begin(), all.end(), address) != all.end())
            reader.error(item, "duplicate_entry", to_text(address) + " is listed twice");
        else
            all.push_back(address);
    }
    for (const YamlNode& item : reader.list(fields.find("hairpin"))) {
        Prefix prefix;
        if (!reader.prefix(&item, prefix)) continue;
        auto& all = b.policy.hairpin;
        if (std::find(all.begin(), all.end(), prefix) != all.end())
            reader.error(item, "duplicate_entry", to_text(prefix) + " is listed twice");
        else
            all.push_back(prefix);
    }
}

void read_fields(Building& b, Reader& reader, const YamlNode& root) {
    Fields fields(reader, root, "policy.yaml",
                  {"title", "time_zone", "inbound_default", "blocked_udp", "when_we_cannot_know",
                   "unknown_source", "resolvers", "hairpin"});
    model::Policy& policy = b.policy;
    reader.text(fields.need("title"), policy.title);
    if (const YamlNode* zone = fields.find("time_zone"))
        read_time_zone(reader, *zone, policy.utc_offset_minutes);
    std::size_t word = 0;
    if (const YamlNode* inbound = fields.find("inbound_default");
        inbound != nullptr && reader.word(inbound, {"forward", "block"}, word))
        policy.inbound_default = static_cast<model::InboundDefault>(word);
    if (const YamlNode* udp = fields.find("blocked_udp");
        udp != nullptr && reader.word(udp, {"drop", "icmp"}, word))
        policy.blocked_udp = static_cast<model::BlockedUdp>(word);
    if (const YamlNode* table = fields.find("when_we_cannot_know"))
        read_fail_table(reader, *table, policy.fail);
    if (const YamlNode* unknown = fields.find("unknown_source"))
        read_unknown_source(b, reader, *unknown);
    read_addresses(b, reader, fields);
}

}  // namespace

void read_policy_file(Building& b) {
    const auto found = b.files.find("policy.yaml");
    if (found == b.files.end()) {
        const std::uint32_t file = b.report.add_file("policy.yaml");
        b.report.error({file, 0, 0}, "missing_file", "there is no policy.yaml",
                       "every policy directory has one; it begins with 'title: ...'");
        return;
    }
    b.used_files.insert(found->first);
    const std::uint32_t file = b.report.add_file(found->first);
    YamlNode root;
    if (!parse_yaml(found->second, file, b.report, root)) return;
    Reader reader(b.report, file);
    read_fields(b, reader, root);
}

}  // namespace sluice::load

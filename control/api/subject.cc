#include "control/api/subject.h"

#include <charconv>

#include "control/api/reference_text.h"
#include "control/render/flow_json.h"
#include "rules/load/host_name.h"

namespace sluice::control {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
    Number n{};
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), n);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
        return std::nullopt;
    return n;
}

struct End {
    IpAddress address;
    std::uint16_t port = 0;
};

// "192.0.2.1:443", "[2001:db8::1]:443", or an address alone.
std::optional<End> parse_end(std::string_view text) {
    text = trimmed(text);
    if (const auto alone = parse_ip(text)) return End{*alone, 0};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    const auto address = parse_ip(host);
    const auto port = whole_number<std::uint16_t>(text.substr(colon + 1));
    if (!address || !port) return std::nullopt;
    return End{*address, *port};
}

std::optional<Ends> parse_ends(std::string_view text) {
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const unsigned proto = render::proto_number(text.substr(0, space));
    std::string_view rest = text.substr(space + 1);
    std::size_t arrow = rest.find("->");
    std::size_t arrow_size = 2;
    if (arrow == std::string_view::npos) {
        arrow = rest.find('>');
        arrow_size = 1;
    }
    if (proto > 255 || arrow == std::string_view::npos) return std::nullopt;
    const auto from = parse_end(rest.substr(0, arrow));
    const auto to = parse_end(rest.substr(arrow + arrow_size));
    if (!from || !to) return std::nullopt;
    return Ends{from->address, to->address, from->port, to->port, static_cast<std::uint8_t>(proto)};
}

std::optional<FlowNumber> parse_flow_number(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto worker = whole_number<std::uint32_t>(text.substr(0, dash));
    const auto slot = whole_number<std::uint32_t>(text.substr(dash + 1));
    if (!worker || !slot) return std::nullopt;
    return FlowNumber{std::uint64_t{*worker} << 32 | *slot};
}

}  // namespace

Subject parse_subject(std::string_view text) {
    text = trimmed(text);
    if (const auto number = parse_flow_number(text)) return *number;
    if (const auto ends = parse_ends(text)) return *ends;
    if (const auto address = parse_ip(text)) return *address;
    if (const auto reference = ipc::parse_reference(text))
        return ReferenceText{reference_as_text(*reference)};
    if (std::string name; load::host_name(text, name)) return NameText{std::move(name)};
    return {};
}

Oriented orient(const Ends& e, const Rulebook& rules, std::optional<OperatorId> only) {
    Oriented out;
    out.tuple = {e.from, e.to, e.from_port, e.to_port, e.ip_protocol, only.value_or(OperatorId{})};
    const auto all = only ? std::vector<OperatorId>{*only} : rules.operators();
    for (const OperatorId op : all) {
        const bool from_known = rules.find_user(op, e.from) != kNoOrg;
        const bool to_known = rules.find_user(op, e.to) != kNoOrg;
        if (!from_known && !to_known) continue;
        out.tuple.operator_id = op;
        if (!from_known) {
            out.from_internet = true;
            out.tuple = {e.to, e.from, e.to_port, e.from_port, e.ip_protocol, op};
        }
        return out;
    }
    return out;
}

}  // namespace sluice::control

// protocol_classes.yaml, closures.yaml and grants.yaml: what needs a signed request, what is
// closed, and what is opened to whom on which request (G15-2).
#include <algorithm>

#include "rules/load/building.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

using model::Protocol;
using model::ProtocolClass;

// What a grant or a closure is for: a protocol, or all of a class.
struct Subject {
    Protocol protocol = Protocol::unknown;
    ProtocolClass klass = ProtocolClass::unknown;

    std::string_view word() const {
        return klass == ProtocolClass::unknown ? name_of(protocol) : name_of(klass);
    }
    ProtocolClass of() const {
        return klass == ProtocolClass::unknown ? model::info(protocol).klass : klass;
    }
};

const std::string* scalar(Reader& reader, const YamlNode& node, std::string_view what) {
    if (node.kind == YamlNode::Kind::scalar) return &node.text;
    reader.error(node, "wrong_type",
                 std::string("the word of a ").append(what) + " is wanted here");
    return nullptr;
}

bool read_class(Reader& reader, const YamlNode* node, ProtocolClass& out) {
    const std::string* text = node == nullptr ? nullptr : scalar(reader, *node, "class");
    if (text == nullptr) return false;
    const auto klass = model::protocol_class_named(*text);
    if (klass && *klass != ProtocolClass::unknown) return out = *klass, true;
    std::vector<std::string_view> words;
    for (const model::ProtocolClassInfo& info : model::kProtocolClasses)
        words.push_back(info.word);
    reader.error(*node, "unknown_protocol_class", "there is no class " + in_quotes(*text),
                 did_you_mean(*text, words, "`sluicectl protocol list` shows all of them"));
    return false;
}

bool read_protocol(Reader& reader, const YamlNode* node, Protocol& out) {
    const std::string* text = node == nullptr ? nullptr : scalar(reader, *node, "protocol");
    if (text == nullptr) return false;
    const auto protocol = model::protocol_named(*text);
    if (protocol && *protocol != Protocol::unknown) return out = *protocol, true;
    std::vector<std::string_view> words;
    for (const model::ProtocolInfo& info : model::kProtocols)
        words.push_back(info.word);
    reader.error(*node, "unknown_protocol", "there is no protocol " + in_quotes(*text),
                 did_you_mean(*text, words, "`sluicectl protocol list` shows all of them"));
    return false;
}

// Exactly one of `protocol` and `class`.
bool read_subject(Reader& reader, Fields& fields, Subject& out) {
    const YamlNode* klass = fields.find("class");
    if (klass == nullptr) return read_protocol(reader, fields.need("protocol"), out.protocol);
    if (const YamlNode* protocol = fields.find("protocol")) {
        reader.error(*protocol, "protocol_and_class", "this names a protocol and a class",
                     "keep one of them: a class stands for all of its protocols");
        return false;
    }
    return read_class(reader, klass, out.klass);
}

void read_class_rule(Building& b, Reader& reader, const YamlNode& node, IdIndex& seen) {
    Fields fields(reader, node, "a class of protocols", {"class", "needs_grant", "blocks_from"});
    const YamlNode* word = fields.need("class");
    ProtocolClass klass{};
    if (!read_class(reader, word, klass)) return;
    model::ClassRule& rule = b.policy.class_rules[static_cast<std::size_t>(klass)];
    if (const YamlNode* needs = fields.find("needs_grant")) reader.boolean(needs, rule.needs_grant);
    if (const YamlNode* from = fields.find("blocks_from")) {
        std::size_t which = 0;
        if (reader.word(from, {"likely", "certain"}, which))
            rule.blocks_from = which == 0 ? model::Confidence::likely : model::Confidence::certain;
    }
    const bool judged_otherwise =
        klass == ProtocolClass::web || klass == ProtocolClass::infrastructure;
    if (judged_otherwise && rule.needs_grant)
        reader.error(*word, "class_always_open",
                     in_quotes(name_of(klass)) + " cannot need a grant: nothing works without it",
                     "close single protocols of it with closures.yaml");
    model::Position first;
    if (!seen.add(std::string(name_of(klass)), 0, reader.at(*word), first))
        reader.error(*word, "duplicate_entry", "this class has a rule already",
                     "the other is at " + b.report.place(first));
}

void read_closure(Building& b, Reader& reader, const YamlNode& node, IdIndex& seen) {
    Fields fields(reader, node, "a closure",
                  {"organisation", "protocol", "class", "request", "from", "until"});
    model::Closure closure;
    closure.at = reader.at(node);
    Subject subject;
    const bool named = read_subject(reader, fields, subject);
    closure.protocol = subject.protocol;
    closure.klass = subject.klass;
    bool whom = true;  // without an organisation: to all of them
    if (const YamlNode* organisation = fields.find("organisation"))
        whom = b.organisation_ref(reader, organisation, closure.organisation_id);
    reader.text(fields.need("request"), closure.request);
    if (read_validity(reader, fields, closure.valid))
        b.check_not_expired(reader, fields.find("until"), closure.valid.until);
    if (!named || !whom) return;
    model::Position first;
    if (!seen.add(closure.organisation_id + " " + std::string(subject.word()), 0, reader.at(node),
                  first))
        reader.error(node, "duplicate_entry", "this is closed already",
                     "the other is at " + b.report.place(first));
    b.policy.closures.push_back(std::move(closure));
}

// Blocked by its class's rule, or closed to somebody.
bool openable(const model::Policy& policy, const Subject& subject) {
    return policy.class_rules[static_cast<std::size_t>(subject.of())].needs_grant ||
           std::any_of(
               policy.closures.begin(), policy.closures.end(), [&](const model::Closure& c) {
                   return c.klass == subject.of() ||
                          (c.protocol != Protocol::unknown && c.protocol == subject.protocol);
               });
}

void read_grant(Building& b, Reader& reader, const YamlNode& node, IdIndex& seen) {
    Fields fields(reader, node, "a grant",
                  {"organisation", "protocol", "class", "request", "from", "until"});
    model::Grant grant;
    grant.at = reader.at(node);
    Subject subject;
    const bool organisation_ok =
        b.organisation_ref(reader, fields.need("organisation"), grant.organisation_id);
    const bool named = read_subject(reader, fields, subject);
    grant.protocol = subject.protocol;
    grant.klass = subject.klass;
    const YamlNode* word =
        fields.find(subject.klass == ProtocolClass::unknown ? "protocol" : "class");
    if (named && !openable(b.policy, subject)) {
        reader.error(*word, "not_a_vpn_protocol",
                     in_quotes(subject.word()) +
                         " needs no grant: only VPNs, what threatens like them and what is closed "
                         "is blocked (G15-2)",
                     "remove the grant");
        return;
    }
    reader.text(fields.need("request"), grant.request);
    if (read_validity(reader, fields, grant.valid))
        b.check_not_expired(reader, fields.find("until"), grant.valid.until);
    if (!organisation_ok || !named) return;
    model::Position first;
    const std::string key = grant.organisation_id + " " + std::string(subject.word());
    if (!seen.add(key, 0, reader.at(node), first))
        reader.error(*word, "duplicate_entry", "this is granted already",
                     "the other is at " + b.report.place(first));
    b.policy.grants.push_back(std::move(grant));
}

}  // namespace

void read_protocols(Building& b) {
    const auto read = [&](const std::string& file, std::string_view key, auto read_one) {
        IdIndex seen;
        read_list_file(b, file, key, [&](Reader& reader, const YamlNode& node) {
            read_one(b, reader, node, seen);
        });
    };
    read("protocol_classes.yaml", "protocol_classes", read_class_rule);
    read("closures.yaml", "closures", read_closure);
    read("grants.yaml", "grants", read_grant);
}

}  // namespace sluice::load

// POST /v1/explain: each step of the decision on a flow, a reference, a tuple, an address, a name.
#include "control/api/body.h"
#include "control/api/flow_facts.h"
#include "control/api/requests.h"
#include "control/api/resolve.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

constexpr std::size_t kOrganisationsMax = 50;  // a name is explained for at most so many
constexpr std::uint16_t kHttpsPort = 443;

// One question: facts, and where they come from.
struct Question {
    lookup::Facts facts;
    std::string name_room;  // what facts.name points at
    std::string basis;      // "live flow", "reference", "tuple", "assumed flow"
    Json live = nullptr;    // the data plane's own answer, for a live flow
    Json recorded = nullptr;
};

Json facts_json(const lookup::Facts& f, const Rulebook& rules) {
    const auto port = [](std::uint16_t p) { return Json(p); };
    return {{"proto", render::proto_name(f.ip_protocol)},
            {"user", to_text(f.user)},
            {"user_port", port(f.user_port)},
            {"remote", to_text(f.remote)},
            {"remote_port", port(f.remote_port)},
            {"opened_by", f.from_internet ? "internet" : "user"},
            {"operator", rules.operator_id(f.operator_id)},
            {"organisation", f.org == kNoOrg ? Json(nullptr) : Json(rules.organisation(f.org))},
            {"protocol", name_of(f.protocol)},
            {"name", f.name.empty() ? Json(nullptr) : Json(std::string(f.name))},
            {"midstream", f.midstream}};
}

Json steps_json(const Rulebook::Explanation& e) {
    Json steps = Json::array();
    for (const auto& step : e.steps)
        steps.push_back({{"step", step.number},
                         {"title", step.title},
                         {"outcome", step.outcome},
                         {"answer", step.answer},
                         {"rules", step.rules}});
    return steps;
}

Json explained(Question& q, const Candidate& current, Services& s) {
    q.facts.name = q.name_room;
    const Rulebook::Explanation e = current.rules->explain(q.facts);
    Json categories = Json::array();
    for (unsigned c = 0; c < model::kCategoriesMax; ++c)
        if (e.categories.has(static_cast<model::CategoryIndex>(c)))
            categories.push_back(current.rules->category(static_cast<model::CategoryIndex>(c)));
    Json item = {{"basis", q.basis},
                 {"facts", facts_json(q.facts, *current.rules)},
                 {"verdict", name_of(e.verdict)},
                 {"reason", name_of(e.reason)},
                 {"reason_code", number_of(e.reason)},
                 {"reason_text", info(e.reason).text},
                 {"categories", categories},
                 {"steps", steps_json(e)},
                 {"would_change", e.would_change},
                 {"live", q.live},
                 {"recorded", q.recorded}};
    const model::Policy& policy = current.in_force ? *current.in_force : *current.policy;
    item["requests"] = q.facts.org == kNoOrg
                           ? Json::array()
                           : requests_behind(current.rules->organisation(q.facts.org), policy, s);
    if (!q.live.is_null())
        item["live"]["equal"] =
            q.live.at("verdict") == item["verdict"] && q.live.at("reason") == item["reason"];
    return item;
}

Question of_flow(const ipc::FlowRecord& flow, const Candidate& current, Services& s) {
    Question q;
    q.facts = facts_of(flow, *current.rules, s.now());
    q.name_room = std::string(flow.name());
    q.basis = "live flow";
    q.live = {{"verdict", name_of(flow.verdict)},
              {"reason", name_of(flow.reason)},
              {"reason_code", number_of(flow.reason)},
              {"generation", flow.generation}};
    return q;
}

Question of_ends(const Ends& ends, const Rulebook& rules, std::optional<OperatorId> op,
                 Services& s) {
    const Oriented o = orient(ends, rules, op);
    ipc::FlowRecord flow;
    flow.tuple = o.tuple;
    flow.from_internet = o.from_internet;
    flow.reason = model::Reason::unnamed_open;  // final: nothing more will come
    Question q;
    q.facts = facts_of(flow, rules, s.now());
    q.facts.protocol = usual_protocol(flow.tuple.ip_protocol, flow.tuple.remote_port);
    q.basis = "tuple";
    return q;
}

// An organisation's first catalogued address, of the same version of IP as `like` when it has one;
// nothing when it has none.
std::optional<IpAddress> address_of(OrgId org, const IpAddress& like, const model::Policy& policy) {
    std::optional<IpAddress> first;
    for (const model::CatalogEntry& e : policy.catalog) {
        if (e.organisation_index + 1u != org.raw()) continue;
        if (e.prefix.network.is_v4() == like.is_v4()) return e.prefix.network;
        if (!first) first = e.prefix.network;
    }
    return first;
}

// An internet address nobody has (RFC 5737) and no protected service claims: where a name is
// assumed to be that nobody gave an address for.
IpAddress somewhere(const model::Policy& policy) {
    for (const std::uint32_t documentation : {0xC6336401u, 0xCB007101u, 0xC0000201u}) {
        const IpAddress address = IpAddress::v4(documentation);
        bool taken = false;
        for (const model::ProtectedService& service : policy.services)
            for (const Prefix& prefix : service.prefixes)
                taken = taken || prefix.contains(address);
        if (!taken) return address;
    }
    return IpAddress::v4(0xC6336401u);
}

// A TLS flow of a user's address to port 443, as a browser would open it.
Question assumed(const lookup::Facts& who, const IpAddress& remote, const std::string& name,
                 Services& s) {
    Question q;
    q.name_room = name;
    q.basis = "assumed flow: TLS over TCP to port 443";
    q.facts.operator_id = who.operator_id;
    q.facts.org = who.org;
    q.facts.user = who.user;
    q.facts.remote = remote;
    q.facts.remote_port = kHttpsPort;
    q.facts.ip_protocol = 6;
    q.facts.protocol = model::Protocol::tls;
    q.facts.name_state = name.empty() ? lookup::NameState::absent : lookup::NameState::known;
    q.facts.name_source = name.empty() ? model::NameSource::none : model::NameSource::tls_sni;
    q.facts.now = s.now();
    return q;
}

// The same, of an organisation's first address.
Result<Question, ApiError> assumed_of(OrgId org, const IpAddress& remote, const std::string& name,
                                      const Candidate& current, Services& s) {
    const auto user = address_of(org, remote, *current.policy);
    if (!user)
        return fail(ErrorCode::not_found,
                    current.rules->organisation(org) + " has no address in the catalog");
    lookup::Facts who;
    who.operator_id = current.rules->operator_of(org);
    who.org = org;  // also where a longer prefix inside belongs to another
    who.user = *user;
    return assumed(who, remote, name, s);
}

// A user's address: what it may do, behind each operator that has it in its catalog.
std::vector<Question> of_user(const ExplainBody& body, const IpAddress& user,
                              const Candidate& current, Services& s) {
    std::vector<Question> all;
    for (const OperatorId op : current.rules->operators()) {
        if (!body.operator_id.empty() && current.rules->operator_id(op) != body.operator_id)
            continue;
        lookup::Facts who;
        who.operator_id = op;
        who.user = user;
        who.org = current.rules->find_user(op, user);
        const bool wanted =
            body.organisation.empty() || current.rules->organisation(who.org) == body.organisation;
        if (who.org != kNoOrg && wanted)
            all.push_back(assumed(who, somewhere(*current.policy), "", s));
    }
    return all;
}

Result<std::vector<Question>, ApiError> of_name(const ExplainBody& body, const IpAddress& remote,
                                                const std::string& name, const Candidate& current,
                                                Services& s) {
    std::vector<Question> all;
    if (!body.organisation.empty()) {
        SLUICE_TRY(org, organisation_of(*current.rules, body.organisation));
        SLUICE_TRY(one, assumed_of(org, remote, name, current, s));
        all.push_back(std::move(one));
        return all;
    }
    for (std::size_t i = 0; i < current.policy->organisations.size(); ++i) {
        if (all.size() == kOrganisationsMax) break;
        auto one = assumed_of(OrgId{static_cast<std::uint16_t>(i + 1)}, remote, name, current, s);
        if (one) all.push_back(std::move(one).value());
    }
    if (all.empty())
        return fail(ErrorCode::not_found, "no organisation has an address in the catalog");
    return all;
}

Result<Question, ApiError> of_reference(const std::string& text, const Candidate& current,
                                        Services& s) {
    const auto found = s.store.find_reference(text);
    if (!found) return fail(found.error());
    if (!*found)
        return fail(ErrorCode::not_found, "no blocked flow with reference " + text,
                    "references are kept for 30 days and for the newest 100,000 blocked flows");
    const Json kept = Json::parse((*found)->document, nullptr, false);
    const auto record = record_of(kept, *current.rules);
    if (!record)
        return fail(ErrorCode::not_found,
                    "the flow of " + text + " cannot be read with the policy in force");
    Question q;
    q.facts = facts_of(*record, *current.rules, s.now());
    q.name_room = std::string(record->name());
    q.basis = "reference";
    q.recorded = kept;
    return q;
}

Result<std::vector<Question>, ApiError> questions(const ExplainBody& body, const Candidate& current,
                                                  Services& s) {
    const Rulebook& rules = *current.rules;
    const Subject subject = parse_subject(body.subject);
    if (const auto* name = std::get_if<NameText>(&subject))
        return of_name(body, somewhere(*current.policy), name->name, current, s);
    if (const auto* address = std::get_if<IpAddress>(&subject)) {
        auto of_catalog = of_user(body, *address, current, s);
        if (!of_catalog.empty()) return of_catalog;
        return of_name(body, *address, "", current, s);
    }
    if (const auto* reference = std::get_if<ReferenceText>(&subject)) {
        SLUICE_TRY(one, of_reference(reference->text, current, s));
        return std::vector<Question>{std::move(one)};
    }
    if (std::holds_alternative<std::monostate>(subject))
        return fail(
            ErrorCode::usage, "\"" + body.subject + "\" is nothing that can be explained",
            "give a flow id, a reference, \"tcp SRC:PORT > DST:PORT\", an address or a name");
    auto flow = live_flow(subject, body.operator_id, rules, s);
    if (flow && *flow) return std::vector<Question>{of_flow(**flow, current, s)};
    const auto* ends = std::get_if<Ends>(&subject);
    if (!ends) {
        if (!flow) return Err{flow.error()};
        return fail(ErrorCode::not_found, "the data plane holds no such flow",
                    "give its tuple instead: \"tcp SRC:PORT > DST:PORT\"");
    }
    SLUICE_TRY(op, operator_of(rules, body.operator_id));
    return std::vector<Question>{of_ends(*ends, rules, op, s)};
}

}  // namespace

Answer post_explain(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_explain_body(call.body));
    SLUICE_TRY(current, rules_in_force(s));
    SLUICE_TRY(all, questions(body, *current, s));
    Json items = Json::array();
    for (Question& q : all)
        items.push_back(explained(q, *current, s));
    return reply("Explanation", s, std::move(items));
}

}  // namespace sluice::control

#include "control/layers/apply_layer.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

using model::Policy;
using Trouble = std::string;  // empty: applied

std::optional<model::Validity> validity_of(const Effect& e) {
    const auto from = load::parse_day(e.first("valid_from"));
    const auto until = load::parse_day(e.first("valid_until"));
    if (!from || !until || *until < *from) return std::nullopt;
    return model::Validity{*from, *until};
}

const std::vector<std::string>& values_of(const Effect& e, std::string_view field) {
    static const std::vector<std::string> none;
    const auto at = e.fields.find(field);
    return at == e.fields.end() ? none : at->second;
}

// A protocol or a class of protocols, as grants.yaml writes them.
struct Word {
    model::Protocol protocol = model::Protocol::unknown;
    model::ProtocolClass klass = model::ProtocolClass::unknown;
};

std::optional<Word> word_of(std::string_view text) {
    Word word;
    if (const auto protocol = model::protocol_named(text))
        word.protocol = *protocol;
    else if (const auto klass = model::protocol_class_named(text))
        word.klass = *klass;
    else
        return std::nullopt;
    return word;
}

class Applier {
  public:
    explicit Applier(Policy& policy) : policy_(policy) {
        for (std::size_t i = 0; i < policy.organisations.size(); ++i)
            organisations_.emplace(policy.organisations[i].id, i);
        for (const model::Operator& o : policy.operators)
            operators_.insert(o.id);
        for (const auto& o : policy.unknown_source.overdue)
            overdue_.insert(o.operator_id + " " + to_text(o.prefix));
        for (const model::Bypass& b : policy.bypass)
            bypass_.insert(b.operator_id + " " + to_text(b.prefix));
    }

    Trouble apply(const Effect& e) {
        switch (e.kind) {
            case EffectKind::source_overdue:
                return source_overdue(e);
            case EffectKind::access_open:
            case EffectKind::access_closed:
                return access(e);
            case EffectKind::grant_open:
            case EffectKind::grant_closed:
                return grant(e);
            case EffectKind::bypass_open:
                return bypass(e);
            case EffectKind::mail_enrolled:
                return mail_enrolled(e);
            case EffectKind::mail_suspended:
                return mail_suspended(e);
            case EffectKind::service_admitted:
            case EffectKind::service_blocked:
                return service(e);
            case EffectKind::waf_enrolled:
                return waf(e);
        }
        return {};
    }

  private:
    model::Organisation* organisation(const Effect& e) {
        const auto at = organisations_.find(std::string(e.first("organisation")));
        return at == organisations_.end() ? nullptr : &policy_.organisations[at->second];
    }
    Trouble no_organisation(const Effect& e) const {
        return "the policy has no organisation \"" + std::string(e.first("organisation")) + "\"";
    }

    // The prefixes of `addresses` that are not in `have` yet; `have` then has them.
    template <class Add>
    Trouble each_address(const Effect& e, std::unordered_set<std::string>& have, Add add) {
        const std::string op(e.first("operator"));
        if (!operators_.contains(op)) return "the policy has no operator \"" + op + "\"";
        for (const std::string& text : values_of(e, "addresses")) {
            const auto prefix = parse_prefix(text).prefix;
            if (!prefix) return "\"" + text + "\" is no address";
            if (have.insert(op + " " + to_text(*prefix)).second) add(op, *prefix);
        }
        return {};
    }

    Trouble source_overdue(const Effect& e) {
        Trouble around;
        const Trouble trouble =
            each_address(e, overdue_, [&](const std::string& op, const Prefix& prefix) {
                if (bypass_.contains(op + " " + to_text(prefix)))
                    around = to_text(prefix) + " goes around the gateway and is not blocked";
                else
                    policy_.unknown_source.overdue.push_back({op, prefix, {}});
            });
        return trouble.empty() ? around : trouble;
    }

    Trouble bypass(const Effect& e) {
        return each_address(e, bypass_, [&](const std::string& op, const Prefix& prefix) {
            std::erase_if(policy_.unknown_source.overdue,
                          [&](const auto& o) { return o.operator_id == op && o.prefix == prefix; });
            policy_.bypass.push_back(
                {op, prefix, std::string(e.first("ground")), std::string(e.first("author")), {}});
        });
    }

    Trouble access(const Effect& e) {
        model::Organisation* org = organisation(e);
        if (org == nullptr) return no_organisation(e);
        if (e.kind == EffectKind::access_closed) {
            org->access.reset();
            return {};
        }
        const auto valid = validity_of(e);
        if (!valid) return "valid_from and valid_until are no span of days";
        for (const std::string& id : values_of(e, "categories")) {
            const bool known = id == "uncategorised" ||
                               std::any_of(policy_.categories.begin(), policy_.categories.end(),
                                           [&](const model::Category& c) { return c.id == id; });
            if (!known) return "the policy has no category \"" + id + "\"";
        }
        org->access = model::AccessPolicy{
            std::string(e.first("request")), values_of(e, "categories"), *valid, {}};
        return {};
    }

    Trouble grant(const Effect& e) {
        if (organisation(e) == nullptr) return no_organisation(e);
        const auto word = word_of(e.first("protocol"));
        if (!word)
            return "\"" + std::string(e.first("protocol")) + "\" is no protocol and no class";
        const std::string org(e.first("organisation"));
        std::erase_if(policy_.grants, [&](const model::Grant& g) {
            return g.organisation_id == org && g.protocol == word->protocol &&
                   g.klass == word->klass;
        });
        if (e.kind == EffectKind::grant_closed) return {};
        const auto valid = validity_of(e);
        if (!valid) return "valid_from and valid_until are no span of days";
        policy_.grants.push_back(
            {org, word->protocol, std::string(e.first("request")), *valid, {}, word->klass});
        return {};
    }

    Trouble mail_enrolled(const Effect& e) {
        if (organisation(e) == nullptr) return no_organisation(e);
        const auto server = parse_prefix(e.first("server")).prefix;
        if (!server) return "\"" + std::string(e.first("server")) + "\" is no address";
        const std::string domain(e.first("domain"));
        std::erase_if(policy_.mail, [&](const model::MailSystem& m) { return m.domain == domain; });
        policy_.mail.push_back({domain, std::string(e.first("organisation")), *server, false, {}});
        return {};
    }

    Trouble mail_suspended(const Effect& e) {
        bool found = false;
        for (model::MailSystem& m : policy_.mail)
            if (m.domain == e.first("domain")) found = m.suspended = true;
        return found ? Trouble() : "no mail system is enrolled for this domain: nothing to suspend";
    }

    Trouble service(const Effect& e) {
        if (organisation(e) == nullptr) return no_organisation(e);
        const auto at = std::find_if(policy_.services.begin(), policy_.services.end(),
                                     [&](const auto& s) { return s.id == e.first("service"); });
        if (at == policy_.services.end())
            return "the policy has no service \"" + std::string(e.first("service")) + "\"";
        const std::string org(e.first("organisation"));
        const auto valid = validity_of(e);
        if (e.kind == EffectKind::service_admitted && !valid)
            return "valid_from and valid_until are no span of days";
        std::erase_if(at->admitted, [&](const auto& a) { return a.organisation_id == org; });
        if (e.kind == EffectKind::service_admitted)
            at->admitted.push_back({org, std::string(e.first("contract")), *valid, {}});
        return {};
    }

    Trouble waf(const Effect& e) {
        if (organisation(e) == nullptr) return no_organisation(e);
        const auto server = parse_prefix(e.first("server")).prefix;
        if (!server) return "\"" + std::string(e.first("server")) + "\" is no address";
        model::WafSite site{
            std::string(e.first("domain")), std::string(e.first("organisation")), *server, {}, {}};
        for (const std::string& text : values_of(e, "ports")) {
            std::uint16_t port = 0;
            const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
            if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || port == 0)
                return "\"" + text + "\" is no port";
            site.ports.push_back(port);
        }
        std::erase_if(policy_.waf,
                      [&](const model::WafSite& w) { return w.domain == site.domain; });
        policy_.waf.push_back(std::move(site));
        return {};
    }

    Policy& policy_;
    std::unordered_map<std::string, std::size_t> organisations_;
    std::unordered_set<std::string> operators_, overdue_, bypass_;
};

}  // namespace

std::vector<std::string> apply_layer(const Layer& layer, Policy& policy) {
    std::vector<std::string> troubles;
    Applier applier(policy);
    for (const Effect& e : layer)
        if (const Trouble trouble = applier.apply(e); !trouble.empty())
            troubles.push_back(e.case_id + " (" + std::string(name_of(e.kind)) + "): " + trouble);
    return troubles;
}

}  // namespace sluice::control

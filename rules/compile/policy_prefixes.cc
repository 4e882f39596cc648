// The prefix sets of the policy section: bypass, overdue, mail and WAF by operator; hairpin;
// services.
#include <algorithm>
#include <map>

#include "rules/compile/sections.h"

namespace sluice::compile {
namespace {

// Prefix -> rows that name it, in policy order.
using RowsByPrefix = std::map<Prefix, std::vector<std::uint16_t>>;

bool plain_rows(std::size_t rows, std::string_view what, Errors& errors) {
    if (rows < layout::kValueMax) return true;
    errors.add(Code::too_many, "at most 65533 " + std::string(what), {});
    return false;
}

class Builder {
  public:
    Builder(const model::Policy& policy, const Ids& ids, Errors& errors)
        : policy_(policy),
          ids_(ids),
          errors_(errors),
          sets_(layout::policy_sets(static_cast<unsigned>(policy.operators.size()))) {}

    PolicyPrefixes build() {
        if (!plain_rows(policy_.bypass.size(), "bypass networks", errors_) ||
            !plain_rows(policy_.mail.size(), "mail systems", errors_) ||
            !plain_rows(policy_.waf.size(), "WAF sites", errors_) ||
            !plain_rows(policy_.services.size(), "protected services", errors_))
            return std::move(out_);
        bypass();
        overdue();
        mail();
        waf();
        hairpin();
        services();
        plain_rows(out_.lists.size(), "combinations of overlapping prefixes", errors_);
        for (const auto& set : sets_) {
            std::vector<PrefixValue> entries;
            for (const auto& [prefix, value] : set)
                entries.push_back({prefix, value});
            out_.forest.add_set(entries);
        }
        return std::move(out_);
    }

  private:
    // False (and an error) when the set has the prefix already.
    bool put(unsigned set, const Prefix& prefix, std::size_t value, const model::Position& at) {
        if (!check_prefix(prefix, errors_, at)) return false;
        if (sets_[set].emplace(prefix, static_cast<std::uint16_t>(value)).second) return true;
        errors_.add(Code::duplicate, to_text(prefix) + " is there twice: keep one row", at);
        return false;
    }
    // The operator behind an organisation's row.
    std::optional<unsigned> operator_behind(const std::string& organisation,
                                            const model::Position& at, std::string_view who) {
        const auto org = ids_.organisation_index(organisation, at, who);
        return org ? ids_.operator_of(*org) : std::nullopt;
    }

    void bypass() {
        for (std::size_t i = 0; i < policy_.bypass.size(); ++i) {
            const model::Bypass& b = policy_.bypass[i];
            if (const auto op = ids_.operator_index(b.operator_id, b.at, "a bypass"))
                put(layout::set_of(*op, layout::OperatorSet::bypass), b.prefix, i + 1, b.at);
        }
    }
    void overdue() {
        for (const auto& o : policy_.unknown_source.overdue)
            if (const auto op = ids_.operator_index(o.operator_id, o.at, "an overdue source"))
                put(layout::set_of(*op, layout::OperatorSet::overdue), o.prefix, 1, o.at);
    }
    // One server may serve several domains: it is suspended as soon as one of them is, because what
    // is at stake is the address (M12).
    void mail() {
        for (std::size_t i = 0; i < policy_.mail.size(); ++i) {
            const model::MailSystem& m = policy_.mail[i];
            const auto op = operator_behind(m.organisation_id, m.at, "a mail system");
            if (!op || !check_prefix(m.server, errors_, m.at)) continue;
            auto& set = sets_[layout::set_of(*op, layout::OperatorSet::mail)];
            const auto [at, fresh] =
                set.emplace(m.server, static_cast<std::uint16_t>(out_.mail.size() + 1));
            if (fresh) {
                const auto org = ids_.organisation_index(m.organisation_id, m.at, "a mail system");
                layout::MailRow row{};
                row.org = static_cast<std::uint16_t>(*org + 1);
                out_.mail.push_back(row);
                out_.mail_systems.push_back(static_cast<std::uint32_t>(i));
            }
            if (m.suspended) out_.mail[at->second - 1u].suspended = 1;
        }
    }
    void waf() {
        std::vector<RowsByPrefix> rows(policy_.operators.size());
        for (std::size_t i = 0; i < policy_.waf.size(); ++i) {
            const model::WafSite& site = policy_.waf[i];
            const auto op = operator_behind(site.organisation_id, site.at, "a WAF site");
            if (op && check_prefix(site.server, errors_, site.at))
                rows[*op][site.server].push_back(static_cast<std::uint16_t>(i));
        }
        for (unsigned op = 0; op < rows.size(); ++op)
            put_lists(rows[op], layout::set_of(op, layout::OperatorSet::waf));
    }
    void hairpin() {
        const unsigned set = layout::hairpin_set(static_cast<unsigned>(policy_.operators.size()));
        for (const Prefix& prefix : policy_.hairpin)
            put(set, prefix, 1, {});
    }
    void services() {
        RowsByPrefix rows;
        for (std::size_t i = 0; i < policy_.services.size(); ++i)
            for (const Prefix& prefix : policy_.services[i].prefixes)
                if (check_prefix(prefix, errors_, policy_.services[i].at))
                    rows[prefix].push_back(static_cast<std::uint16_t>(i));
        put_lists(rows, layout::service_set(static_cast<unsigned>(policy_.operators.size())));
    }

    // Rows differ in their ports, so an address needs all of them: those of its most specific
    // prefix first, then those of the prefix around it, and so on.
    void put_lists(const RowsByPrefix& rows, unsigned set) {
        // A stack for each family: IPv6 ::/0 is still open after all mapped IPv4 prefixes.
        std::vector<std::pair<Prefix, std::vector<std::uint16_t>>> stacks[2];
        for (const auto& [prefix, own] : rows) {
            auto& around = stacks[prefix.is_v4()];
            while (!around.empty() && !inside(prefix, around.back().first))
                around.pop_back();
            std::vector<std::uint16_t> list = own;
            if (!around.empty())
                list.insert(list.end(), around.back().second.begin(), around.back().second.end());
            out_.lists.push_back({static_cast<std::uint32_t>(out_.items.size()),
                                  static_cast<std::uint32_t>(list.size())});
            out_.items.insert(out_.items.end(), list.begin(), list.end());
            sets_[set].emplace(prefix, static_cast<std::uint16_t>(out_.lists.size()));
            around.emplace_back(prefix, std::move(list));
        }
    }
    static bool inside(const Prefix& prefix, const Prefix& outer) {
        return outer.length <= prefix.length && outer.contains(prefix.network);
    }

    const model::Policy& policy_;
    const Ids& ids_;
    Errors& errors_;
    std::vector<std::map<Prefix, std::uint16_t>> sets_;
    PolicyPrefixes out_;
};

}  // namespace

PolicyPrefixes policy_prefixes(const model::Policy& policy, const Ids& ids, Errors& errors) {
    return Builder(policy, ids, errors).build();
}

}  // namespace sluice::compile

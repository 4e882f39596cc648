// What each step looked at and found, in words.
#include "rules/lookup/decide.h"
#include "rules/lookup/explain.h"
#include "rules/lookup/utc_text.h"

namespace sluice::lookup {
namespace {

using layout::OperatorSet;

// Joins pieces without the noise of conversions.
template <class... Pieces>
std::string text(const Pieces&... pieces) {
    std::string all;
    (all.append(pieces), ...);
    return all;
}

std::string prefix_text(const IpAddress& address, unsigned length) {
    return to_text(Prefix{masked(address, length), static_cast<std::uint8_t>(length)});
}
std::string period_text(const BundleView& bundle, const layout::Period& period) {
    const auto offset = bundle.policy().head->utc_offset_minutes;
    return text(local_day_text(UtcTime{period.from}, offset), " to ",
                local_day_text(UtcTime{period.until - 1}, offset));
}

std::string bypass(const BundleView& b, const Facts& f) {
    const PrefixMatch m = operator_match(b, f, OperatorSet::bypass);
    const auto* row = PolicyView::row_at(b.policy().bypass, m.value - std::size_t{1});
    if (row == nullptr)
        return text(to_text(f.user), " is in no bypass network of ", b.operator_id(f.operator_id));
    return text(prefix_text(f.user, m.length), ": ", b.policy().text(row->ground), " (entered by ",
                b.policy().text(row->author), ")");
}

std::string source(const BundleView& b, const Facts& f) {
    if (catalogued(b, f)) {
        std::string detail = text(to_text(f.user), " belongs to ", b.organisation_id(f.org));
        if (f.operator_id.raw() >= b.catalog().prefixes.sets()) return detail;
        const PrefixMatch m = b.catalog().prefixes.match(f.operator_id.raw(), f.user);
        if (m.value == f.org.raw()) detail += text(" by ", prefix_text(f.user, m.length));
        return detail;
    }
    const PrefixMatch m = operator_match(b, f, OperatorSet::overdue);
    return text(to_text(f.user), " is in no catalog of ", b.operator_id(f.operator_id),
                m.value != 0 ? "; the operator's deadline has passed" : "; no deadline has passed");
}

std::string service(const BundleView& b, const Facts& f) {
    const auto* row = service_of(b, f);
    if (row == nullptr)
        return text(to_text(f.remote), f.name.empty() ? "" : " and ", f.name,
                    " belong to no protected service");
    const auto* admission = b.policy().admission(*row, f.org, f.now);
    std::string detail = text(b.policy().text(row->title), ": ");
    if (admission == nullptr)
        return detail +
               text(!catalogued(b, f) ? to_text(f.user) : std::string(b.organisation_id(f.org)),
                    " has no contract that holds now");
    detail += text("contract ", b.policy().text(admission->contract), ", ",
                   period_text(b, admission->valid));
    if (row->segment != layout::ServiceRow::kAnywhere) {
        const std::size_t segment = row->segment - std::size_t{1};
        detail +=
            text("; for users in segment ", b.geo().text(b.geo().segments[segment].id), ", and ",
                 to_text(f.user), b.geo().in_segment(segment, f.user) ? " is in it" : " is not");
    }
    if (row->tls_only != 0) detail += text("; over TLS only, this is ", model::name_of(f.protocol));
    return detail;
}

std::string mail(const BundleView& b, const Facts& f, const Answer& answer) {
    if (!answer) return "not port 25";
    const PrefixMatch m = operator_match(b, f, OperatorSet::mail);
    const auto* row = PolicyView::row_at(b.policy().mail, m.value - std::size_t{1});
    if (row == nullptr) return text(to_text(f.user), " is no enrolled mail system's server");
    return text(b.policy().text(row->domain),
                row->suspended != 0 ? " is suspended" : " is enrolled");
}

std::string protocol(const BundleView& b, const Facts& f, const Answer& answer) {
    const auto word = model::name_of(f.protocol);
    if (!answer && unsure_of_protocol(b, f))
        return text("may be ", word, " (", model::name_of(f.confidence),
                    "), not surely enough to be blocked for it");
    if (!answer) return text(word, " needs no grant");
    if (answer->reason == model::Reason::protocol_closed) {
        const auto* closure = b.policy().closure(f.org, f.protocol, f.now);
        return text(word, " is closed by ", b.policy().text(closure->request), ", ",
                    period_text(b, closure->valid));
    }
    const auto* grant = b.policy().grant(f.org, f.protocol, f.now);
    if (grant == nullptr) return text(word, " needs a grant, and none holds now");
    return text(word, " is granted by request ", b.policy().text(grant->request), ", ",
                period_text(b, grant->valid));
}

std::string name_text(const BundleView& b, const Facts& f) {
    const CategoryMatch match = match_name(b, f.name);
    if (!match.matched) return text(f.name, " is in no list");
    std::string detail = text(f.name, " by ", last_labels(f.name, match.labels), ": ",
                              match.categories.empty() ? std::string("no category")
                                                       : categories_text(b, match.categories));
    if (match.by_override) {
        const auto& row = b.policy().overrides[match.override_row];
        detail += text(" (local decision of ", b.policy().text(row.author), ": ",
                       b.policy().text(row.ground), ")");
    }
    return detail;
}
bool judged_name(const Facts& f) {
    return f.name_state == NameState::known && f.name_source != model::NameSource::dns_query;
}

std::string unnamed_text(const BundleView& b, const Facts& f) {
    const auto all = categorise_unnamed(b, f.remote, f.protocol);
    if (all.empty()) return "no name";
    return text("no name; ", to_text(f.remote), " and ", model::name_of(f.protocol), ": ",
                categories_text(b, all));
}

std::string yearly_list(const BundleView& b, const Facts& f) {
    const std::string name = judged_name(f)                       ? name_text(b, f)
                             : f.name_state == NameState::pending ? "the name is not known yet"
                                                                  : unnamed_text(b, f);
    if (!catalogued(b, f)) return text("no organisation, so no list; ", name);
    const auto& org = b.policy().organisations[f.org.raw() - 1];
    const auto& texts = b.policy().organisation_texts[f.org.raw() - 1];
    if ((org.flags & layout::OrganisationRow::kHasAccess) == 0)
        return text(b.organisation_id(f.org), " has submitted no list; ", name);
    return text("list of request ", b.policy().text(texts.request), ", ", period_text(b, org.valid),
                ", opens ", categories_text(b, org.allowed), "; ", name);
}

std::string exemption(const BundleView& b, const Facts& f, const Answer& answer) {
    const bool doubted = f.evidence == model::NameEvidence::contradict;
    std::string evidence = f.evidence == model::NameEvidence::none
                               ? std::string()
                               : text("; evidence for the name: ", model::name_of(f.evidence));
    if (answer) return text(model::info(answer->reason).text, evidence);
    if (doubted && b.fail_table()[model::FailCase::name_contradiction] == model::FailMode::closed)
        return text(f.name, " contradicts what resolvers say of it, so it exempts nothing");
    if (!judged_name(f)) return "neither name nor address is in an exempt category";
    return text(f.name, " is in no exempt category", evidence);
}

std::string inspection(const BundleView& b, const Facts& f) {
    if (!catalogued(b, f)) return "no organisation; reported to the operator";
    if (model::info(f.protocol).klass != model::ProtocolClass::web)
        return text(model::name_of(f.protocol), " is not inspected");
    const auto& org = b.policy().organisations[f.org.raw() - 1];
    if (f.now.raw() >= org.pilot_until)
        return text(b.organisation_id(f.org), " is under inspection");
    return text(b.organisation_id(f.org), " is in pilot until ",
                local_day_text(UtcTime{org.pilot_until - 1}, b.policy().head->utc_offset_minutes),
                ": ", b.policy().text(b.policy().organisation_texts[f.org.raw() - 1].pilot_ground));
}

}  // namespace

std::string categories_text(const BundleView& bundle, const model::CategorySet& categories) {
    std::string all;
    for (std::size_t c = 0; c < bundle.category_count(); ++c) {
        const auto index = static_cast<model::CategoryIndex>(c);
        if (!categories.has(index)) continue;
        if (!all.empty()) all += ", ";
        all.append(bundle.category_id(index));
    }
    return all.empty() ? "nothing" : all;
}

std::string detail_of(Step step, const BundleView& bundle, const Facts& facts,
                      const Answer& answer) {
    switch (step) {
        case Step::bypass:
            return bypass(bundle, facts);
        case Step::link_local:
            return answer ? "an address that stays on its wire" : "both addresses are of hosts";
        case Step::source:
            return source(bundle, facts);
        case Step::service:
            return service(bundle, facts);
        case Step::mail:
            return mail(bundle, facts, answer);
        case Step::protocol:
            return protocol(bundle, facts, answer);
        case Step::yearly_list:
            return yearly_list(bundle, facts);
        case Step::waf:
            return answer ? to_text(facts.user) + " is an enrolled web resource"
                          : to_text(facts.user) + " is no enrolled web resource on this port";
        case Step::exemption:
            return exemption(bundle, facts, answer);
        case Step::inspection:
            return inspection(bundle, facts);
        case Step::forward:
            return "nothing above decided";
    }
    return {};
}

}  // namespace sluice::lookup

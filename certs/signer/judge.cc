#include "certs/signer/judge.h"

#include <algorithm>

#include "rules/base/canonical_name.h"
#include "rules/lookup/decide_steps.h"

namespace sluice::certs {
namespace {

using Refusal = ipc::SignerRefusal;

Result<Subject, Refusal> read_subject(const ipc::CheckedLeafRequest& request) {
    const std::string_view name = request.name();
    if (request.request.by_address) {
        if (!name.empty()) return Err{Refusal::bad_name};
        return Subject{{}, request.request.address};
    }
    if (name.find('*') != name.npos) return Err{Refusal::wildcard};
    char canonical[kNameBufferBytes];
    std::size_t size = 0;
    if (!canonical_name(name, canonical, size) || name != std::string_view(canonical, size))
        return Err{Refusal::bad_name};
    return Subject{std::string(name), std::nullopt};
}

// A flow of the organisation to the subject, as the data plane would judge it where nothing speaks
// against the name: contradicting evidence never opens what is exempt by name.
lookup::Facts facts_of(const Subject& subject, OperatorId operator_id, OrgId org, UtcTime now) {
    lookup::Facts facts;
    facts.operator_id = operator_id;
    facts.org = org;
    facts.ip_protocol = 6;
    facts.protocol = model::Protocol::tls;
    facts.now = now;
    if (subject.address) {
        facts.remote = *subject.address;
    } else {
        facts.name_state = lookup::NameState::known;
        facts.name = subject.name;
    }
    return facts;
}

bool belongs_to_a_ca(const Books& books, Bytes spki) {
    const Generation& g = *books.generation;
    for (const Der* own : {&g.root_spki, &g.trusted.spki, &g.untrusted.spki, &books.log_spki})
        if (std::equal(own->begin(), own->end(), spki.begin(), spki.end())) return true;
    return false;
}

}  // namespace

PolicyBook::PolicyBook(ipc::LoadedBundle bundle) : bundle_(std::move(bundle)) {
    for (std::size_t i = 1; i <= bundle_.view.organisation_count(); ++i) {
        const OrgId org{static_cast<std::uint16_t>(i)};
        organisations_.emplace(bundle_.view.organisation_id(org), org);
    }
}

std::optional<Refusal> PolicyBook::refuses(const ipc::CheckedLeafRequest& request,
                                           const Subject& subject, UtcTime now) const {
    const lookup::BundleView& view = bundle_.view;
    const auto operator_id = view.operator_named(request.operator_id());
    if (!operator_id) return Refusal::unknown_operator;
    const auto org = organisations_.find(request.organisation());
    if (org == organisations_.end()) return Refusal::unknown_organisation;
    const lookup::Facts facts = facts_of(subject, *operator_id, org->second, now);
    const model::CategorySet categories =
        subject.address ? lookup::categorise_unnamed(view, facts.remote, facts.protocol)
                        : lookup::categorise(view, facts.name);
    if (lookup::step_exemption(view, facts, categories)) return Refusal::exempt;
    const lookup::Answer inspection = lookup::step_inspection(view, facts, categories);
    if (!inspection || inspection->verdict != model::Verdict::inspect)
        return Refusal::not_inspected;
    return std::nullopt;
}

EVP_PKEY* LeafKeys::find(Bytes spki) {
    for (const Row& row : rows_)
        if (std::equal(row.spki.begin(), row.spki.end(), spki.begin(), spki.end()))
            return row.key.get();
    KeyPtr key = parse_public_key(spki);
    if (!key || !is_leaf_key(key.get())) return nullptr;
    if (rows_.size() < kLeafKeysMax) rows_.emplace_back();
    Row& row = rows_[next_];
    next_ = (next_ + 1) % kLeafKeysMax;
    row = {Der(spki.begin(), spki.end()), std::move(key)};
    return row.key.get();
}

Result<Judged, Refusal> judge(const Books& books, LeafKeys& keys,
                              const ipc::CheckedLeafRequest& request, UtcTime now) {
    Judged judged;
    SLUICE_TRY(subject, read_subject(request));
    judged.subject = std::move(subject);
    if (!books.policy) return Err{Refusal::no_bundle};
    if (const auto refusal = books.policy->refuses(request, judged.subject, now))
        return Err{*refusal};
    if (!books.generation) return Err{Refusal::no_ca};
    judged.issuer = &books.generation->issuer(request.request.issuer);
    judged.key = keys.find(request.spki);
    if (judged.key == nullptr) return Err{Refusal::bad_key};
    if (belongs_to_a_ca(books, request.spki)) return Err{Refusal::ca_key};
    if (is_excluded(*judged.issuer, judged.subject)) return Err{Refusal::name_constraint};
    std::optional<Validity> origin_validity;
    if (request.request.issuer == ipc::SignerIssuer::trusted) {
        SLUICE_TRY(origin, check_origin(request.chain.all(), judged.subject, books.anchors, now));
        judged.origin = origin;
        origin_validity = origin.validity;
    } else if (request.chain.count > 0) {
        judged.origin.leaf = fingerprint(request.chain.certificates[0]);
    }
    const Validity wanted{UtcTime{request.request.not_before_utc},
                          UtcTime{request.request.not_after_utc}};
    const auto validity = clip_validity(wanted, *judged.issuer, origin_validity, now);
    if (!validity) return Err{Refusal::no_validity};
    judged.validity = *validity;
    return judged;
}

}  // namespace sluice::certs

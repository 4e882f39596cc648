// The sections of a bundle, each from its part of the policy.
#pragma once
#include <vector>

#include "rules/compile/compile.h"
#include "rules/compile/ids.h"
#include "rules/compile/interval_writer.h"

namespace sluice::compile {

// What a section is made of, as one hash: equal hashes, equal sections (but for a random key).
ipc::Sha256 catalog_inputs(const model::Policy& policy);
// `fold_changes`: the changes of feeds are among the inputs.
ipc::Sha256 names_inputs(const model::Policy& policy, bool fold_changes);
ipc::Sha256 delta_inputs(const model::Policy& policy, const ipc::Sha256& names, bool folded);
ipc::Sha256 geo_inputs(const model::Policy& policy);

// With errors added the section returned is not to be used.
ipc::CompiledSection catalog_section(const model::Policy& policy, const ipc::Sha256& inputs,
                                     Errors& errors);
// Nothing when two names share a fingerprint under this key (once in 10^7 at 1 M names): draw
// another.
std::optional<ipc::CompiledSection> names_section(const model::Policy& policy,
                                                  const ipc::Sha256& inputs,
                                                  const layout::NameKey& key, bool fold_changes,
                                                  Errors& errors);
// Whether the names section says which sources its sets rest on: without that no delta can be made.
bool keeps_origins(const ipc::CompiledSection& names);
// What the changes of feeds make of `names`; an empty section with `folded`.
ipc::CompiledSection delta_section(const model::Policy& policy, const ipc::Sha256& inputs,
                                   const ipc::CompiledSection& names, bool folded, Errors& errors);
ipc::CompiledSection geo_section(const model::Policy& policy, const Ids& ids,
                                 const ipc::Sha256& inputs, Errors& errors);
ipc::CompiledSection policy_section(const model::Policy& policy, const Ids& ids,
                                    const layout::NameKey& key, Errors& errors);

// The prefix sets of the policy section and the lists their values lead to.
struct PolicyPrefixes {
    IntervalWriter forest;
    std::vector<layout::Run> lists;
    std::vector<std::uint16_t> items;
    std::vector<layout::MailRow> mail;        // one a server prefix; `domain` not set
    std::vector<std::uint32_t> mail_systems;  // for each row of `mail`: its first MailSystem
};
PolicyPrefixes policy_prefixes(const model::Policy& policy, const Ids& ids, Errors& errors);

// What is there but can never matter; for a policy that compiled.
Diagnostics reports_of(const model::Policy& policy);

}  // namespace sluice::compile

// The three sections of a bundle, each from its part of the policy.
#pragma once
#include <vector>

#include "rules/compile/compile.h"
#include "rules/compile/ids.h"
#include "rules/compile/interval_writer.h"

namespace sluice::compile {

// What a section is made of, as one hash: equal hashes, equal sections (but for a random key).
ipc::Sha256 catalog_inputs(const model::Policy& policy);
ipc::Sha256 names_inputs(const model::Policy& policy);

// With errors added the section returned is not to be used.
ipc::CompiledSection catalog_section(const model::Policy& policy, const ipc::Sha256& inputs,
                                     Errors& errors);
// Nothing when two names share a fingerprint under this key (once in 10^7 at 1 M names): draw
// another.
std::optional<ipc::CompiledSection> names_section(const model::Policy& policy,
                                                  const ipc::Sha256& inputs,
                                                  const layout::NameKey& key, Errors& errors);
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

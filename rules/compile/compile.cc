#include "rules/compile/compile.h"

#include <cstring>

#include "rules/compile/name_writer.h"
#include "rules/compile/sections.h"

namespace sluice::compile {
namespace {

// The key of an earlier bundle's names, so that its names section can be used again.
layout::NameKey key_of(const ipc::CompiledBundle& bundle) {
    const auto& bytes = *bundle.names.bytes;
    layout::PartRow head{};
    layout::NamesHead names{};
    std::memcpy(&head, bytes.data() + sizeof(layout::SectionHeader), sizeof head);
    std::memcpy(&names, bytes.data() + head.offset, sizeof names);
    return names.key;
}

ipc::CompiledSection names_or_previous(const model::Policy& policy, const CompileOptions& options,
                                       layout::NameKey& key, bool fold_changes, Errors& errors) {
    const ipc::Sha256 inputs = names_inputs(policy, fold_changes);
    if (options.previous != nullptr) {
        const layout::NameKey before = key_of(*options.previous);
        if (!options.name_key || *options.name_key == before) {
            key = before;
            if (options.previous->names.inputs == inputs) return options.previous->names;
        }
    }
    for (;;) {
        if (auto section = names_section(policy, inputs, key, fold_changes, errors))
            return *std::move(section);
        key = draw_name_key();
    }
}

// The names and what changed since. So few changes that a delta is worth it are kept beside the
// names; more are compiled into them. Which it is depends on the policy alone, so that equal
// policies are equal bundles.
void names_and_delta(const model::Policy& policy, const CompileOptions& options,
                     layout::NameKey& key, Compiled& out, Errors& errors) {
    std::uint64_t names = policy.names.size(), changes = 0;
    for (const auto& content : policy.feed_content)
        if (content != nullptr) names += content->counts.names;
    for (const auto& content : policy.feed_changes)
        if (content != nullptr) changes += content->rows.size();
    bool fold = changes * 100 > names * kDeltaPercentMax;
    out.bundle.names = names_or_previous(policy, options, key, fold, errors);
    if (errors.any()) return;
    if (!keeps_origins(out.bundle.names)) {
        out.reports.push_back({Code::sources_not_kept,
                               "the feeds combine in more than 65534 ways: lookups will not say "
                               "which source listed a name; map fewer categories",
                               {}});
        if (changes != 0 && !fold) {
            fold = true;
            out.bundle.names = names_or_previous(policy, options, key, fold, errors);
            if (errors.any()) return;
        }
    }
    if (fold)
        out.reports.push_back({Code::changes_folded_in,
                               std::to_string(changes) +
                                   " changes of feeds: all names are compiled at each of them; "
                                   "take newer files of those feeds",
                               {}});
    const ipc::Sha256 inputs = delta_inputs(policy, out.bundle.names.inputs, fold);
    if (options.previous != nullptr && options.previous->delta.inputs == inputs &&
        options.previous->names.sha256 == out.bundle.names.sha256)
        out.bundle.delta = options.previous->delta;
    else
        out.bundle.delta = delta_section(policy, inputs, out.bundle.names, fold, errors);
}

ipc::CompiledSection geo_or_previous(const model::Policy& policy, const CompileOptions& options,
                                     const Ids& ids, Errors& errors) {
    const ipc::Sha256 inputs = geo_inputs(policy);
    if (options.previous != nullptr && options.previous->geo.inputs == inputs)
        return options.previous->geo;
    return geo_section(policy, ids, inputs, errors);
}

ipc::CompiledSection catalog_or_previous(const model::Policy& policy, const CompileOptions& options,
                                         Errors& errors) {
    const ipc::Sha256 inputs = catalog_inputs(policy);
    if (options.previous != nullptr && options.previous->catalog.inputs == inputs)
        return options.previous->catalog;
    return catalog_section(policy, inputs, errors);
}

}  // namespace

Result<Compiled, Diagnostics> compile(const model::Policy& policy, const CompileOptions& options) {
    Errors errors;
    const Ids ids(policy, errors);
    if (errors.any()) return Err{errors.take()};

    Compiled compiled;
    layout::NameKey key = options.name_key ? *options.name_key : draw_name_key();
    compiled.bundle.catalog = catalog_or_previous(policy, options, errors);
    names_and_delta(policy, options, key, compiled, errors);
    compiled.bundle.geo = geo_or_previous(policy, options, ids, errors);
    compiled.bundle.policy = policy_section(policy, ids, key, errors);
    if (errors.any()) return Err{errors.take()};
    for (Diagnostic& report : reports_of(policy))
        compiled.reports.push_back(std::move(report));
    return compiled;
}

}  // namespace sluice::compile

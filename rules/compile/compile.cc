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
                                       layout::NameKey& key, Errors& errors) {
    const ipc::Sha256 inputs = names_inputs(policy);
    if (options.previous != nullptr) {
        const layout::NameKey before = key_of(*options.previous);
        if (!options.name_key || *options.name_key == before) {
            key = before;
            if (options.previous->names.inputs == inputs) return options.previous->names;
        }
    }
    for (;;) {
        if (auto section = names_section(policy, inputs, key, errors)) return *std::move(section);
        key = draw_name_key();
    }
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
    compiled.bundle.names = names_or_previous(policy, options, key, errors);
    compiled.bundle.policy = policy_section(policy, ids, key, errors);
    if (errors.any()) return Err{errors.take()};
    compiled.reports = reports_of(policy);
    return compiled;
}

}  // namespace sluice::compile

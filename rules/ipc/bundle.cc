#include "rules/ipc/bundle.h"

#include <cstring>

namespace sluice::ipc {
namespace {

using lookup::BundleError;

template <class View>
using Shared = std::shared_ptr<const LoadedSection<View>>;

template <class View>
Result<Shared<View>, BundleError> load_section(const CompiledSection& section,
                                               const Shared<View>& previous) {
    if (previous != nullptr && previous->sha256 == section.sha256) return previous;
    auto loaded = std::make_shared<LoadedSection<View>>();
    loaded->sha256 = section.sha256;
    loaded->memory = SectionMemory(section.bytes->size());
    SLUICE_ASSERT(loaded->memory.data() != nullptr);
    std::memcpy(loaded->memory.data(), section.bytes->data(), section.bytes->size());
    SLUICE_TRY(view, View::open(loaded->memory.bytes()));
    loaded->view = view;
    return Shared<View>(std::move(loaded));
}

}  // namespace

Sha256 CompiledBundle::hash() const {
    Sha256Stream stream;
    for (const CompiledSection* section : sections())
        add_to_bundle_hash(stream, section->kind, section->bytes->size(), section->sha256);
    return stream.result();
}

void add_to_bundle_hash(Sha256Stream& stream, layout::SectionKind kind, std::uint64_t size,
                        const Sha256& hash) {
    const struct { std::uint64_t kind, size; } head{static_cast<std::uint64_t>(kind), size};
    stream.add(std::as_bytes(std::span(&head, 1)));
    stream.add(std::as_bytes(std::span(hash)));
}

Result<LoadedBundle, BundleError> load_compiled(const CompiledBundle& bundle,
                                                const LoadedBundle* previous) {
    LoadedBundle loaded;
    const LoadedBundle none;
    const LoadedBundle& before = previous != nullptr ? *previous : none;
    SLUICE_TRY(catalog, load_section(bundle.catalog, before.catalog));
    SLUICE_TRY(names, load_section(bundle.names, before.names));
    SLUICE_TRY(policy, load_section(bundle.policy, before.policy));
    SLUICE_TRY(delta, load_section(bundle.delta, before.delta));
    SLUICE_TRY(geo, load_section(bundle.geo, before.geo));
    SLUICE_TRY(view, lookup::BundleView::combine(catalog->view, names->view, policy->view,
                                                 delta->view, geo->view));
    loaded.catalog = std::move(catalog);
    loaded.names = std::move(names);
    loaded.policy = std::move(policy);
    loaded.delta = std::move(delta);
    loaded.geo = std::move(geo);
    loaded.view = view;
    loaded.hash = bundle.hash();
    return loaded;
}

}  // namespace sluice::ipc

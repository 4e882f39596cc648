// A compiled bundle in memory, and the same loaded for reading. What rules/compile makes, what
// bundle_file.h writes and reads back, what replay and tests use without any file.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rules/base/result.h"
#include "rules/base/time.h"
#include "rules/ipc/section_memory.h"
#include "rules/ipc/sha256.h"
#include "rules/lookup/bundle_view.h"
#include "rules/lookup/section_layout.h"

namespace sluice::ipc {

// Shared between versions of a bundle as long as its inputs stay the same.
struct CompiledSection {
    layout::SectionKind kind = layout::SectionKind::policy;
    std::shared_ptr<const std::vector<std::byte>> bytes;
    Sha256 sha256{};  // of `bytes`
    Sha256 inputs{};  // of what it was compiled from: equal inputs need no new compile
};

struct CompiledBundle {
    CompiledSection catalog, names, policy, delta, geo;

    // The bundle's identity: SHA-256 over kind, size and hash of its sections, in that order. The
    // same on all nodes; the target of a commit.
    Sha256 hash() const;
    std::array<const CompiledSection*, layout::kSectionKinds> sections() const {
        return {&catalog, &names, &policy, &delta, &geo};
    }
};

// One section's part of a bundle's hash.
void add_to_bundle_hash(Sha256Stream& stream, layout::SectionKind kind, std::uint64_t size,
                        const Sha256& hash);

// A section in memory of its own, verified once.
template <class View>
struct LoadedSection {
    Sha256 sha256{};
    SectionMemory memory;
    View view;
};

// A verified bundle that keeps its sections alive. Copies share them.
struct LoadedBundle {
    std::shared_ptr<const LoadedSection<lookup::CatalogView>> catalog;
    std::shared_ptr<const LoadedSection<lookup::NamesView>> names;
    std::shared_ptr<const LoadedSection<lookup::PolicyView>> policy;
    std::shared_ptr<const LoadedSection<lookup::DeltaView>> delta;
    std::shared_ptr<const LoadedSection<lookup::GeoView>> geo;
    lookup::BundleView view;
    Sha256 hash{};
    std::uint64_t serial = 0;  // of its manifest; 0 when it never was in a file
    UtcTime created;           // likewise

    std::size_t memory_bytes() const {
        return catalog->memory.size() + names->memory.size() + policy->memory.size() +
               delta->memory.size() + geo->memory.size();
    }
};

// Loads a bundle that was compiled in this process. Sections `previous` already has (by hash) are
// shared. The error is a programmer's mistake only if compile() made the sections.
Result<LoadedBundle, lookup::BundleError> load_compiled(const CompiledBundle& bundle,
                                                        const LoadedBundle* previous = nullptr);

}  // namespace sluice::ipc

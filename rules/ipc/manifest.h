// The bytes of a manifest: which sections a bundle has, and since when. Read as strictly as
// written: a manifest of one byte more, less or other is refused.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rules/base/result.h"
#include "rules/base/time.h"
#include "rules/ipc/bundle.h"

namespace sluice::ipc {

struct ManifestSection {
    layout::SectionKind kind{};
    std::uint64_t size = 0;
    Sha256 sha256{};
};
struct Manifest {
    Sha256 hash{};  // of the bundle; also the file's name
    std::uint64_t serial = 0;
    UtcTime created;
    std::vector<ManifestSection> sections;  // catalog, names, policy, names_delta, geo
};

inline constexpr std::size_t kManifestBytes = 24 + layout::kSectionKinds * 48 + 32;

// The file of `bundle`'s manifest.
std::array<std::byte, kManifestBytes> manifest_bytes(const CompiledBundle& bundle,
                                                     std::uint64_t serial, UtcTime created);

// What such a file says.
//   bundle_hash  of the bundle whose manifest it should be.
//   returns      the manifest; else what is wrong, in words, and what to do.
Result<Manifest, std::string_view> parse_manifest(std::span<const std::byte> bytes,
                                                  const Sha256& bundle_hash);

}  // namespace sluice::ipc

#include "rules/ipc/manifest.h"

#include <bit>
#include <cstring>

namespace sluice::ipc {
namespace {

constexpr std::uint32_t kMagic = 0x4d554c53;  // "SLUM"
constexpr std::uint32_t kVersion = 2;

// `check` is over all bytes before it.
struct ManifestFile {
    struct Row {
        std::uint32_t kind, zero;
        std::uint64_t size;
        Sha256 sha256;
    };
    std::uint32_t magic, version;
    std::uint64_t serial;
    std::int64_t created;
    Row sections[layout::kSectionKinds];
    Sha256 check;
};
static_assert(sizeof(ManifestFile) == kManifestBytes, "no padding: it is hashed and stored");

Sha256 check_of(const ManifestFile& file) {
    return sha256(std::as_bytes(std::span(&file, 1)).first(offsetof(ManifestFile, check)));
}

}  // namespace

std::array<std::byte, kManifestBytes> manifest_bytes(const CompiledBundle& bundle,
                                                     std::uint64_t serial, UtcTime created) {
    ManifestFile file{};
    file.magic = kMagic;
    file.version = kVersion;
    file.serial = serial;
    file.created = created.raw();
    const auto sections = bundle.sections();
    for (std::size_t i = 0; i < sections.size(); ++i)
        file.sections[i] = {static_cast<std::uint32_t>(sections[i]->kind), 0,
                            sections[i]->bytes->size(), sections[i]->sha256};
    file.check = check_of(file);
    return std::bit_cast<std::array<std::byte, kManifestBytes>>(file);
}

Result<Manifest, std::string_view> parse_manifest(std::span<const std::byte> bytes,
                                                  const Sha256& bundle_hash) {
    using namespace std::string_view_literals;
    ManifestFile file;
    if (bytes.size() != sizeof file) return Err{"cut, or longer than a manifest: publish again"sv};
    std::memcpy(&file, bytes.data(), sizeof file);
    if (file.magic != kMagic || check_of(file) != file.check)
        return Err{"damaged: publish again"sv};
    if (file.version != kVersion) return Err{"of another version: publish again"sv};
    Manifest manifest{bundle_hash, file.serial, UtcTime{file.created}, {}};
    Sha256Stream hash;
    for (unsigned i = 0; i < layout::kSectionKinds; ++i) {
        const auto& row = file.sections[i];
        if (row.kind != i + 1 || row.zero != 0) return Err{"odd sections: publish again"sv};
        const auto kind = static_cast<layout::SectionKind>(row.kind);
        add_to_bundle_hash(hash, kind, row.size, row.sha256);
        manifest.sections.push_back({kind, row.size, row.sha256});
    }
    if (hash.result() != bundle_hash) return Err{"not the bundle its name says: publish again"sv};
    return manifest;
}

}  // namespace sluice::ipc

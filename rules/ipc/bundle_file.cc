#include "rules/ipc/bundle_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "rules/ipc/durable_file.h"

namespace sluice::ipc {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSectionSizeMax = std::size_t{8} << 30;  // far above 10 M names and prefixes

fs::path section_path(const fs::path& dir, const Sha256& hash) {
    return dir / "sections" / to_hex(hash);
}
fs::path manifest_path(const fs::path& dir, const Sha256& hash) {
    return dir / "manifests" / to_hex(hash);
}
Err<BundleFileError> fault(BundleFault what, const fs::path& file, std::string_view text) {
    return Err{BundleFileError{what, file.string().append(": ").append(text)}};
}
Err<BundleFileError> io(const fs::path& file) {
    return fault(BundleFault::io, file, std::strerror(errno));
}

// There, whole and with the right bytes: need not be written again.
bool has_content(const fs::path& file, std::span<const std::byte> bytes) {
    if (size_of(file) != bytes.size()) return false;
    std::vector<std::byte> there(bytes.size());
    return read_exactly(file, there) && std::equal(there.begin(), there.end(), bytes.begin());
}

Result<Sha256, BundleFileError> current_hash(const fs::path& dir) {
    const fs::path file = dir / "current";
    const auto size = size_of(file);
    if (!size)
        return fault(BundleFault::no_current, file,
                     "no bundle was published here: commit a policy");
    std::string text(2 * sizeof(Sha256) + 1, '\0');
    std::optional<Sha256> hash;
    if (read_exactly(file, std::as_writable_bytes(std::span(text))) && text.back() == '\n')
        hash = sha256_from_hex(std::string_view(text).substr(0, text.size() - 1));
    if (!hash) return fault(BundleFault::bad_manifest, file, "damaged: publish again");
    return *hash;
}

// Reads and verifies one section, or shares the one `previous` has.
template <class View>
using Loaded = std::shared_ptr<const LoadedSection<View>>;
template <class View>
Result<Loaded<View>, BundleFileError> load_section(const fs::path& dir, const ManifestSection& row,
                                                   const Loaded<View>& previous) {
    if (previous != nullptr && previous->sha256 == row.sha256) return previous;
    const fs::path file = section_path(dir, row.sha256);
    if (row.size > kSectionSizeMax || size_of(file) != row.size)
        return fault(BundleFault::bad_section, file, "missing or cut: publish again");
    auto loaded = std::make_shared<LoadedSection<View>>();
    loaded->sha256 = row.sha256;
    loaded->memory = SectionMemory(row.size);
    if (loaded->memory.data() == nullptr)
        return fault(BundleFault::no_memory, file, "no memory for it: free some and load again");
    if (!read_exactly(file, {loaded->memory.data(), loaded->memory.size()}) ||
        sha256(loaded->memory.bytes()) != row.sha256)
        return fault(BundleFault::bad_section, file, "damaged: publish again");
    auto view = View::open(loaded->memory.bytes());
    if (!view)
        return fault(BundleFault::refused, file,
                     std::string(lookup::name_of(view.error())) +
                         ": made by another version? compile and publish again");
    loaded->view = *view;
    return Loaded<View>(std::move(loaded));
}

// Removes what `keep` does not name; counts.
std::size_t remove_others(const fs::path& dir, const std::set<std::string>& keep) {
    std::size_t removed = 0;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(dir, ignored))
        if (!keep.contains(entry.path().filename().string()))
            removed += fs::remove(entry.path(), ignored);
    return removed;
}

}  // namespace

Result<Sha256, BundleFileError> publish(const fs::path& dir, const CompiledBundle& bundle,
                                        std::uint64_t serial, UtcTime created) {
    std::error_code failed;
    for (const fs::path& part : {dir, dir / "sections", dir / "manifests"}) {
        fs::create_directory(part, failed);
        if (failed) return fault(BundleFault::io, part, failed.message());
    }
    for (const CompiledSection* section : bundle.sections()) {
        const fs::path file = section_path(dir, section->sha256);
        if (!has_content(file, *section->bytes) && !write_durably(file, *section->bytes))
            return io(file);
    }
    const Sha256 hash = bundle.hash();
    const auto manifest = manifest_bytes(bundle, serial, created);
    const std::string current = to_hex(hash) + "\n";
    if (!write_durably(manifest_path(dir, hash), manifest)) return io(manifest_path(dir, hash));
    if (!write_durably(dir / "current", std::as_bytes(std::span(current))))
        return io(dir / "current");
    return hash;
}

Result<Manifest, BundleFileError> read_manifest(const fs::path& dir, const Sha256& bundle_hash) {
    const fs::path path = manifest_path(dir, bundle_hash);
    std::array<std::byte, kManifestBytes> bytes;
    if (!read_exactly(path, bytes))
        return fault(BundleFault::bad_manifest, path, "missing or cut: publish again");
    auto manifest = parse_manifest(bytes, bundle_hash);
    if (!manifest) return fault(BundleFault::bad_manifest, path, manifest.error());
    return *std::move(manifest);
}

Result<Manifest, BundleFileError> current_manifest(const fs::path& dir) {
    SLUICE_TRY(hash, current_hash(dir));
    return read_manifest(dir, hash);
}

Result<LoadedBundle, BundleFileError> load_current(const fs::path& dir,
                                                   const LoadedBundle* previous) {
    SLUICE_TRY(manifest, current_manifest(dir));
    const LoadedBundle none;
    const LoadedBundle& before = previous != nullptr ? *previous : none;
    LoadedBundle bundle;
    SLUICE_TRY(catalog, load_section(dir, manifest.sections[0], before.catalog));
    SLUICE_TRY(names, load_section(dir, manifest.sections[1], before.names));
    SLUICE_TRY(policy, load_section(dir, manifest.sections[2], before.policy));
    SLUICE_TRY(delta, load_section(dir, manifest.sections[3], before.delta));
    SLUICE_TRY(geo, load_section(dir, manifest.sections[4], before.geo));
    auto view = lookup::BundleView::combine(catalog->view, names->view, policy->view, delta->view,
                                            geo->view);
    if (!view)
        return fault(BundleFault::refused, manifest_path(dir, manifest.hash),
                     "its sections do not belong together: compile and publish again");
    bundle.catalog = std::move(catalog);
    bundle.names = std::move(names);
    bundle.policy = std::move(policy);
    bundle.delta = std::move(delta);
    bundle.geo = std::move(geo);
    bundle.view = *view;
    bundle.hash = manifest.hash;
    bundle.serial = manifest.serial;
    bundle.created = manifest.created;
    return bundle;
}

std::vector<Manifest> list_manifests(const fs::path& dir) {
    std::vector<Manifest> manifests;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(dir / "manifests", ignored)) {
        const auto hash = sha256_from_hex(entry.path().filename().string());
        if (!hash) continue;
        if (auto manifest = read_manifest(dir, *hash)) manifests.push_back(*std::move(manifest));
    }
    std::sort(manifests.begin(), manifests.end(),
              [](const Manifest& a, const Manifest& b) { return a.serial > b.serial; });
    return manifests;
}

std::size_t prune(const fs::path& dir, std::size_t keep) {
    auto current = current_manifest(dir);
    if (!current) return 0;  // nothing is certain: nothing goes
    auto manifests = list_manifests(dir);
    if (manifests.size() > keep) manifests.resize(keep);
    manifests.push_back(*std::move(current));
    std::set<std::string> names, sections;
    for (const Manifest& manifest : manifests) {
        names.insert(to_hex(manifest.hash));
        for (const ManifestSection& section : manifest.sections)
            sections.insert(to_hex(section.sha256));
    }
    return remove_others(dir / "manifests", names) + remove_others(dir / "sections", sections);
}

}  // namespace sluice::ipc

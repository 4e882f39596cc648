// The published bundle on disk, through rules/ipc/bundle_file.
#include <algorithm>

#include "control/engine/live_engine.h"
#include "rules/ipc/bundle_file.h"

namespace sluice::control {
namespace {

constexpr std::size_t kManifestsKept = 10;  // so that going back a few commits writes nothing

}  // namespace

Result<Done, std::string> LiveEngine::publish(const Candidate& candidate) {
    const auto& bundle = *static_cast<const ipc::CompiledBundle*>(candidate.sections.get());
    std::uint64_t serial = 1;
    for (const ipc::Manifest& m : ipc::list_manifests(bundle_dir_))
        serial = std::max(serial, m.serial + 1);
    const auto done = ipc::publish(bundle_dir_, bundle, serial, now_());
    if (!done) return Err{done.error().message};
    ipc::prune(bundle_dir_, kManifestsKept);
    return Done{};
}

std::string LiveEngine::published_hash() {
    const auto manifest = ipc::current_manifest(bundle_dir_);
    return manifest ? ipc::to_hex(manifest->hash) : "";
}

}  // namespace sluice::control

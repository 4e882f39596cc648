// Bundles as files: content-addressed sections, manifests that name them, and one `current`.
//
//   DIR/sections/<sha256>    the bytes of one section, shared by all bundles that have it
//   DIR/manifests/<sha256>   serial, time, and the sections of the bundle of that hash
//   DIR/current              the hash of the bundle in force, in hexadecimal
//
// Written so that a crash at any moment leaves the old bundle or the new one: each file is complete
// and durable under its final name before anything names it. Read so that nothing is believed:
// hashes and layouts are checked, and the bytes are copied, never mapped.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "rules/base/result.h"
#include "rules/base/time.h"
#include "rules/ipc/bundle.h"
#include "rules/ipc/manifest.h"

namespace sluice::ipc {

enum class BundleFault : std::uint8_t {
    no_current,    // nothing was ever published here
    bad_manifest,  // `current` or the manifest is missing, damaged or of another version
    bad_section,   // a section file is missing, cut or damaged
    refused,       // the bytes are as published, but open_bundle refuses them
    no_memory,     // no room for a section
    io,            // a file could not be written
};
struct BundleFileError {
    BundleFault fault = BundleFault::io;
    std::string message;  // says which file, what is wrong with it and what to do
};

// Writes what is not there yet and makes the bundle current.
//   dir      is made when missing (its parent must exist).
//   serial   larger than any published before: the caller counts.
//   returns  the bundle's hash; io.
//   cost     writes only new sections; a handful of fsyncs.
Result<Sha256, BundleFileError> publish(const std::filesystem::path& dir,
                                        const CompiledBundle& bundle, std::uint64_t serial,
                                        UtcTime created);

// Loads the current bundle. Sections that `previous` has are shared and not read.
//   returns  the bundle, in memory of its own; any fault but io. Nothing of a refused bundle is
//            used: the caller goes on with `previous`.
Result<LoadedBundle, BundleFileError> load_current(const std::filesystem::path& dir,
                                                   const LoadedBundle* previous = nullptr);

// The manifest of one bundle, or of the current one.
Result<Manifest, BundleFileError> read_manifest(const std::filesystem::path& dir,
                                                const Sha256& bundle_hash);
Result<Manifest, BundleFileError> current_manifest(const std::filesystem::path& dir);
// All readable manifests, newest serial first.
std::vector<Manifest> list_manifests(const std::filesystem::path& dir);

// Removes manifests but the newest `keep` (and the current one), sections that no manifest left
// names, and what an interrupted publish left behind. Returns how many files went. Only the
// publisher calls it, never while publishing.
std::size_t prune(const std::filesystem::path& dir, std::size_t keep);

}  // namespace sluice::ipc

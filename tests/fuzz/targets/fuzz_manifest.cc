// A bundle's manifest. The first byte says how far the input is made to look right: its own check
// sum, and the bundle hash it would have. What is read says exactly what the bytes say.
#include <cstring>

#include "rules/base/assert.h"
#include "rules/ipc/manifest.h"

using namespace sluice;

namespace {

constexpr std::size_t kRowsAt = 24, kRowBytes = 48,
                      kCheckAt = kRowsAt + layout::kSectionKinds * kRowBytes;

template <class T>
T number_at(std::span<const std::byte> bytes, std::size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// The hash of a bundle of the sections the bytes name.
ipc::Sha256 hash_named_by(std::span<const std::byte> bytes) {
    ipc::Sha256Stream stream;
    for (unsigned i = 0; i < layout::kSectionKinds; ++i) {
        const std::size_t row = kRowsAt + i * kRowBytes;
        ipc::add_to_bundle_hash(stream, static_cast<layout::SectionKind>(i + 1),
                                number_at<std::uint64_t>(bytes, row + 8),
                                number_at<ipc::Sha256>(bytes, row + 16));
    }
    return stream.result();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::uint8_t mode = data[0];
    std::vector<std::byte> bytes(size - 1);
    if (!bytes.empty()) std::memcpy(bytes.data(), data + 1, bytes.size());
    ipc::Sha256 hash{};
    if (bytes.size() >= kCheckAt + sizeof hash) {
        if ((mode & 1) != 0) {
            const auto check = ipc::sha256(std::span(bytes).first(kCheckAt));
            std::memcpy(bytes.data() + kCheckAt, check.data(), check.size());
        }
        if ((mode & 2) != 0) hash = hash_named_by(bytes);
    }
    const auto manifest = ipc::parse_manifest(bytes, hash);
    if (!manifest) {
        SLUICE_ASSERT(!manifest.error().empty());
        return 0;
    }
    SLUICE_ASSERT(bytes.size() == ipc::kManifestBytes && (mode & 2) != 0);
    SLUICE_ASSERT(manifest->hash == hash && manifest->sections.size() == layout::kSectionKinds);
    SLUICE_ASSERT(manifest->serial == number_at<std::uint64_t>(bytes, 8));
    SLUICE_ASSERT(manifest->created.raw() == number_at<std::int64_t>(bytes, 16));
    for (std::byte& b : bytes) {  // any one other bit, and it is no manifest
        b ^= std::byte{4};
        SLUICE_ASSERT(!ipc::parse_manifest(bytes, hash).ok());
        b ^= std::byte{4};
    }
    return 0;
}
